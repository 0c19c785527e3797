import Testing

@testable import Forecast

struct ReproducibilityTests {
  private func equal(_ left: Outcome, _ right: Outcome) -> Bool {
    left.fans == right.fans && left.spreads == right.spreads
      && left.revenueByStream == right.revenueByStream
      && left.costByAccount == right.costByAccount && left.breakEvenBy == right.breakEvenBy
      && left.paybackBy == right.paybackBy && left.ruinBy == right.ruinBy
  }

  @Test(arguments: [1, 63, 1000, 9000], [2, 3, 5])
  func anyNumberOfWorkersGivesTheSameBits(paths: Int, workers: Int) throws {
    let simulation = try Simulation(RandomModel.make(5))
    let one = simulation.run(.init(paths: paths, seed: 3, workers: 1))
    let many = simulation.run(.init(paths: paths, seed: 3, workers: workers))
    #expect(equal(one, many))
  }

  @Test func anotherSeedGivesOtherPaths() throws {
    let simulation = try Simulation(RandomModel.make(5))
    let one = simulation.run(.init(paths: 500, seed: 3))
    #expect(!equal(one, simulation.run(.init(paths: 500, seed: 4))))
  }

  @Test(arguments: [0, 1, 70, 1500])
  func aTraceIsThePathOfTheRun(path: Int) throws {
    let model = RandomModel.make(8)
    let simulation = try Simulation(model)
    let (_, table) = simulation.run(.init(paths: 2000, seed: 6), keeping: 2000)
    let trace = simulation.trace(path: path, seed: 6)
    for month in 0..<model.months {
      #expect(table.monthly[.cash]?[month][path] == trace["cash"][month])
      #expect(table.monthly[.revenue]?[month][path] == trace["revenue"][month])
    }
    for (figure, values) in table.figures {
      let value = trace.figures[figure]
      #expect(value == nil ? values[path].isNaN : values[path] == value, "\(figure)")
    }
    #expect(table.slots.map { $0[path] } == trace.slots)
  }

  @Test func anAddedRiskMovesNobodyElsesNumbers() throws {
    let model = RandomModel.make(12)
    var more = model
    let zero = more.parameters.constant(0, name: "added.zero")
    let one = more.parameters.constant(1, name: "added.one")
    let loss = more.parameters.constant(1000, name: "added.loss")
    more.shocks.insert(
      Shock(
        id: "added", name: "", rate: one, lossLow: loss, lossHigh: loss, duration: zero,
        acquisitionFactor: one, churnFactor: one), at: 0)
    let before = try Simulation(model).trace(path: 3, seed: 2)
    let after = try Simulation(more).trace(path: 3, seed: 2)
    for segment in model.segments {
      for name in ["new", "churned", "tokens"] {
        let series = "segments.\(segment.id).\(name)"
        #expect(before[series] == after[series])
      }
    }
    #expect(before["revenue"] == after["revenue"])
  }

  @Test func latentsOfTheOwnDrawsGiveTheSamePaths() throws {
    let model = RandomModel.make(5)
    let simulation = try Simulation(model)
    let latents = (0..<100).map { path in
      model.parameters.uncertain.map { slot in
        let key = RandomStream.Key(seed: 9, name: model.parameters.slots[slot].name)
        var stream = RandomStream(key, path: path, index: 0)
        return stream.uniform()
      }
    }
    let (_, drawn) = simulation.run(.init(paths: 100, seed: 9), keeping: 100)
    let given = simulation.run(latents: latents, seed: 9)
    #expect(given.slots == drawn.slots)
    #expect(given.monthly[.cash] == drawn.monthly[.cash])
  }
}
