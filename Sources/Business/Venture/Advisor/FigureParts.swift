/// What stands before a number and belongs to it: a sign, a currency, a name.
struct FigureHead {
  private(set) var start: Int
  private(set) var symbol: String?
  private(set) var isNegative = false
  private(set) var hasSign = false
  /// The number is part of a name: `H100`, `GPT-4`.
  private(set) var isName = false
  /// `第3`, `#3`, `No. 3`.
  private(set) var isOrdinal = false

  init(_ scalars: [Unicode.Scalar], before number: Int) {
    start = number
    func at(_ index: Int) -> Unicode.Scalar? {
      scalars.indices.contains(index) ? scalars[index] : nil
    }
    readSign(scalars)
    readMoney(scalars)
    if symbol != nil, !hasSign { readSign(scalars) }
    if symbol == nil {
      let before = at(start - 1)
      isName =
        scalars.isLetter(start - 1)
        || (before == "-" || before == "_") && scalars.isLetter(start - 2)
      let isNumbered = scalars.matches("no. ", at: start - 4) && !scalars.isLetter(start - 5)
      isOrdinal = before == "第" || before == "#" || isNumbered
    }
  }

  private mutating func readSign(_ scalars: [Unicode.Scalar]) {
    guard start > 0 else { return }
    let sign = scalars[start - 1]
    guard sign == "−" || sign == "-" || sign == "+" || sign == "－" else { return }
    // Between words and numbers it is a hyphen or a dash.
    let isFree =
      start < 2
      || !(scalars.isDigit(start - 2) || scalars.isLetter(start - 2) || scalars[start - 2] == sign
        || "%元万亿)）".unicodeScalars.contains(scalars[start - 2]))
    guard isFree else { return }
    start -= 1
    hasSign = true
    isNegative = sign != "+"
  }

  private mutating func readMoney(_ scalars: [Unicode.Scalar]) {
    let space = start > 0 && scalars[start - 1] == " " ? 1 : 0
    for (name, symbol) in CurrencyNames.all {
      let length = name.unicodeScalars.count
      let first = start - space - length
      guard first >= 0, scalars.matches(name, at: first) else { continue }
      // A word must stand alone, and a sign must touch: "5 ¥" ends there.
      let isWord = scalars.isLetter(first + length - 1)
      guard isWord ? !scalars.isLetter(first - 1) : true else { continue }
      if space == 1, !isWord, scalars.isDigit(first - 1) || scalars.isDigit(first - 2) { continue }
      start = first
      self.symbol = symbol
      return
    }
  }
}

enum CurrencyNames {
  /// What is written before or after an amount, longest first, and the symbol that it means.
  static let all: [(name: String, symbol: String)] = [
    ("US dollars", "$"), ("人民币", "¥"), ("dollars", "$"), ("dollar", "$"), ("pounds", "£"),
    ("euros", "€"), ("euro", "€"), ("yuan", "¥"), ("美元", "$"), ("欧元", "€"), ("英镑", "£"),
    ("港元", "HKD"), ("港币", "HKD"), ("日元", "JPY"), ("HK$", "HKD"), ("US$", "$"), ("CN¥", "¥"),
    ("CNY", "¥"), ("RMB", "¥"), ("USD", "$"), ("EUR", "€"), ("GBP", "£"), ("HKD", "HKD"),
    ("SGD", "SGD"), ("TWD", "TWD"), ("JPY", "JPY"), ("KRW", "KRW"), ("INR", "INR"),
    ("AUD", "AUD"), ("CAD", "CAD"), ("CHF", "CHF"), ("元", "¥"), ("¥", "¥"),
    ("$", "$"), ("€", "€"), ("£", "£"),
  ]
}

/// What stands after a number and belongs to it: magnitude, percent, currency, what is counted.
struct FigureTail {
  private let scalars: [Unicode.Scalar]
  private(set) var end: Int
  private(set) var scale = 1.0
  private(set) var isPercent = false
  private(set) var symbol: String?
  private(set) var noun: WrittenFigure.Noun?

  init(_ scalars: [Unicode.Scalar], from end: Int) {
    self.scalars = scalars
    self.end = end
  }

  /// Reads `st`, `nd`, `rd`, `th`.
  mutating func ordinal() -> Bool {
    for mark in ["st", "nd", "rd", "th"]
    where scalars.matches(mark, at: end) && !scalars.isLetter(end + 2) {
      end += 2
      return true
    }
    return false
  }

  /// Returns whether anything was read.
  mutating func read(hasMoney: Bool) -> Bool {
    let begin = end
    readMagnitude()
    readPercent()
    if !isPercent {
      if !hasMoney { readMoney() }
      if symbol == nil, !hasMoney { readNoun() }
    }
    // "1.5x", "3 倍": a factor.
    if end == begin {
      for mark in ["×", "x", " 倍", "倍"] where scalars.matches(mark, at: end) {
        guard mark != "x" || !scalars.isLetter(end + 1) else { continue }
        end += mark.unicodeScalars.count
        return true
      }
    }
    return end > begin
  }

  func figure(_ value: Double, _ halfDigit: Double, symbol before: String?) -> WrittenFigure {
    let unit: WrittenFigure.Unit =
      if isPercent {
        .percent
      } else if let symbol = before ?? symbol {
        .money(symbol)
      } else if noun == .year && (1900...2100).contains(value) {
        .year
      } else if let noun {
        .count(noun)
      } else {
        .number
      }
    return WrittenFigure(
      range: 0..<0, value: value * scale, halfDigit: halfDigit * scale, unit: unit)
  }

  /// The longest of `names` here, after at most one space or hyphen.
  private mutating func take(_ names: [(String, Double)]) -> Double? {
    let space: [Unicode.Scalar] = [" ", "-"]
    let gap = scalars.indices.contains(end) && space.contains(scalars[end]) ? 1 : 0
    for (name, value) in names {
      let count = name.unicodeScalars.count
      for skip in Set([0, gap]).sorted() where scalars.matches(name, at: end + skip) {
        let last = end + skip + count
        let isWord = scalars.isLetter(last - 1)
        guard !isWord || !scalars.isLetter(last) && !scalars.isDigit(last) else { continue }
        // A lone letter touches its number: "12M", but "12 M" is a name that begins.
        guard !(isWord && count == 1 && skip == 1) else { continue }
        end = last
        return value
      }
    }
    return nil
  }

  private mutating func readMagnitude() {
    while scale < 1e15, let factor = take(Self.magnitudes) { scale *= factor }
  }

  private static let magnitudes: [(String, Double)] = [
    ("thousands", 1e3), ("thousand", 1e3), ("hundred", 100), ("millions", 1e6), ("million", 1e6),
    ("billions", 1e9), ("billion", 1e9), ("trillion", 1e12), ("bn", 1e9), ("mn", 1e6),
    ("k", 1e3), ("m", 1e6), ("b", 1e9), ("t", 1e12), ("万亿", 1e12), ("千万", 1e7),
    ("百万", 1e6), ("亿", 1e8), ("万", 1e4), ("千", 1e3), ("百", 100),
  ]

  private mutating func readPercent() {
    if take(Self.percents) != nil {
      isPercent = true
    } else if take([("成", 10)]) != nil {
      isPercent = true
      scale *= 10
    }
  }

  private static let percents: [(String, Double)] = [
    ("percentage points", 1), ("percentage point", 1), ("个百分点", 1), ("per cent", 1),
    ("percent", 1), ("pct", 1), ("pp", 1), ("%", 1),
  ]

  private mutating func readMoney() {
    let names = CurrencyNames.all.enumerated().map { ($1.name, Double($0)) }
    guard let index = take(names) else { return }
    symbol = CurrencyNames.all[Int(index)].symbol
  }

  private mutating func readNoun() {
    guard let index = take(Self.nouns.enumerated().map { ($1.0, Double($0)) }) else { return }
    noun = Self.nouns[Int(index)].1
  }

  private static let nouns: [(String, WrittenFigure.Noun)] = [
    ("conversations", .conversation), ("conversation", .conversation), ("subscribers", .customer),
    ("customers", .customer), ("customer", .customer), ("employees", .person),
    ("employee", .person), ("clients", .customer), ("client", .customer), ("users", .customer),
    ("user", .customer), ("people", .person), ("persons", .person), ("person", .person),
    ("machines", .machine), ("machine", .machine), ("servers", .machine), ("GPUs", .machine),
    ("GPU", .machine), ("requests", .request), ("request", .request), ("tokens", .token),
    ("token", .token), ("seconds", .second), ("second", .second), ("months", .month),
    ("month", .month), ("mo", .month), ("weeks", .week), ("week", .week), ("years", .year),
    ("year", .year), ("hours", .hour), ("hour", .hour), ("seats", .seat), ("seat", .seat),
    ("days", .day), ("day", .day), ("个月", .month), ("月", .month), ("年", .year), ("小时", .hour),
    ("周", .week), ("天", .day), ("日", .day), ("秒", .second), ("家客户", .customer),
    ("个客户", .customer), ("位客户", .customer), ("客户", .customer), ("名用户", .customer),
    ("个用户", .customer), ("位用户", .customer), ("用户", .customer), ("名员工", .person),
    ("名", .person), ("人", .person), ("台", .machine), ("次请求", .request), ("请求", .request),
    ("席位", .seat), ("个席位", .seat), ("次对话", .conversation), ("对话", .conversation),
    ("个词元", .token), ("词元", .token),
  ]
}
