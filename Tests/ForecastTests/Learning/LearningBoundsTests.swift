import Foundation
import Ledger
import Testing

@testable import Forecast

/// What learning must not do: explode, learn from nothing, list what no model reads.
@Suite struct LearningBoundsTests {
  private static func slot(
    _ model: inout Model, _ name: String, _ content: ParameterTable.Content
  ) -> Parameter {
    model.parameters.slots.append(
      ParameterTable.Slot(
        name: name, label: name, unit: "", scale: 1, line: 0, content: content))
    return Parameter(model.parameters.slots.count - 1)
  }

  private static func zero(_ model: Model) throws -> Parameter {
    try #require(model.parameters.parameter(named: "zero"))
  }

  private static func ledger(months: Int = 12) -> (truth: [Double], actuals: Actuals) {
    var random = RandomStream(RandomStream.Key(seed: 8, name: "bounds"), path: 0, index: 0)
    let venture = SyntheticVenture.plain
    let truth = venture.truth(&random)
    return (truth, venture.ledger(truth, months: months, &random))
  }

  // MARK: A running month

  @Test func twoMinutesOfAMonthMoveSpeedAndPriceAndExplodeNothing() throws {
    let share = 120 / 2_628_000.0
    let usage = SegmentActuals(
      newCustomers: 3, active: 3, activeByAge: [3], tokens: 9_000, outputTokens: 2_700,
      requests: 60, revenue: 9_000 * SyntheticVenture.price * 1.3)
    let month = MonthActuals(
      month: Month(year: 2027, month: 1), observedShare: share, bySegment: ["all": usage],
      byStream: ["api": usage.revenue], costs: ["marketing": 1], machineUsedNanoseconds: 1,
      tokensPerSecond: 2 * 1e9 / 2_628_000)
    let model = SyntheticVenture.plain.model()
    let result = try Calibration.run(
      model: model, actuals: Actuals(currency: .usd, months: [month], position: 1))
    for driver in result.drivers {
      let interval = driver.posterior
      #expect(interval.low.isFinite && interval.low <= interval.median)
      #expect(interval.high <= 30 * driver.widened.high, "\(driver.slot) exploded")
    }
    func find(_ name: String) throws -> Calibration.DriverUpdate {
      try #require(result.drivers.first { $0.slot == name })
    }
    let speed = try find("speed")
    #expect(speed.posterior.median > 1.3 * speed.prior.median)
    #expect(speed.posterior.median < 2.2 * speed.prior.median)
    #expect(try find("price").posterior.median > 1.05)
    // 3,000 tokens each in two minutes would be 66 million a month: it pulls, gently.
    let tokens = try find("tokens")
    #expect(tokens.posterior.median > 1.02 * tokens.prior.median)
    #expect(tokens.posterior.median < 10 * tokens.prior.median)
    // Three at once are no rate of arrivals.
    #expect(abs(try find("cost").posterior.median / 300 - 1) < 0.05)
  }

  @Test(arguments: [1e-7, 0.001, 0.5, 0.999])
  func anyShareOfAMonthIsLearntFrom(_ share: Double) throws {
    var data = Self.ledger(months: 3).actuals
    data.months[2].observedShare = share
    data.months[2].bySegment["all"]?.tokens *= share
    let result = try Calibration.run(model: SyntheticVenture.plain.model(), actuals: data)
    for driver in result.drivers {
      #expect(driver.posterior.high.isFinite)
      #expect(driver.posterior.high <= 30 * driver.widened.high)
    }
  }

  // MARK: Growth

  @Test(arguments: [12, 60])
  func widenedGrowthMakesAtMostTenTimesTheStatedGrowthOfTheHorizon(_ months: Int) throws {
    var model = SyntheticVenture.plain.model(months: months)
    let growth = Self.slot(
      &model, "growth", .uncertain(.lognormal(mu: log(0.02), sigma: 0.5)))
    model.segments[0].expansion = growth
    model.costs = [
      CostLine(
        id: "office", name: "office", account: .administration, amount: try Self.zero(model),
        isOneOff: false, growth: growth, from: try Self.zero(model), to: nil)
    ]
    var data = Self.ledger().actuals
    // Books far above the plan.
    for index in data.months.indices { data.months[index].bySegment["all"]?.tokens *= 30 }
    let result = try Calibration.run(model: model, actuals: data)
    guard case .uncertain(let law) = result.model.parameters[growth].content else {
      Issue.record("no law")
      return
    }
    let stated = Distribution.lognormal(mu: log(0.02), sigma: 0.5).quantile(0.95)
    let most = law.quantile(1 - 1e-9)
    #expect(pow((1 + most) / (1 + stated), Double(months)) <= 10 * (1 + 1e-9))
    #expect(law.quantile(0.5) > 0)
  }

  // MARK: Costs

  /// 30 a month of rent, and a one-off of about 42 that is due in month 4.
  private static func withCosts() throws -> Model {
    var model = SyntheticVenture.plain.model()
    let rent = slot(&model, "rent", .uncertain(.lognormal(mu: log(30), sigma: 0.1)))
    let once = slot(&model, "once", .uncertain(.lognormal(mu: log(42), sigma: 0.2)))
    let month = slot(&model, "month", .constant(4))
    let zero = try zero(model)
    model.costs = [
      CostLine(
        id: "rent", name: "rent", account: .administration, amount: rent, isOneOff: false,
        growth: zero, from: zero, to: nil),
      CostLine(
        id: "once", name: "once", account: .administration, amount: once, isOneOff: true,
        growth: zero, from: month, to: nil),
    ]
    return model
  }

  @Test(arguments: [(0.0, 0), (55, 4), (55, 5)])
  func aOneOffIsLearntFromTheMonthThatShowsIt(_ paid: Double, _ month: Int) throws {
    var data = Self.ledger().actuals
    for index in data.months.indices {
      data.months[index].costs["administration"] = 31 + (index == month ? paid : 0)
    }
    let result = try Calibration.run(model: try Self.withCosts(), actuals: data)
    let once = try #require(result.drivers.first { $0.slot == "once" })
    #expect(!once.notes.contains(.conflict))
    if paid == 0 {
      #expect(once.notes == [.noData])
      #expect(abs(once.posterior.median / 42 - 1) < 1e-9)
    } else {
      #expect((46...62).contains(once.posterior.median))
    }
    let rent = try #require(result.drivers.first { $0.slot == "rent" })
    #expect((29.5...32.5).contains(rent.posterior.median))
    // However even the months are, a plan's costs are not known to a percent.
    #expect(rent.posterior.high / rent.posterior.low > 1.06)
  }

  // MARK: What the model does not read

  @Test func whatNoFieldOfTheModelReadsIsNotListed() throws {
    var model = SyntheticVenture.plain.model()
    _ = Self.slot(&model, "score", .uncertain(.lognormal(mu: 1, sigma: 0.2)))
    let feeds = Self.slot(&model, "feeds", .uncertain(.lognormal(mu: 0, sigma: 0.2)))
    let formula = Self.slot(
      &model, "support", .formula([.slot(feeds.index), .constant(2), .multiply]))
    model.segments[0].supportCost = formula
    let before = try Simulation(model).run(.init(paths: 200))
    model = model.withoutUnread()
    // The others' numbers stay as they were.
    #expect(try Simulation(model).run(.init(paths: 200)).fans == before.fans)
    let result = try Calibration.run(model: model, actuals: Self.ledger().actuals)
    let names = Set(result.drivers.map(\.slot))
    #expect(names.contains("feeds"))
    #expect(!names.contains("score"))
    #expect(Set(SyntheticVenture.names).isSubset(of: names))
  }

  @Test func correlationsAloneBuildNoLargeBlock() throws {
    var table = ParameterTable()
    for index in 0..<40 {
      table.slots.append(
        ParameterTable.Slot(
          name: "driver\(index)", label: "", unit: "", scale: 1, line: 0,
          content: .uncertain(.normal(mean: 0, deviation: 1))))
    }
    table.correlations = (1..<40).map {
      ParameterTable.Correlation(first: $0 - 1, second: $0, rho: 0.3)
    }
    let latent = try LatentDrivers(table, widening: 1)
    let item = Evidence(method: .grid, count: 1, reads: [3]) { values, _ in -values[3] }
    let blocks = DriverPartition.blocks(latent, [item])
    #expect(blocks.count == 1)
    #expect(blocks[0].drivers.count <= DriverPartition.largestCorrelated)
    #expect(blocks[0].drivers.contains(3))
  }
}
