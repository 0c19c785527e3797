import Forecast
import Ledger
import Testing

@testable import Venture

@Suite struct FigureCheckTests {
  static let format = FigureFormat(language: .english, currency: .cny)
  static let chinese = FigureFormat(language: .chinese, currency: .cny)

  static func value(_ exact: Double, _ shown: String) -> Fact.Value { Fact.Value(exact, shown) }

  static func facts(_ format: FigureFormat) -> [Fact] {
    let month = Month(year: 2028, month: 3)
    let values = [
      [value(26.34, format.percent(0.2634))],
      [value(1_234_567, format.money(1_234_567))], [value(-3_410_000, format.money(-3_410_000))],
      [value(Double(month.index), format.month(month))], [value(48_300, format.number(48_300))],
      [value(512, format.value(512, scale: 1, unit: "¥/month"))],
      [value(7.3, format.percent(0.073)), value(88.1, format.percent(0.881))],
    ]
    return values.enumerated().map { index, values in
      Fact(
        id: "F\(index + 1)", label: "What \(["a", "b", "c", "d", "e", "f", "g"][index]) says",
        text: values.map(\.shown).joined(separator: " – "), values: values,
        source: .simulation(seed: 1, paths: 10))
    } + [
      Fact(
        id: "F8", label: "Chance of break-even within 60 months", text: "about 1 in 4",
        source: .plan(line: 9))
    ]
  }

  static func marked(_ text: String, _ facts: [Fact]) -> [String] {
    FigureCheck(facts).segments(text).filter(\.isMarked).map(\.text)
  }

  @Test(arguments: [format, chinese])
  func whatTheFactsSayIsInTheData(_ format: FigureFormat) {
    let facts = Self.facts(format)
    for fact in facts {
      #expect(Self.marked("\(fact.sentence) [\(fact.id)].", facts) == [], "\(fact.sentence)")
    }
    let whole = facts.map { "So \($0.sentence) [\($0.id)]." }.joined(separator: " ")
    #expect(Self.marked(whole, facts) == [])
    #expect(
      FigureCheck(facts).segments(whole).count { if case .figure = $0 { true } else { false } } >= 9
    )
  }

  /// The last digit that is shown, one up or one down, is another number.
  @Test(arguments: [format, chinese])
  func anyOtherNumberIsMarked(_ format: FigureFormat) {
    let facts = Array(Self.facts(format).prefix(7))
    for fact in facts {
      let scalars = Array(fact.text.unicodeScalars)
      for index in scalars.indices where scalars.isDigit(index) {
        for change in [1, 2, 5, 8] {
          var other = scalars
          let digit = (scalars[index].value - 48 + UInt32(change)) % 10
          other[index] = Unicode.Scalar(48 + digit)!
          let text = String(String.UnicodeScalarView(other))
          #expect(!Self.marked("It is \(text).", facts).isEmpty, "\(fact.text) as \(text)")
        }
      }
    }
  }

  static let said: [(String, Bool)] = [
    ("¥1.23M", true), ("¥1.2M", true), ("¥1,234,567", true), ("¥1,234,568", false),
    ("1.2 million yuan", true), ("123 万元", true), ("一百二十三万元", true), ("¥1M", false),
    ("¥1.3M", false), ("$1.23M", false), ("1.23M customers", false), ("26%", true), ("26.3%", true),
    ("26.4%", false), ("27%", false), ("百分之二十六", true), ("twenty-six percent", true),
    ("1 in 4", true), ("one in four", true), ("1 in 3", false), ("a quarter of", true),
    ("a loss of ¥3.41M", true), ("−¥3.41M", true), ("a gain of +¥3.41M", false),
    ("March 2028", true), ("2028-03", true), ("2028年3月", true), ("April 2028", false),
    ("in 2028", true), ("in 2029", false), ("60 months", true), ("5 years", true),
    ("6 years", false), ("61 months", false), ("48.3k", true), ("4.83 万", true), ("48,300", true),
    ("48,301", false), ("512 yuan", true), ("26 customers", false), ("0", false),
    // The sum and the ratio of what is known are not known.
    ("114%", false), ("¥4.64M", false), ("2.76", false),
  ]

  @Test(arguments: said)
  func aFigureIsInTheDataWithinItsOwnRounding(_ figure: String, _ isKnown: Bool) {
    let text = "They say \(figure) here."
    let segments = FigureCheck(Self.facts(Self.format)).segments(text)
    let figures = segments.filter { if case .figure = $0 { true } else { false } }
    #expect(figures.count == 1)
    #expect(figures.allSatisfy { $0.isMarked != isKnown })
  }

  static let cited: [(String, [String])] = [
    ("The chance is 26% [F1].", []), ("The chance is 26% [F2].", ["[F2]"]),
    ("The chance is 26% [F99].", ["[F99]"]), ("As [F1] says, it is 26%.", []),
    ("It is 26% [F1] and costs ¥1.23M [F2].", []), ("It is 26% [F1] and ¥1.23M [F1].", ["[F1]"]),
    ("It is 26% and ¥1.23M [F1][F2].", []), ("It is 26% [F1, F2].", []),
    ("Nothing to count [F3].", []), ("It is 99% [F1].", ["99%", "[F1]"]),
  ]

  @Test(arguments: cited)
  func aCitationMustHoldItsFigure(_ text: String, _ marked: [String]) {
    #expect(Self.marked(text, Self.facts(Self.format)) == marked)
  }

  @Test func aCitedFactIsTheSource() {
    let twice = [
      Fact(id: "F1", label: "a", text: "26%", source: .cases),
      Fact(id: "F2", label: "b", text: "26%", source: .cases),
    ]
    #expect(FigureCheck(twice).segments("26% [F2]").first == .figure("26%", fact: "F2"))
    #expect(FigureCheck(twice).segments("26%").first == .figure("26%", fact: "F1"))
  }

  @Test(arguments: [1, 2, 3, 7])
  func piecesAreCheckedAsTheWhole(_ size: Int) {
    let check = FigureCheck(Self.facts(Self.format))
    let text =
      "1. The chance is 26% [F1]. It needs ¥1.23M! 2. Or 3.5 %?\n盈亏平衡的概率是百分之二十六。需要 123 万元；不是 130 万元。\n\nThe rest, approx. 5 things, ends in 2.\n- 48.3k [F5]"
    var splitter = SentenceSplitter()
    var segments: [FigureCheck.Segment] = []
    var sentences = 0
    var rest = Substring(text)
    while !rest.isEmpty {
      for sentence in splitter.add(String(rest.prefix(size))) {
        segments += check.sentence(sentence)
        sentences += 1
      }
      rest = rest.dropFirst(size)
    }
    segments += splitter.finish().flatMap(check.sentence)
    #expect(segments == check.segments(text))
    #expect(segments.map(\.text).joined() == text)
    #expect(sentences >= 5)
  }
}
