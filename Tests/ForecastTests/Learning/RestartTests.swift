import Foundation
import Ledger
import Testing

@testable import Forecast

@Suite struct RestartTests {
  private static let elapsed = 5

  /// Everything that grows or is dated.
  private static func model() throws -> Model {
    var model = SyntheticVenture.plain.model(months: 12)
    func constant(_ value: Double, _ name: String) -> Parameter {
      model.parameters.constant(value, name: name)
    }
    let zero = try #require(model.parameters.parameter(named: "zero"))
    let one = try #require(model.parameters.parameter(named: "one"))
    model.segments[0].churnConcentration = nil
    model.segments[0].channels[0].growth = constant(0.03, "ads_growth")
    model.segments[0].supportCost = constant(2, "support_cost")
    model.machinePrice.drift = constant(-0.01, "machine_drift")
    model.tokenPrice.drift = constant(-0.02, "token_drift")
    model.streams[0].isIndexed = true
    model.roles = [
      Role(
        id: "dev", name: "dev", account: .people, opening: constant(2, "devs"),
        hires: [
          Role.Hire(month: constant(3, "early"), count: one),
          Role.Hire(month: constant(8, "late"), count: one),
        ], customersEach: nil, cost: constant(5_000, "pay"), growth: constant(0.005, "raise"),
        recruiting: zero, ramp: zero)
    ]
    model.costs = [
      CostLine(
        id: "rent", name: "rent", account: .administration, amount: constant(900, "rent"),
        isOneOff: false, growth: constant(0.01, "rent_growth"), from: constant(2, "from"),
        to: constant(9, "to")),
      CostLine(
        id: "fair", name: "fair", account: .administration, amount: constant(4_000, "fair"),
        isOneOff: true, growth: zero, from: constant(7, "fair_month"), to: nil),
      CostLine(
        id: "setup", name: "setup", account: .administration, amount: constant(9_000, "setup"),
        isOneOff: true, growth: zero, from: constant(1, "setup_month"), to: nil),
    ]
    model.finance.loans = [
      Finance.Loan(
        id: "bank", name: "bank", month: constant(1, "loan_month"),
        amount: constant(20_000, "loan"), rate: constant(0.01, "interest"),
        term: constant(10, "term"))
    ]
    return model
  }

  /// The ledger of a plan that came true.
  private static func actuals(_ trace: PathTrace, _ start: Month) -> Actuals {
    let months = (0..<elapsed).map { month in
      MonthActuals(
        month: start.advanced(by: month),
        bySegment: [
          "all": SegmentActuals(
            newCustomers: trace["segments.all.new"][month],
            active: trace["segments.all.customers"][month],
            activeByAge: [trace["segments.all.customers"][month]])
        ], cashAtEnd: trace["cash"][month], receivableAtEnd: trace["receivable"][month],
        payableAtEnd: trace["payable"][month])
    }
    return Actuals(currency: .usd, months: months, position: 1, hasCapital: true)
  }

  @Test func aPlanThatCameTrueGoesOnWhereItWas() throws {
    let plan = try Self.model()
    let whole = try Simulation(plan).trace(isDeterministic: true)
    var rest = plan
    try Restart.apply(to: &rest, actuals: Self.actuals(whole, plan.start))
    #expect(rest.start == Month(year: 2027, month: 6))
    let trace = try Simulation(rest).trace(isDeterministic: true)
    let names = [
      "segments.all.customers", "streams.api.revenue", "costs.people", "costs.administration",
      "costs.marketing", "costs.support", "cash",
    ]
    for name in names {
      #expect(whole[name][Self.elapsed] != 0, "\(name) is nothing to compare")
      for month in 0..<(12 - Self.elapsed) {
        let (before, after) = (whole[name][month + Self.elapsed], trace[name][month])
        #expect(
          abs(after - before) <= 1e-6 * max(1, abs(before)), "\(name) \(month): \(after) \(before)")
      }
    }
  }

  @Test func withoutBookedCapitalThePlansOwnCashIsAdded() throws {
    let plan = SyntheticVenture.plain.model()
    var rest = plan
    let month = MonthActuals(month: plan.start, cashAtEnd: -3_000)
    try Restart.apply(
      to: &rest, actuals: Actuals(currency: .usd, months: [month], position: 1))
    let values = try rest.parameters.medianValues()
    #expect(abs(values[rest.finance.openingCash.index] - 97_000) < 1e-9)
  }

  @Test(
    "What is open with customers and suppliers is settled in the first month",
    arguments: [(900.0, 400.0, 500.0), (-300, 400, -700), (0, -250, 250)])
  func openBillsAreCarried(receivable: Double, payable: Double, cash: Double) throws {
    let plan = SyntheticVenture.plain.model()
    func first(_ receivable: Double, _ payable: Double) throws -> Double {
      var rest = plan
      let month = MonthActuals(
        month: plan.start, receivableAtEnd: receivable, payableAtEnd: payable)
      try Restart.apply(
        to: &rest, actuals: Actuals(currency: .usd, months: [month], position: 1, hasCapital: true))
      return try Simulation(rest).trace(isDeterministic: true)["cash"][0]
    }
    #expect(abs(try first(receivable, payable) - first(0, 0) - cash) < 1e-6)
  }

  @Test func aRunningMonthAloneLeavesThePlansOpening() throws {
    let plan = SyntheticVenture.plain.model()
    var rest = plan
    let month = MonthActuals(month: plan.start, observedShare: 0.3)
    try Restart.apply(
      to: &rest, actuals: Actuals(currency: .usd, months: [month], position: 1))
    #expect(rest == plan)
  }

  @Test func theSimulationTakesTheCalibratedModel() throws {
    for venture in [SyntheticVenture.plain, .funnel] {
      var random = RandomStream(RandomStream.Key(seed: 4, name: "restart"), path: 0, index: 0)
      let ledger = venture.ledger(venture.truth(&random), months: 6, &random)
      let result = try Calibration.run(model: venture.model(), actuals: ledger)
      let fans = try Backtest.simulation(result.model, 6, 2_000, 1)
      let light = try SyntheticVenture.forecast(
        result.model, months: 6, paths: 2_000, seed: 1)
      let revenue = try #require(fans[.revenue])
      for month in 0..<6 {
        let medians = [revenue[month], light[month]].map { $0.sorted()[1_000] }
        #expect(abs(medians[0] / medians[1] - 1) < 0.08, "\(month): \(medians)")
      }
    }
  }

  @Test func theRestOfALoanIsWhatThePaymentsLeave() {
    var balance = 1_000.0
    let payment = 1_000 * 0.02 / (1 - pow(1.02, -12))
    for paid in 0...12 {
      let rest = Restart.Writer.balance(
        amount: 1_000, rate: 0.02, term: 12, paid: Double(paid))
      #expect(abs(rest - balance) < 1e-8)
      balance = balance * 1.02 - payment
    }
    #expect(Restart.Writer.balance(amount: 100, rate: 0, term: 4, paid: 1) == 75)
  }
}
