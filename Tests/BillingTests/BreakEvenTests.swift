import Billing
import Ledger
import TestSupport
import Testing

@Suite struct BreakEvenTests {
  static let hour: Int64 = 3_600_000_000_000

  /// An hour of a machine at 1 an hour, `used` of it by requests that earned `revenue`.
  func economics(
    revenue: String, upstream: String = "0", used: Int64 = hour / 10,
    idle: Int64 = hour - hour / 10,
    cost: String = "1"
  ) -> Economics {
    var economics = Economics(.usd)
    economics.revenue = Sample.money(revenue)
    economics.upstream = Sample.money(upstream)
    economics.usedNanoseconds = used
    economics.idleNanoseconds = idle
    economics.idleCapacity = Sample.money(cost)
    return economics
  }

  func volume(_ tokens: Int) -> Volume {
    Volume([
      UsageTotal(group: nil, requests: 1, unrated: 0, input: tokens, cachedInput: 0, output: 0)
    ])
  }

  @Test(
    "At break-even the contribution of a day's tokens is the day's cost, and one token fewer is less"
  )
  func definition() throws {
    let result = BreakEven(
      economics(revenue: "0.25", upstream: "0.05"), volume(1_000_000), machines: 1)
    // 0.2 a million tokens against 24 a day: 120 million tokens.
    #expect(result.breakEvenTokens == 120_000_000)
    #expect(result.machineCostPerDay == Sample.money("24"))
    #expect(result.soldTokens == 24_000_000)
    // A tenth of the hour served a million: ten million an hour at best.
    #expect(result.capacityTokens == 240_000_000)
    #expect(result.verdict == .reachable)
    #expect(result.revenuePerMillion == Sample.money("0.25"))
    #expect(result.variablePerMillion == Sample.money("0.05"))
  }

  @Test(
    "Each case has its name",
    arguments: [
      ("0.25", "0.05", 1_000_000, "1", BreakEven.Verdict.reachable),
      ("0.25", "0.05", 0, "1", .noTraffic), ("0", "0", 1_000_000, "1", .never),
      ("0.05", "0.05", 1_000_000, "1", .never), ("0.01", "0.05", 1_000_000, "1", .never),
      ("0.25", "0.05", 1_000_000, "0", .noMachine),
      ("0.06", "0.05", 1_000_000, "1", .beyondCapacity),
    ] as [(String, String, Int, String, BreakEven.Verdict)])
  func verdicts(
    _ revenue: String, _ upstream: String, _ tokens: Int, _ cost: String,
    _ verdict: BreakEven.Verdict
  ) {
    let result = BreakEven(
      economics(revenue: revenue, upstream: upstream, cost: cost), volume(tokens), machines: 1)
    #expect(result.verdict == verdict)
    #expect((result.breakEvenTokens != nil) == [.reachable, .beyondCapacity].contains(verdict))
  }

  @Test("A third of a unit a token rounds the volume up, never down")
  func roundsUp() {
    let result = BreakEven(economics(revenue: "0.7"), volume(1_000_000), machines: 1)
    // 24 ÷ 0.7 million = 34,285,714.28…
    #expect(result.breakEvenTokens == 34_285_715)
  }
}

@Suite struct ProfitStatementTests {
  func total(
    _ group: String?, _ account: Account, _ amount: String, _ currency: Currency = .usd,
    ns: Int64 = 0
  ) -> AccountTotal {
    AccountTotal(
      group: group, account: account, amount: Sample.money(amount, currency), nanoseconds: ns)
  }

  @Test("Each account stands where the books' chart puts it, and idle capacity in the whole alone")
  func rows() throws {
    let rates = try ExchangeRates(base: .usd, rates: [(.cny, "0.14")])
    let statement = ProfitStatement(
      totals: [
        total("a", .usage, "-10"), total("a", .computeUsed, "2", ns: 5),
        total("a", .customerCredit, "10"),
        total("a", .promotionalCreditUsed, "1"), total("b", .usage, "-50", .cny),
        total("b", .upstreamModels, "3"), total("b", .badDebt, "1"),
        total(nil, .idleCapacity, "4", ns: 7),
        total(nil, .accruedInfrastructure, "-6"), total("c", .cash, "9"),
      ],
      usage: [
        UsageTotal(group: "a", requests: 2, unrated: 1, input: 5, cachedInput: 6, output: 7),
        UsageTotal(group: "d", requests: 1, unrated: 1, input: 0, cachedInput: 0, output: 0),
      ], in: Conversion(target: .usd, rates: rates))
    let rows = Dictionary(uniqueKeysWithValues: statement.rows.map { ($0.group ?? "-", $0) })
    #expect(Set(rows.keys) == ["a", "b", "d", "-"])
    #expect(rows["a"]?.economics.revenue == Sample.money("9"))
    #expect(rows["a"]?.economics.contribution == Sample.money("7"))
    #expect(rows["a"]?.marginBasisPoints == 7778)
    #expect(rows["b"]?.economics.revenue == Sample.money("7"))
    #expect(rows["b"]?.economics.contribution == Sample.money("4"))
    #expect(rows["a"]?.volume.tokens == 18 && rows["d"]?.marginBasisPoints == nil)
    #expect(statement.total.economics.contribution == Sample.money("11"))
    #expect(statement.total.economics.grossProfit == Sample.money("7"))
    #expect(statement.total.economics.machineNanoseconds == 12)
    #expect(statement.total.volume.requests == 3 && statement.total.volume.unrated == 2)
    #expect(statement.grossMarginBasisPoints == 4375)
  }

  @Test("An amount without a rate is named apart, never dropped or taken one to one")
  func unconverted() throws {
    let rates = try ExchangeRates(base: .usd, rates: [])
    let economics = Economics(
      [total(nil, .usage, "-50", .cny), total(nil, .usage, "-1")],
      in: Conversion(target: .usd, rates: rates))
    #expect(economics.revenue == Sample.money("1"))
    #expect(economics.unconverted == [.cny: Sample.money("50", .cny)])
  }
}

@Suite struct PriceProposalTests {
  func proposal(
    _ hourly: String = "3.6", utilisation: Int = 50, margin: Int = 60
  ) throws -> PriceProposal {
    // 10,000 prompt tokens and 500 completion tokens a second.
    try PriceProposal(
      prompt: .init(tokens: 10_000, nanoseconds: 1_000_000_000),
      completion: .init(tokens: 500, nanoseconds: 1_000_000_000), rate: Sample.rate(hourly),
      utilisationPercent: utilisation, targetMarginPercent: margin)
  }

  @Test("The price leaves the margin at the assumed use: cost ÷ use ÷ (1 − margin), rounded up")
  func price() throws {
    let proposal = try proposal()
    // 0.001 a second: 0.1 and 2 a million, 0.2 and 4 at half use, 0.5 and 10 with 60% left.
    #expect(proposal.inputCost == Sample.money("0.2") && proposal.outputCost == Sample.money("4"))
    #expect(proposal.input == Sample.money("0.5") && proposal.output == Sample.money("10"))
    #expect(proposal.cachedInput == Sample.money("0.05"))
  }

  @Test(
    "A proposed price is a price: two digits, whole millionths, never below the target",
    arguments: 1...30)
  func rounding(_ seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let margin = Int.random(in: 0...99, using: &generator)
    let hourly =
      "\(Int.random(in: 0...99, using: &generator)).\(Int.random(in: 1...999, using: &generator))"
    let proposal = try proposal(
      hourly, utilisation: Int.random(in: 1...100, using: &generator), margin: margin)
    for (price, cost) in [
      (proposal.input, proposal.inputCost), (proposal.output, proposal.outputCost),
    ] {
      #expect(price.picos % 1_000_000 == 0)
      #expect(price.picos * Int128(100 - margin) >= cost.picos * 100)
      let digits = String(price.picos / 1_000_000).reversed().drop { $0 == "0" }
      #expect(digits.count <= 2)
      // No more than a tenth above what was needed.
      #expect(price.picos * Int128(100 - margin) * 10 <= cost.picos * 100 * 11 + 100_000_000_000)
    }
    _ = try PriceVersion(
      id: "p", model: "m", input: proposal.input, cachedInput: proposal.cachedInput,
      output: proposal.output, perRequest: Sample.money("0"), effective: .distantPast,
      created: .distantPast)
  }

  @Test("What cannot be is refused", arguments: [(0, 50), (101, 50), (50, 100), (50, -1)])
  func refused(_ utilisation: Int, _ margin: Int) {
    #expect(throws: BillingError.self) { try proposal(utilisation: utilisation, margin: margin) }
  }
}
