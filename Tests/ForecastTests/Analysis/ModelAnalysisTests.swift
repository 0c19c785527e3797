import Testing

@testable import Forecast

/// The analyses over the simulation itself.
@Suite struct ModelAnalysisTests {
  static let model = AnalysisModel.make()

  static func table(_ model: Model, paths: Int = 4_000) throws -> PathTable {
    try Simulation(model).run(Simulation.Options(paths: paths, seed: 3), keeping: paths).1
  }

  @Test("The three tornados agree on what matters, and see that an unused driver does nothing")
  func tornado() throws {
    let model = Self.model
    let conditional = Tornado(
      table: try Self.table(model, paths: 8_000), model: model, goal: .netPresentValue)
    let simulated = try Tornado(
      model: model, goal: .netPresentValue, method: .simulated, paths: 1_000)
    let deterministic = try Tornado(model: model, goal: .netPresentValue, method: .deterministic)
    for tornado in [simulated, deterministic] {
      #expect(tornado.bars.count == 5)
      #expect(tornado.bars.last?.name == "idle" && tornado.bars.last?.swing == 0)
      #expect(tornado.bars.map(\.swing) == tornado.bars.map(\.swing).sorted(by: >))
    }
    let strongest = { (tornado: Tornado) in Set(tornado.bars.prefix(2).map(\.name)) }
    #expect(strongest(simulated) == strongest(deterministic))
    #expect(strongest(simulated) == ["tokens", "acquisition"])
    #expect(!conditional.bars.contains { $0.name == "idle" })
    #expect(strongest(simulated) == strongest(conditional))
    for other in conditional.bars {
      let bar = try #require(simulated.bars.first { $0.slot == other.slot })
      let gap = abs((other.goalAtHigh - other.goalAtLow) - (bar.goalAtHigh - bar.goalAtLow))
      #expect(gap < 4 * (other.error + bar.error) + 0.15 * bar.swing, "\(bar) \(other)")
      #expect(isClose(other.low, bar.low, 0.05) && isClose(other.high, bar.high, 0.05))
    }
    // Costs hurt, usage helps.
    let byName = Dictionary(uniqueKeysWithValues: simulated.bars.map { ($0.name, $0) })
    #expect(byName["acquisition"]!.goalAtHigh < byName["acquisition"]!.goalAtLow)
    #expect(byName["tokens"]!.goalAtHigh > byName["tokens"]!.goalAtLow)
  }

  @Test("Fixing a driver moves no other driver's numbers")
  func pinned() throws {
    let model = AnalysisModel.make(correlation: 0.5)
    let base = try Self.table(model, paths: 200)
    let fixed = try Self.table(model.pinned(Parameter(0), at: 0.05), paths: 200)
    #expect(fixed.slots[0].allSatisfy { $0 == 0.05 })
    for slot in 2...4 { #expect(fixed.slots[slot] == base.slots[slot]) }
  }

  @Test("The lean run of the analyses has the numbers of the forecast's run")
  func lean() throws {
    let model = AnalysisModel.make(correlation: -0.4)
    let full = try Self.table(model, paths: 300)
    let lean = try Simulation(model).table(paths: 300, seed: 3, measures: [.cash])
    #expect(lean.slots == full.slots)
    #expect(lean.figures[.netPresentValue] == full.figures[.netPresentValue])
    #expect(lean.monthly[.cash] == full.monthly[.cash])
  }

  @Test("A correlated driver is fixed alone: its partner keeps its own spread")
  func correlatedTornado() throws {
    let linked = try Tornado(
      model: AnalysisModel.make(correlation: 0.8), goal: .netPresentValue, method: .simulated,
      paths: 500)
    let free = try Tornado(
      model: AnalysisModel.make(), goal: .netPresentValue, method: .simulated, paths: 500)
    for name in ["tokens", "churn"] {
      let (a, b) = (
        try #require(linked.bars.first { $0.name == name }),
        try #require(free.bars.first { $0.name == name })
      )
      let gap = abs((a.goalAtHigh - a.goalAtLow) - (b.goalAtHigh - b.goalAtLow))
      #expect(gap < 4 * (a.error + b.error), "\(a) \(b)")
    }
  }

  @Test("A chance of breaking even is a goal like any other")
  func goals() throws {
    let model = Self.model
    let table = try Self.table(model)
    let never = Goal(.breakEvenMonth).values(in: table, months: model.months)
    #expect(never.allSatisfy { (0...24).contains($0) })
    for month in [6, 12, 23] {
      let chance = Statistics.mean(
        Goal(.breakEven(by: month)).values(in: table, months: model.months))
      #expect(chance == Double(never.count { $0 <= Double(month) }) / 4_000)
    }
    let solvent = Goal(.solvent(through: 23)).values(in: table, months: model.months)
    let ruin = table.figures[.ruinMonth]!.count { $0 <= 23 }
    #expect(solvent.count { $0 == 0 } == ruin)
    let cash = Goal(.measure(.cash, month: 23)).values(in: table, months: model.months)
    #expect(cash == table.monthly[.cash]![23])
    #expect(Goal(.measure(.cash, month: 24)).values(in: table, months: model.months).isEmpty)
  }

  @Test("Sobol indices of the model add up, name the strong drivers and give luck its share")
  func sobol() throws {
    let drivers = try VarianceDrivers(
      model: Self.model, goal: .netPresentValue, top: 3, points: 1_024, bootstraps: 50)
    let factors = Dictionary(
      uniqueKeysWithValues: drivers.indices.factors.map { ($0.name, $0) })
    #expect(factors.count == 5)
    #expect(factors[VarianceDrivers.others] != nil)
    let chance = try #require(factors[VarianceDrivers.chance])
    #expect(chance.total.value > 0 && chance.total.value < 0.2)
    let sum = drivers.indices.factors.reduce(0) { $0 + $1.first.value }
    #expect(sum > 0.6 && sum < 1.1)
    let screening = Screening(
      table: try Self.table(Self.model), parameters: Self.model.parameters,
      goal: Goal.netPresentValue.values(in: try Self.table(Self.model), months: 24))
    #expect(factors[screening.drivers[0].name]!.total.value > 0.3)
  }

  @Test("Groups by name, an unknown name and a name in two groups")
  func groups() throws {
    let drivers = try VarianceDrivers(
      model: Self.model, goal: .netPresentValue,
      groups: [("customers", ["churn", "acquisition"]), ("idle", ["idle"])], points: 256,
      bootstraps: 10)
    #expect(drivers.indices.factors.map(\.name) == ["customers", "idle", "others", "chance"])
    #expect(drivers.indices.factors[1].total.value == 0)
    #expect(throws: ForecastError.self) {
      try VarianceDrivers(
        model: Self.model, goal: .netPresentValue, groups: [("x", ["pay"])], points: 64)
    }
    #expect(throws: ForecastError.self) {
      try VarianceDrivers(
        model: Self.model, goal: .netPresentValue,
        groups: [("x", ["churn"]), ("y", ["churn"])], points: 64)
    }
  }

  @Test("Hiring later is compared month by month on the same luck")
  func hireOrWait() throws {
    let alternatives = try Alternative.hireOrWait(
      model: Self.model, role: "engineer", months: [0, 6, 24])
    let comparison = try Comparison(alternatives, paths: 500)
    #expect(comparison.rows.map(\.id) == ["hire_0", "hire_6", "hire_24"])
    // The engineer only costs here: waiting wins on every path, and never hiring most.
    #expect(comparison.rows.map(\.chanceBest) == [0, 0, 1])
    #expect(comparison.dominated.contains(.init(better: 2, worse: 0, dominance: .always)))
    // 15,000 a month discounted at 1%, from month 0 to 5.
    let saved = comparison.rows[1].difference
    #expect(saved > 85_000 && saved < 100_000)
    #expect(throws: ForecastError.self) {
      try Alternative.hireOrWait(model: Self.model, role: "nobody", months: [0])
    }
    #expect(throws: ForecastError.self) {
      try Alternative.hireOrWait(model: Self.model, role: "engineer", hire: 1, months: [0])
    }
    #expect(throws: ForecastError.self) {
      try Alternative.hireOrWait(model: Self.model, role: "engineer", months: [-1])
    }
  }

  @Test("The price that customers bear is found; far above and below it is worse")
  func price() throws {
    let result = try PriceOptimiser().run(
      model: Self.model,
      levers: [
        .init(name: "price", parameter: Self.model.priceMultiplier, range: 0.5...2.5)
      ], grid: 7, refinements: 6, paths: 400)
    let ends = (result.curve.first!, result.curve.last!)
    #expect(result.best.expected >= result.today.expected)
    #expect(result.best.expected > ends.0.expected && result.best.expected > ends.1.expected)
    #expect((0.5...2.5).contains(result.best.settings[0]))
    let today = try #require(result.curve.min { abs($0.settings[0] - 1) < abs($1.settings[0] - 1) })
    #expect(abs(today.difference) < abs(ends.0.difference))
  }

  @Test("What to learn next, of going and not going")
  func information() throws {
    let model = Self.model
    let table = try Self.table(model, paths: 6_000)
    let go = Goal.netPresentValue.values(in: table, months: model.months)
    let middle = Statistics.mean(go)
    // Against an even alternative, knowledge is worth most.
    let information = try ValueOfInformation(
      values: [go.map { _ in middle }, go], table: table, parameters: model.parameters)
    #expect(information.drivers.count == 5)
    #expect(information.drivers[0].value > 0.2 * information.perfect)
    let idle = try #require(information.drivers.first { $0.name == "idle" })
    #expect(idle.lower <= 4 * idle.standardError)
    #expect(idle.value < 0.1 * information.drivers[0].value)
    #expect(information.drivers.allSatisfy { $0.value <= information.perfect * 1.001 })
  }

  @Test("The same seed gives the same answers, bit for bit")
  func seeded() throws {
    func run(_ seed: UInt64) throws -> (Tornado, VarianceDrivers) {
      (
        try Tornado(
          model: Self.model, goal: .netPresentValue, method: .simulated, paths: 100, seed: seed),
        try VarianceDrivers(
          model: Self.model, goal: .netPresentValue, top: 2, points: 64, bootstraps: 20, seed: seed)
      )
    }
    let (first, again, other) = (try run(5), try run(5), try run(6))
    #expect(first.0 == again.0 && first.1 == again.1)
    #expect(first.0 != other.0 && first.1 != other.1)
  }
}
