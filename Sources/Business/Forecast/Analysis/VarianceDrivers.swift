/// Sobol indices of a model's drivers. They are taken over the independent uniforms under the
/// correlations (the copula's latents): the indices need independent inputs, so of correlated
/// drivers the earlier one in the table carries what they share, and a group that holds both carries
/// it whatever their order.
///
/// Two factors stand beside the named ones: `others`, all drivers not asked for, and `chance`, the
/// luck of the months (arrivals, churn, shocks), which no research removes.
package struct VarianceDrivers: Sendable, Hashable, Codable {
  package static let others = "others"
  package static let chance = "chance"

  package let goal: Goal
  package let indices: SobolIndices

  /// - Parameters:
  ///   - groups: names of slots by group; nil takes the strongest `top` drivers of a screening run,
  ///     each by itself.
  ///   - points: a power of two; the model runs points × (groups + 4) paths, and twice as many
  ///     more for the screening: 0.3 s for 8 drivers, 60 months and 2 cores.
  /// - Throws: `.noData` without uncertain slots or where a path lacks the figure; `.unknownName` for
  ///   a slot that is not an uncertain one; what `Simulation` throws.
  package init(
    model: Model, goal: Goal, groups: [(name: String, slots: [String])]? = nil, top: Int = 8,
    points: Int = 1024, bootstraps: Int = 200, seed: UInt64 = 1
  ) throws(ForecastError) {
    let uncertain = model.parameters.uncertain
    guard !uncertain.isEmpty else {
      throw ForecastError(.noData, "no input is uncertain: give at least one a distribution")
    }
    guard uncertain.count <= 2_048 else {
      throw ForecastError(.range, "the indices take 2,048 uncertain inputs at most")
    }
    guard (2...65_536).contains(points) else {
      throw ForecastError(.range, "take 2 to 65536 points, not \(points)")
    }
    let simulation = try Simulation(model)
    let strongest: [(name: String, slots: [String])] =
      groups == nil
      ? Self.strongest(simulation, goal: goal, top: top, paths: 2 * points, seed: seed) : []
    let named = groups ?? strongest
    var factors = try Self.columns(named, model.parameters, uncertain)
    let taken = Set(factors.flatMap(\.columns))
    let rest = uncertain.indices.filter { !taken.contains($0) }
    if !rest.isEmpty { factors.append((Self.others, rest)) }
    self.goal = goal
    indices = try SobolIndices(
      columns: uncertain.count, groups: factors, noise: Self.chance, points: points,
      bootstraps: bootstraps, seed: seed
    ) { (latents, noise) throws(ForecastError) in
      let table = simulation.run(
        latents: latents, seed: seed &+ UInt64(noise) &* 0x9E37_79B9, measures: goal.measures)
      let values = goal.values(in: table, months: model.months)
      guard values.count == latents.count, values.allSatisfy(\.isFinite) else {
        throw ForecastError(
          .noData,
          "some paths lack the figure: choose one that every path has, such as "
            + "net_present_value")
      }
      return values
    }
  }

  private static func strongest(
    _ simulation: Simulation, goal: Goal, top: Int, paths: Int, seed: UInt64
  ) -> [(name: String, slots: [String])] {
    let model = simulation.model
    let table = simulation.table(paths: paths, seed: seed, measures: goal.measures)
    let screening = Screening(
      table: table, parameters: model.parameters,
      goal: goal.values(in: table, months: model.months))
    return screening.drivers.prefix(top).map { ($0.name, [$0.name]) }
  }

  private static func columns(
    _ groups: [(name: String, slots: [String])], _ table: ParameterTable, _ uncertain: [Int]
  ) throws(ForecastError) -> [(name: String, columns: [Int])] {
    var columns: [String: Int] = [:]
    for (column, index) in uncertain.enumerated() { columns[table.slots[index].name] = column }
    var taken: Set<Int> = []
    var found: [(name: String, columns: [Int])] = []
    for group in groups {
      var members: [Int] = []
      for name in group.slots {
        guard let column = columns[name] else {
          throw ForecastError(
            .unknownName, "\(name) is not an uncertain input of the plan", field: name)
        }
        guard taken.insert(column).inserted else {
          throw ForecastError(.invalid, "\(name) is in two groups: keep one", field: name)
        }
        members.append(column)
      }
      found.append((group.name, members))
    }
    return found
  }
}
