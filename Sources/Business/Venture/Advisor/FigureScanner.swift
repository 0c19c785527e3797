/// Finds every figure of a text in English or Chinese, in digits or in words. Ordinals, the numbers
/// of lists, and names that hold digits (P90, H100) are not figures. O(text).
///
/// What it does not read: words of change such as "doubled", and dates without digits.
package struct FigureScanner {
  /// A reference to a fact, `[F3]`.
  package struct Citation: Sendable, Hashable {
    /// Of the text's Unicode scalars.
    package let range: Range<Int>
    package let ids: [String]
  }

  package private(set) var figures: [WrittenFigure] = []
  package private(set) var citations: [Citation] = []

  let scalars: [Unicode.Scalar]
  private var place = 0

  package init(_ text: String) {
    scalars = text.unicodeScalars.map(Self.plain)
    while place < scalars.count {
      let before = place
      step()
      if place <= before { place = before + 1 }
    }
    joinFractions()
    joinRanges()
  }

  /// Full-width forms read as their plain ones.
  private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0xFF10...0xFF19, 0xFF05, 0xFF0E, 0xFF04, 0xFF21...0xFF3A, 0xFF41...0xFF5A:
      Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
    case 0xFFE5: "¥"
    case 0xFFE1: "£"
    case 0x2009, 0x202F, 0x00A0, 0x3000: " "
    default: scalar
    }
  }

  private mutating func step() {
    if let citation = citation(at: place) {
      citations.append(citation)
      place = citation.range.upperBound
    } else if isDigit(place) {
      digits()
    } else if let numeral = ChineseNumeral(scalars, at: place) {
      add(numeral)
    } else if isLetter(place), !isLetter(place - 1) {
      word()
    }
  }

  // MARK: Digits

  private mutating func digits() {
    guard let number = number(at: place) else { return }
    place = number.end
    if let month = date(number) {
      // The day of "March 3, 2027" was read before its year.
      while let last = figures.last, last.range.upperBound > month.range.lowerBound {
        figures.removeLast()
      }
      return take(month)
    }
    if isPartOfCode(number) { return }
    var tail = FigureTail(scalars, from: number.end)
    let ordinal = tail.ordinal()
    let head = FigureHead(scalars, before: number.start)
    if isListNumber(number) { return }
    let hasUnit = tail.read(hasMoney: head.symbol != nil)
    if ordinal || head.isOrdinal, tail.noun == nil { return }
    if head.isName, !hasUnit || tail.noun != nil, number.end - number.start <= 4 { return }
    var figure = tail.figure(number.value, number.halfDigit, symbol: head.symbol)
    if head.isNegative { figure.value = -figure.value }
    figure.hasSign = head.hasSign
    // What belongs to the figure before is not this one's sign or currency.
    let free = max(figures.last?.range.upperBound ?? 0, citations.last?.range.upperBound ?? 0)
    figure.range = max(head.start, min(free, number.start))..<tail.end
    if figure.unit == .number, !hasUnit, number.isPlainYear { figure.unit = .year }
    take(figure)
  }

  private mutating func take(_ figure: WrittenFigure) {
    place = figure.range.upperBound
    figures.append(figure)
  }

  struct Number {
    let start: Int
    let end: Int
    let value: Double
    let halfDigit: Double
    let isWhole: Bool
    let isGrouped: Bool

    /// 1900 to 2100 in four digits.
    var isPlainYear: Bool {
      isWhole && !isGrouped && end - start == 4 && (1900...2100).contains(value)
    }
  }

  /// `1,234.5`, `12`, `1.2e-5`; nil where no digit is.
  func number(at start: Int) -> Number? {
    var end = start
    var text = ""
    func run() { while isDigit(end) { text.unicodeScalars.append(scalars[end]); end += 1 } }
    run()
    guard end > start else { return nil }
    var isGrouped = false
    if end - start <= 3 {
      while at(end) == ",", isDigit(end + 1), isDigit(end + 2), isDigit(end + 3), !isDigit(end + 4)
      {
        isGrouped = true
        end += 1
        run()
      }
    }
    var decimals = 0
    if at(end) == ".", isDigit(end + 1) {
      text += "."
      end += 1
      let point = end
      run()
      decimals = end - point
    }
    var exponent = 0
    if at(end) == "e", at(end + 1) == "-" || isDigit(end + 1) {
      let sign = at(end + 1) == "-" ? 1 : 0
      var last = end + 1 + sign
      while isDigit(last), last - end < 5 { last += 1 }
      if last > end + 1 + sign {
        let digits = String(String.UnicodeScalarView(scalars[(end + 1)..<last]))
        exponent = Int(digits) ?? 0
        end = last
      }
    }
    let scale = Self.power(exponent)
    let value = Double(text) ?? .infinity
    return Number(
      start: start, end: end, value: value * scale,
      halfDigit: 0.5 * Self.power(exponent - decimals), isWhole: decimals == 0 && exponent == 0,
      isGrouped: isGrouped)
  }

  static func power(_ exponent: Int) -> Double {
    var value = 1.0
    for _ in 0..<min(abs(exponent), 400) { value = exponent < 0 ? value / 10 : value * 10 }
    return value
  }

  /// `2027-03`, `2027-03-31`, `2027年3月`, `March 2027`, `March 3, 2027`.
  private func date(_ number: Number) -> WrittenFigure? {
    guard number.isPlainYear else { return nil }
    var (start, end, month) = (number.start, number.end, 0)
    if let separator = at(end), separator == "-" || separator == "/" || separator == "年" {
      let first = separator == "年" && at(end + 1) == " " ? end + 2 : end + 1
      guard let next = self.number(at: first), next.isWhole, (1...12).contains(next.value),
        next.end - next.start <= 2
      else { return nil }
      month = Int(next.value)
      end = next.end
      if separator == "年" {
        guard at(end) == "月" else { return nil }
        end += 1
        if let day = self.number(at: end), at(day.end) == "日" || at(day.end) == "号" {
          end = day.end + 1
        }
      } else if at(end) == separator, let day = self.number(at: end + 1), day.isWhole {
        end = day.end
      }
    } else {
      var last = start
      while last > 0, at(last - 1) == " " || at(last - 1) == "," { last -= 1 }
      // "March 3, 2027": the day stands between.
      var day = last
      while isDigit(day - 1), last - day < 2 { day -= 1 }
      if day < last, at(day - 1) == " " { last = day - 1 }
      var first = last
      while isLetter(first - 1), last - first < 9 { first -= 1 }
      guard last > first, last < start, let named = Self.months[word(first..<last).prefix(3)],
        Self.isMonthName(word(first..<last))
      else { return nil }
      (start, month) = (first, named)
    }
    return WrittenFigure(
      range: start..<end, value: Double(Int(number.value) * 12 + month - 1), halfDigit: 0,
      unit: .month)
  }

  private static let monthNames = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]
  private static let months = Dictionary(
    uniqueKeysWithValues: monthNames.enumerated().map { ($1.prefix(3), $0 + 1) })

  private static func isMonthName(_ word: String) -> Bool {
    monthNames.contains { $0 == word || $0.prefix(3) == word } || word == "sept"
  }

  /// `1.2.3` and `24/7` are names. What is dotted in any other way is no number that a fact could
  /// hold, and is marked as such.
  private mutating func isPartOfCode(_ number: Number) -> Bool {
    if at(number.end) == ".", isDigit(number.end + 1) {
      var end = number.end
      while isDigit(end) || at(end) == "." && isDigit(end + 1) { end += 1 }
      let parts = text(number.start..<end).split(separator: ".")
      if parts.count <= 4, parts.allSatisfy({ $0.count <= 2 }) {
        place = end
      } else {
        take(
          WrittenFigure(
            range: number.start..<end, value: .infinity, halfDigit: 0, unit: .number))
      }
      return true
    }
    if number.value == 24, at(number.end) == "/", at(number.end + 1) == "7",
      !isDigit(number.end + 2)
    {
      place = number.end + 2
      return true
    }
    return false
  }

  /// `1. `, `2) ` or `3、` where a line begins.
  private func isListNumber(_ number: Number) -> Bool {
    guard number.isWhole, number.end - number.start <= 2, let mark = at(number.end) else {
      return false
    }
    let isMark =
      switch mark {
      case ".": at(number.end + 1).map { !isDigit(number.end + 1) && $0 != "%" } ?? true
      case ")", "）", "、", ":", "：": true
      default: false
      }
    guard isMark else { return false }
    var first = number.start - 1
    while let scalar = at(first), " \t*#(（>-".unicodeScalars.contains(scalar) { first -= 1 }
    return first < 0 || at(first) == "\n"
  }

  // MARK: Words

  private mutating func add(_ numeral: ChineseNumeral) {
    var tail = FigureTail(scalars, from: numeral.end)
    let hasUnit = tail.read(hasMoney: false)
    guard numeral.isFigure(hasUnit: hasUnit, noun: tail.noun) else {
      place = numeral.end
      return
    }
    var figure = tail.figure(numeral.value, numeral.halfDigit, symbol: nil)
    if numeral.isPercent { figure.unit = .percent }
    figure.range = numeral.start..<tail.end
    take(figure)
  }

  private mutating func word() {
    let start = place
    guard let number = EnglishNumber(scalars, at: start) else {
      while isLetter(place) { place += 1 }
      return
    }
    place = number.end
    if let quotient = number.fraction {
      figures.append(
        WrittenFigure(
          range: start..<number.end, value: Double(quotient.0) / Double(quotient.1), halfDigit: 0,
          unit: .fraction(quotient.0, of: quotient.1)))
      return
    }
    var tail = FigureTail(scalars, from: number.end)
    let hasUnit = tail.read(hasMoney: false)
    let isFraction =
      fractionEnd(tail.end) != nil
      || figures.last.map { fractionEnd($0.range.upperBound) == start } ?? false
    guard number.isFigure(hasUnit: hasUnit) || isFraction else { return }
    var figure = tail.figure(number.value, number.halfDigit, symbol: nil)
    figure.range = start..<tail.end
    take(figure)
  }

  // MARK: Pairs

  /// Where the second number of `1 in 4`, `95 of 100`, `1 out of 4` begins.
  private func fractionEnd(_ end: Int) -> Int? {
    for between in [" in every ", " out of ", " of every ", " in ", " of ", " of the ", "/"]
    where matches(between, at: end) {
      let start = end + between.unicodeScalars.count
      if isDigit(start) || EnglishNumber(scalars, at: start) != nil { return start }
    }
    return nil
  }

  private mutating func joinFractions() {
    var joined: [WrittenFigure] = []
    var index = 0
    while index < figures.count {
      let first = figures[index]
      if index + 1 < figures.count, let fraction = Self.fraction(first, figures[index + 1], self) {
        joined.append(fraction)
        index += 2
      } else {
        joined.append(first)
        index += 1
      }
    }
    figures = joined
  }

  private static func fraction(
    _ first: WrittenFigure, _ second: WrittenFigure, _ scanner: FigureScanner
  ) -> WrittenFigure? {
    func whole(_ figure: WrittenFigure) -> Int? {
      guard figure.value >= 0, figure.value <= 1_000, figure.value == figure.value.rounded(),
        !figure.hasSign
      else { return nil }
      switch figure.unit {
      case .number, .count: return Int(figure.value)
      default: return nil
      }
    }
    guard let above = whole(first), let below = whole(second) else { return nil }
    let range = first.range.lowerBound..<second.range.upperBound
    func made(_ part: Int, _ whole: Int) -> WrittenFigure? {
      guard whole > 0, part <= whole else { return nil }
      return WrittenFigure(
        range: range, value: Double(part) / Double(whole), halfDigit: 0,
        unit: .fraction(part, of: whole))
    }
    if first.unit == .number, scanner.fractionEnd(first.range.upperBound) == second.range.lowerBound
    {
      return made(above, below)
    }
    // "20 次中有 7 次"
    let between = scanner.text(first.range.upperBound..<second.range.lowerBound)
      .filter { $0 != " " }
    let ways: Set<String> = [
      "次中", "次中有", "中", "中有", "个中", "个中有", "条中", "条中有", "分之",
    ]
    guard ways.contains(between) else { return nil }
    return made(below, above)
  }

  /// In `¥1.2–1.5M` and `10–20%` the first may have magnitude and sign of the second.
  private mutating func joinRanges() {
    for index in figures.indices.dropLast() {
      let (first, second) = (figures[index], figures[index + 1])
      let between = text(first.range.upperBound..<second.range.lowerBound)
        .filter { $0 != " " }.lowercased()
      guard ["–", "-", "—", "~", "～", "至", "到", "to", "…"].contains(between),
        let plain = number(at: firstDigit(first.range)), plain.end == first.range.upperBound
      else { continue }
      figures[index].otherScale = magnitude(second)
      if first.unit == .number, second.unit == .percent { figures[index].unit = .percent }
    }
  }

  private func firstDigit(_ range: Range<Int>) -> Int {
    range.first { isDigit($0) } ?? range.lowerBound
  }

  /// What the digits of a figure were multiplied by.
  private func magnitude(_ figure: WrittenFigure) -> Double {
    guard let plain = number(at: firstDigit(figure.range)), plain.halfDigit > 0 else { return 1 }
    return figure.halfDigit / plain.halfDigit
  }
}
