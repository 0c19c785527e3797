/// The runs of a tornado: one driver fixed, the others on the random numbers of the base.
struct TornadoRuns {
  let base: [Double]
  private let model: Model
  private let simulation: Simulation
  private let goal: Goal
  private let seed: UInt64
  /// [path][uncertain slot]; nil without chance.
  private let latents: [[Double]]?
  private let columns: [Int: Int]
  private let correlated: Set<Int>

  /// - Parameter paths: nil for one path without chance.
  init(model: Model, goal: Goal, paths: Int?, seed: UInt64) throws(ForecastError) {
    let simulation = try Simulation(model)
    let latents = paths.map { simulation.latents(paths: $0, seed: seed) }
    self.model = model
    self.simulation = simulation
    self.goal = goal
    self.seed = seed
    self.latents = latents
    columns = Dictionary(
      uniqueKeysWithValues: model.parameters.uncertain.enumerated().map { ($1, $0) })
    correlated = Set(model.parameters.correlations.flatMap { [$0.first, $0.second] })
    base = Self.run(simulation, goal, latents, seed)
  }

  /// The goal by path with `slot` at the percentile `level` of its distribution.
  func values(
    slot: Int, _ distribution: Distribution, level: Double
  ) throws(ForecastError) -> [Double] {
    guard var latents, let column = columns[slot] else {
      let pinned = model.pinned(Parameter(slot), at: distribution.quantile(level))
      return Self.run(try Simulation(pinned), goal, nil, seed)
    }
    if correlated.contains(slot) {
      // Its uniform would move its partners too: fix the value itself, which takes the column away.
      let pinned = model.pinned(Parameter(slot), at: distribution.quantile(level))
      for path in latents.indices { latents[path].remove(at: column) }
      return Self.run(try Simulation(pinned), goal, latents, seed)
    }
    for path in latents.indices { latents[path][column] = level }
    return Self.run(simulation, goal, latents, seed)
  }

  private static func run(
    _ simulation: Simulation, _ goal: Goal, _ latents: [[Double]]?, _ seed: UInt64
  ) -> [Double] {
    let table =
      latents.map { simulation.run(latents: $0, seed: seed, measures: goal.measures) }
      ?? simulation.run(
        Simulation.Options(paths: 1, seed: seed, isDeterministic: true), keeping: 1
      ).1
    return goal.values(in: table, months: simulation.model.months)
  }
}
