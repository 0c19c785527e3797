/// A number in Chinese numerals: `百分之十二`, `三成`, `一百二十万`, `两千`.
struct ChineseNumeral {
  let start: Int
  let end: Int
  let value: Double
  let halfDigit: Double
  let isPercent: Bool
  private let length: Int
  private let isOrdinal: Bool

  init?(_ scalars: [Unicode.Scalar], at start: Int) {
    var first = start
    let isPercent = scalars.matches("百分之", at: start)
    if isPercent { first += 3 }
    var end = first
    while scalars.indices.contains(end), end - first < 32, Self.isNumeral(scalars[end]) { end += 1 }
    guard end > first, let read = Self.value(Array(scalars[first..<end])) else { return nil }
    self.start = start
    self.end = end
    self.isPercent = isPercent
    value = read.value
    halfDigit = read.halfDigit
    length = end - first
    isOrdinal = start > 0 && scalars[start - 1] == "第"
  }

  /// Single numerals are words of many uses (一些, 十分); with a unit, from two on, they count.
  func isFigure(hasUnit: Bool, noun: WrittenFigure.Noun?) -> Bool {
    if isPercent { return true }
    if isOrdinal { return noun == .month }
    if length == 1 { return hasUnit && (value > 1 || noun == nil) }
    return true
  }

  private static let digits: [Unicode.Scalar: Double] = [
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
    "九": 9,
  ]
  private static let units: [Unicode.Scalar: Double] = ["十": 10, "百": 100, "千": 1_000]
  private static let groups: [Unicode.Scalar: Double] = ["万": 1e4, "亿": 1e8]

  private static func isNumeral(_ scalar: Unicode.Scalar) -> Bool {
    digits[scalar] != nil || units[scalar] != nil || groups[scalar] != nil || scalar == "点"
  }

  private static func value(_ scalars: [Unicode.Scalar]) -> (value: Double, halfDigit: Double)? {
    guard let first = scalars.first, digits[first] != nil || first == "十" else { return nil }
    if scalars.count >= 3, scalars.allSatisfy({ digits[$0] != nil }) {
      return (scalars.reduce(0) { $0 * 10 + digits[$1]! }, 0.5)
    }
    var (total, group, digit) = (0.0, 0.0, -1.0)
    var least = 1.0
    for (index, scalar) in scalars.enumerated() {
      if let value = digits[scalar] {
        // "四五" is a guess, not a number.
        guard digit <= 0 else { return nil }
        digit = value
      } else if let unit = units[scalar] {
        guard digit != 0 else { return nil }
        group += max(digit, 1) * unit
        digit = -1
        least = unit
      } else if let unit = groups[scalar] {
        let sum = group + max(digit, 0)
        guard sum > 0 || total > 0 else { return nil }
        total = (total + sum) * unit
        (group, digit) = (0, -1)
        least = unit
      } else {
        return point(whole: total + group + max(digit, 0), Array(scalars[(index + 1)...]))
      }
    }
    if digit >= 0 { least = 1 }
    return (total + group + max(digit, 0), 0.5 * least)
  }

  /// After 点: digits, and perhaps 万 or 亿.
  private static func point(
    whole: Double, _ scalars: [Unicode.Scalar]
  ) -> (value: Double, halfDigit: Double)? {
    var (value, place, scale) = (whole, 1.0, 1.0)
    for scalar in scalars {
      if let digit = digits[scalar], scale == 1 {
        place /= 10
        value += digit * place
      } else if let unit = groups[scalar] ?? units[scalar] {
        scale *= unit
      } else {
        return nil
      }
    }
    guard place < 1 else { return nil }
    return (value * scale, 0.5 * place * scale)
  }
}

/// A number in English words: `twenty-five`, `three hundred`, `two million`, `two-thirds`.
struct EnglishNumber {
  let end: Int
  let value: Double
  let halfDigit: Double
  /// `half of`, `two-thirds`: numerator and denominator.
  let fraction: (Int, Int)?
  private let words: Int

  init?(_ scalars: [Unicode.Scalar], at start: Int) {
    guard !scalars.isLetter(start - 1) else { return nil }
    var (total, group, count, end) = (0.0, 0.0, 0, start)
    var (place, least) = (start, 1.0)
    // "A million" begins with its magnitude.
    let isAfterOne = scalars.matches("a ", at: start - 2) && !scalars.isLetter(start - 3)
    while count < 12 {
      guard let word = Self.word(scalars, at: place) else { break }
      if count == 0, isAfterOne, let scale = Self.scales[word.text] {
        total = scale
        least = scale
      } else if let value = Self.values[word.text] {
        group += value
        least = 1
      } else if count > 0, word.text == "hundred" {
        group *= 100
        least = 100
      } else if count > 0, let scale = Self.scales[word.text] {
        total += max(group, 1) * scale
        group = 0
        least = scale
      } else if count > 0, word.text == "and", Self.follows(scalars, word.end) {
        place = word.end + 1
        continue
      } else {
        break
      }
      count += 1
      end = word.end
      guard scalars.indices.contains(end), scalars[end] == " " || scalars[end] == "-" else { break }
      place = end + 1
    }
    if let part = Self.part(scalars, after: count > 0 ? total + group : nil, start, end) {
      (self.end, fraction, value, words, halfDigit) = (part.end, part.value, 0, 1, 0)
      return
    }
    guard count > 0 else { return nil }
    (self.end, value, words, fraction) = (end, total + group, count, nil)
    halfDigit = 0.5 * least
  }

  /// "One of them" is no figure; "one million", "three months" and "twenty" are.
  func isFigure(hasUnit: Bool) -> Bool { words > 1 || value >= 13 || hasUnit && value != 1 }

  private static func follows(_ scalars: [Unicode.Scalar], _ end: Int) -> Bool {
    scalars.indices.contains(end) && scalars[end] == " "
      && word(scalars, at: end + 1).map { values[$0.text] != nil } ?? false
  }

  private static func word(_ scalars: [Unicode.Scalar], at start: Int) -> (text: String, end: Int)?
  {
    var end = start
    while scalars.isLetter(end), end - start < 12 { end += 1 }
    guard end > start, !scalars.isLetter(end) else { return nil }
    return (scalars.text(start..<end).lowercased(), end)
  }

  /// `half of`, `a third of`, `two-thirds`, `three quarters`.
  private static func part(
    _ scalars: [Unicode.Scalar], after count: Double?, _ start: Int, _ end: Int
  ) -> (value: (Int, Int), end: Int)? {
    var place = count == nil ? start : end + 1
    if count == nil, scalars.matches("a ", at: start) { place = start + 2 }
    guard let word = word(scalars, at: place) else { return nil }
    let below: Int
    switch word.text {
    case "half", "halves": below = 2
    case "third", "thirds": below = 3
    case "quarter", "quarters": below = 4
    case "fifth", "fifths": below = 5
    case "tenth", "tenths": below = 10
    default: return nil
    }
    // "A quarter", "the third": only what is told of something, or several, is a share.
    guard (count ?? 1) > 1 && word.text.hasSuffix("s") || scalars.matches(" of", at: word.end)
    else { return nil }
    let above = count ?? 1
    return above < Double(below) ? ((Int(above), below), word.end) : nil
  }

  private static let scales = [
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
  ]
  private static let values: [String: Double] = {
    let small = [
      "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
      "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    let tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    var values: [String: Double] = [:]
    for (index, word) in small.enumerated() { values[word] = Double(index + 1) }
    for (index, word) in tens.enumerated() { values[word] = Double(index * 10 + 20) }
    return values
  }()
}
