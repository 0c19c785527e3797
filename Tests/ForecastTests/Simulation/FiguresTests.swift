import Testing

@testable import Forecast

/// The figures of a path against the same figures of its traced flows.
struct FiguresTests {
  static let models: [UInt64] = Array(1...40)

  private func trace(_ seed: UInt64) throws -> PathTrace {
    try Simulation(RandomModel.make(seed)).trace(path: Int(seed), seed: 4)
  }

  private func expect(_ found: Double?, _ expected: Double?, _ tolerance: Double = 1e-9) {
    guard let found, let expected else {
      #expect(
        (found == nil) == (expected == nil), "\(String(describing: found)), \(expected ?? .nan)")
      return
    }
    #expect(abs(found - expected) <= tolerance * (1 + abs(expected)), "\(found), not \(expected)")
  }

  @Test(arguments: models)
  func presentValueIsTheFreeCashFlowsDiscounted(seed: UInt64) throws {
    let model = RandomModel.make(seed)
    let trace = try trace(seed)
    let rate = trace.slots[model.finance.discountRate.index]
    let flows = [0] + trace["cash.free"]
    expect(
      trace.figures[.netPresentValue], FinancialFunctions.netPresentValue(rate: rate, flows: flows))
  }

  @Test(arguments: models)
  func theInternalRateMakesTheFlowsWorthNothing(seed: UInt64) throws {
    let trace = try trace(seed)
    let flows = trace["cash.free"]
    guard let yearly = trace.figures[.internalRate] else {
      let ends = [-0.5, 1.0].map {
        FinancialFunctions.netPresentValue(rate: $0, flows: flows)
      }
      #expect(ends[0] * ends[1] >= 0)
      return
    }
    let monthly = FinancialFunctions.monthlyRate(yearlyRate: yearly)
    let size = FinancialFunctions.netPresentValue(rate: monthly, flows: flows.map(abs))
    #expect(abs(FinancialFunctions.netPresentValue(rate: monthly, flows: flows)) < 1e-8 * size)
    let rates = FinancialFunctions.internalRates(flows: flows)
    #expect(rates.contains { abs($0 - monthly) < 1e-6 })
  }

  @Test(arguments: models)
  func theRuleOf40IsOfTheLastTwelveMonths(seed: UInt64) throws {
    let trace = try trace(seed)
    func sum(_ name: String, _ months: Range<Int>) -> Double {
      trace[name][months].reduce(0, +)
    }
    let (last, before) = (trace.months - 12..<trace.months, trace.months - 24..<trace.months - 12)
    let expected = FinancialFunctions.ruleOf40(
      revenue: sum("revenue", last), previousRevenue: sum("revenue", before),
      profit: sum("profit", last))
    expect(trace.figures[.ruleOf40], expected.isNaN ? nil : expected)
  }

  @Test(arguments: models)
  func theBurnMultipleIsOfTheLastTwelveMonthsThatBurned(seed: UInt64) throws {
    let trace = try trace(seed)
    let burning = (0..<trace.months).filter { trace["cash.free"][$0] < 0 }.suffix(12)
    let burn = -burning.map { trace["cash.free"][$0] }.reduce(0, +)
    let recurring = trace["recurring"]
    let growth = burning.map { recurring[$0] - ($0 > 0 ? recurring[$0 - 1] : 0) }.reduce(0, +)
    let expected = FinancialFunctions.burnMultiple(
      netBurn: burn, newRecurringRevenue: 12 * growth)
    let found = trace.figures[.burnMultiple]
    if growth > 0 { expect(found, expected, 1e-6) } else { #expect(found == nil) }
  }

  @Test(arguments: models)
  func lifetimeValueIsContributionALostCustomerOverTheCostOfAWonOne(seed: UInt64) throws {
    let model = RandomModel.make(seed)
    let trace = try trace(seed)
    func total(_ series: String) -> Double {
      model.segments.map { trace["segments.\($0.id).\(series)"].reduce(0, +) }.reduce(0, +)
    }
    let (won, lost) = (total("new"), total("churned"))
    let marketing = trace["costs.marketing"].reduce(0, +)
    guard won > 0, lost > 0, marketing > 0 else {
      #expect(trace.figures[.lifetimeValueRatio] == nil)
      return
    }
    let gross = trace["gross_profit"].reduce(0, +)
    expect(trace.figures[.lifetimeValueRatio], gross / lost / (marketing / won), 1e-8)
  }

  @Test(arguments: models)
  func leastCashIsWithoutOutsideMoney(seed: UInt64) throws {
    let trace = try trace(seed)
    var (cash, least) = (trace.openingCash, Double.infinity)
    for flow in trace["cash.free"] {
      cash += flow
      least = min(least, cash)
    }
    expect(trace.figures[.leastCash], least)
  }
}
