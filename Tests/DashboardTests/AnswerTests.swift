import Billing
import Foundation
import Ledger
import Testing

@testable import Dashboard

@Suite struct AnswerTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    /// USD: revenue, compute, idle, upstream. Seconds: used, idle. Tokens.
    let figures: (String, String, String, String)
    let seconds: (Int64, Int64)
    let tokens: Int
    var range = "month"
    let english: String
    let chinese: String
  }

  private static let hour: Int64 = 3_600

  static let cases = [
    Case(
      testDescription: "nothing booked", figures: ("0", "0", "0", "0"), seconds: (0, 0), tokens: 0,
      range: "today",
      english:
        "Today nothing has been booked. Once a customer calls a model, this page says whether the business makes money, and when it will.",
      chinese: "今天还没有任何入账。客户开始调用模型之后，这里会告诉你：生意赚不赚钱，何时能赚钱。"),
    Case(
      testDescription: "no traffic", figures: ("0", "0", "24", "0"), seconds: (0, 48 * hour),
      tokens: 0,
      english:
        "This month no customer has called a model. The machine costs $12.00 a day whether it works or not: $24.00 so far, all of it idle.",
      chinese: "本月还没有客户调用模型。机器不论忙闲，每天都要花 $12.00；目前已花 $24.00，全部闲置。"),
    Case(
      testDescription: "loss", figures: ("2", "1", "23", "0"), seconds: (2 * hour, 46 * hour),
      tokens: 2_000_000,
      english:
        "This month you lose $22.00 at 4.2% utilisation; at this price the machine pays for itself at 12 M tokens a day, 12 × the average of this period.",
      chinese: "本月亏损 $22.00，算力利用率 4.2%。按现价，每天要卖出 1200 万 token 才能盈亏平衡，是这段时间日均销量的 12 倍。"),
    Case(
      testDescription: "profit", figures: ("48", "12", "12", "0"), seconds: (24 * hour, 24 * hour),
      tokens: 8_000_000, range: "7d",
      english:
        "In the last 7 days you make $24.00: revenue of $48.00 covers $24.00 of cost at 50% utilisation. At this price the machine pays for itself at 2 M tokens a day; the average of this period is 2 × that.",
      chinese:
        "近 7 天盈利 $24.00：收入 $48.00，成本 $24.00，算力利用率 50%。按现价，每天卖出 200 万 token 就能养活这台机器，这段时间的日均销量是它的 2 倍。"
    ),
    Case(
      testDescription: "beyond capacity", figures: ("1", "12", "12", "0"),
      seconds: (24 * hour, 24 * hour), tokens: 1_000_000,
      english:
        "This month you lose $23.00. At this price the machine never pays for itself: it would have to sell 12 M tokens a day, and at this mix it can serve 1 M. A price 12 × as high would just break even at full load.",
      chinese:
        "本月亏损 $23.00。按现价永远无法盈亏平衡：每天要卖出 1200 万 token，而按目前的用量结构，机器满载也只能产出 100 万。价格要提到现在的 12 倍，满载时才刚好保本。"
    ),
    Case(
      testDescription: "never", figures: ("1", "1", "23", "2"), seconds: (2 * hour, 46 * hour),
      tokens: 2_000_000,
      english:
        "This month you lose $25.00. At this price no volume helps: a million tokens earns $0.500 and costs $1.00 upstream before the machine is paid for. Raise the price, or find a cheaper vendor.",
      chinese: "本月亏损 $25.00。按现价卖得越多亏得越多：每百万 token 收入 $0.500，光上游成本就要 $1.00，还没算机器。请提价，或更换更便宜的上游。"),
    Case(
      testDescription: "vendors only, profit", figures: ("5", "0", "0", "2"), seconds: (0, 0),
      tokens: 1_000,
      english:
        "This month you make $3.00 on $5.00 of revenue. Vendors serve every token, so there is no machine to pay for: each sale that is above its cost adds profit.",
      chinese: "本月盈利 $3.00，收入 $5.00。所有 token 都由上游提供，没有机器要养：只要售价高于进价，每一笔都是利润。"),
    Case(
      testDescription: "vendors only, loss", figures: ("1", "0", "0", "2"), seconds: (0, 0),
      tokens: 1_000,
      english:
        "This month you lose $1.00 on $1.00 of revenue. Vendors serve every token and cost more than they earn; raise the price or find a cheaper vendor.",
      chinese: "本月亏损 $1.00，收入 $1.00。所有 token 都由上游提供，进价高于售价；请提价，或更换更便宜的上游。"),
  ]

  private static func answer(_ language: Language, _ range: String) throws -> Answer {
    let local = LocalTime(zone: TimeZone(identifier: "Asia/Shanghai")!)
    return Answer(
      text: try TextCatalogue(language: language),
      format: ReaderFormat(language: language, local: local),
      period: Period(query: Query(["range": range]), now: noon, local: local)
    ) { Query().address($0, $1) }
  }

  private static func economics(_ example: Case) throws -> (Economics, Volume) {
    func usd(_ text: String) throws -> Money { try Money(parsing: text, .usd, field: "test") }
    var economics = Economics(.usd)
    economics.revenue = try usd(example.figures.0)
    economics.computeUsed = try usd(example.figures.1)
    economics.idleCapacity = try usd(example.figures.2)
    economics.upstream = try usd(example.figures.3)
    economics.usedNanoseconds = example.seconds.0 * 1_000_000_000
    economics.idleNanoseconds = example.seconds.1 * 1_000_000_000
    var volume = Volume()
    volume.input = example.tokens
    volume.requests = example.tokens > 0 ? 1 : 0
    return (economics, volume)
  }

  @Test(arguments: cases) func `the first sentence answers in both languages`(example: Case) throws
  {
    let (economics, volume) = try Self.economics(example)
    for (language, expected) in [(Language.english, example.english), (.chinese, example.chinese)] {
      let pieces = try Self.answer(language, example.range).sentence(
        economics, volume, line: BreakEven(economics, volume, machines: 1), today: nil)
      #expect(pieces.map(\.text).joined() == expected)
      #expect(pieces.filter { $0.strong }.allSatisfy { $0.link != nil }, "every figure opens")
    }
  }

  @Test func `the distance is from today once something was sold today`() throws {
    let (economics, volume) = try Self.economics(Self.cases[2])
    var little = volume
    little.input = 500_000
    let sentence = try Self.answer(.english, "month").sentence(
      economics, volume, line: BreakEven(economics, volume, machines: 1),
      today: BreakEven(economics, little, machines: 1)
    ).map(\.text).joined()
    #expect(sentence.hasSuffix("at 12 M tokens a day, 48 × today."))
  }

  @Test func `a currency without a rate is named, never left out silently`() throws {
    var economics = Economics(.usd)
    economics.unconverted = [.cny: Money(units: 12, .cny), .eur: Money(units: -3, .eur)]
    #expect(
      try Self.answer(.english, "month").unconverted(economics)
        == "Not counted in USD, for want of an exchange rate: ¥12.00, −€3.00 (revenue less cost). Set the rate under exchange_rates in breakeven.yaml."
    )
    #expect(
      try Self.answer(.chinese, "month").unconverted(economics)?.contains("¥12.00、−€3.00") == true)
    #expect(try Self.answer(.english, "month").unconverted(Economics(.usd)) == nil)
  }
}
