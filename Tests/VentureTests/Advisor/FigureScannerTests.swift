import Testing

@testable import Venture

@Suite struct FigureScannerTests {
  typealias Unit = WrittenFigure.Unit

  static func read(_ text: String) -> [(text: String, value: Double, unit: Unit)] {
    let scanner = FigureScanner(text)
    let scalars = Array(text.unicodeScalars)
    return scanner.figures.map { (scalars.text($0.range), $0.value, $0.unit) }
  }

  static let written: [(String, String, Double, Unit)] = [
    ("at 53.123.123 or so", "53.123.123", .infinity, .number),
    ("1.2.3.4.5.6", "1.2.3.4.5.6", .infinity, .number),
    ("revenue of ¥1.2M a year", "¥1.2M", 1.2e6, .money("¥")),
    ("需要 120 万元。", "120 万元", 1.2e6, .money("¥")),
    ("需要120万元", "120万元", 1.2e6, .money("¥")),
    ("cost $0.27 per million", "$0.27", 0.27, .money("$")),
    ("a loss of −¥3.4M now", "−¥3.4M", -3.4e6, .money("¥")),
    ("USD 1,234.50 left", "USD 1,234.50", 1234.5, .money("$")),
    ("RMB120 a seat", "RMB120", 120, .money("¥")),
    ("churn is 3.5% now", "3.5%", 3.5, .percent),
    ("占 12 个百分点", "12 个百分点", 12, .percent),
    ("百分之十二的客户", "百分之十二", 12, .percent),
    ("大约三成的收入", "三成", 30, .percent),
    ("3成的收入", "3成", 30, .percent),
    ("about twelve percent", "twelve percent", 12, .percent),
    ("in 36 months", "36 months", 36, .count(.month)),
    ("14 个月之后", "14 个月", 14, .count(.month)),
    ("第14个月", "14个月", 14, .count(.month)),
    ("in the 14th month", "14th month", 14, .count(.month)),
    ("two machines", "two machines", 2, .count(.machine)),
    ("两台机器", "两台", 2, .count(.machine)),
    ("12k customers", "12k customers", 12_000, .count(.customer)),
    ("a 36-month horizon", "36-month", 36, .count(.month)),
    ("twenty-five of them", "twenty-five", 25, .number),
    ("three hundred thousand", "three hundred thousand", 300_000, .number),
    ("a million tokens", "million tokens", 1e6, .count(.token)),
    ("一百二十万元", "一百二十万元", 1.2e6, .money("¥")),
    ("两千三百个客户", "两千三百个客户", 2300, .count(.customer)),
    ("in Mar 2027 it", "Mar 2027", 2027 * 12 + 2, .month),
    ("by March 3, 2027", "March 3, 2027", 2027 * 12 + 2, .month),
    ("2027年3月", "2027年3月", 2027 * 12 + 2, .month),
    ("2027 年 3月", "2027 年", 2027, .year),
    ("on 2027-03-31", "2027-03-31", 2027 * 12 + 2, .month),
    ("until 2029", "2029", 2029, .year),
    ("about 1 in 4 paths", "1 in 4", 0.25, .fraction(1, of: 4)),
    ("one in four", "one in four", 0.25, .fraction(1, of: 4)),
    ("95 of 100 paths", "95 of 100", 0.95, .fraction(95, of: 100)),
    ("约 20 次中 7 次", "20 次中 7", 0.35, .fraction(7, of: 20)),
    ("two-thirds of it", "two-thirds", 2.0 / 3, .fraction(2, of: 3)),
    ("half of it", "half", 0.5, .fraction(1, of: 2)),
    ("１２％ of it", "１２％", 12, .percent),
    ("1.2e-5 each", "1.2e-5", 1.2e-5, .number),
    ("about¥1.2B", "¥1.2B", 1.2e9, .money("¥")),
    ("grew 1.5x", "1.5x", 1.5, .number),
    ("a 7B model", "7B", 7e9, .number),
    ("profit-5% is", "5%", 5, .percent),
  ]

  @Test(arguments: written)
  func aFigureIsFoundWhole(_ text: String, _ figure: String, _ value: Double, _ unit: Unit) throws {
    let first = try #require(Self.read(text).first, "nothing in \(text)")
    #expect(first.text == figure)
    #expect(first.value == value || abs(first.value - value) <= abs(value) * 1e-12)
    #expect(first.unit == unit)
  }

  @Test(arguments: [
    "The median (P50) and the 1st, 2nd and 3rd quarter.", "An H100 or GPT-4 in Q3.",
    "1. First\n2. Second\n3) Third", "- 1. First", "第一，第三章，第3节。", "One of them is enough.",
    "See [F3], [F12, F13] and F4.", "一些客户，十分重要，万一，一个月，千万不要。", "Open 24/7.", "No. 3 and #4",
    "version 1.2.3", "a quarter later, a third party", "three ways to win", "三个方面",
  ])
  func whatCountsNothingIsNoFigure(_ text: String) {
    #expect(Self.read(text).map(\.text) == [])
  }

  @Test func rangesHaveTwoFigures() {
    #expect(Self.read("10–20%").map(\.value) == [10, 20])
    #expect(Self.read("10–20%").map(\.unit) == [.percent, .percent])
    #expect(Self.read("12 to 18 months").map(\.value) == [12, 18])
    let money = FigureScanner("¥1.2–1.5M").figures
    #expect(money.map(\.otherScale) == [1e6, 1])
  }

  @Test func citationsAreTold() {
    let scanner = FigureScanner("a [F3] b [F1, F20] 【F2】 (F9) F7 UF8 F1.5")
    #expect(scanner.citations.map(\.ids) == [["F3"], ["F1", "F20"], ["F2"], ["F9"], ["F7"]])
  }

  /// Whatever it is, it is read without a trap, and the parts make the whole.
  @Test func anyTextIsRead() {
    let alphabet = Array(
      "0123456789.,%-–−+¥$€kMB 万亿千百十一二三点成元个月年第分之百F[]()（）【】\n。！?:;/eE×xabc half million two and hundred in of to"
    )
    var seed: UInt64 = 42
    func next() -> UInt64 {
      seed ^= seed << 13
      seed ^= seed >> 7
      seed ^= seed << 17
      return seed
    }
    let check = FigureCheck([])
    for _ in 0..<4_000 {
      let text = String(
        (0..<Int(next() % 60)).map { _ in alphabet[Int(next() % UInt64(alphabet.count))] })
      let scanner = FigureScanner(text)
      for figure in scanner.figures { #expect(!figure.range.isEmpty) }
      #expect(check.segments(text).map(\.text).joined() == text)
    }
    for word in ["hundred ", "million ", "亿", "九", "9", "1,000,", "one "] {
      let long = "one " + String(repeating: word, count: 500)
      #expect(check.segments(long).map(\.text).joined() == long)
    }
  }
}
