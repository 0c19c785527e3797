import Foundation

/// Gaussian copula: turns independent normal scores into correlated ones, whose ranks correlate as
/// the plan says. Only the slots that are correlated with another take part.
package struct Copula: Sendable {
  /// Positions (in the order of `ParameterTable.uncertain`) of the slots that take part.
  let members: [Int]
  /// Cholesky factor, row by row.
  private let lower: [Double]

  /// A matrix larger than this is not repaired, only shrunk.
  private static let largestRepair = 40
  static let mostMembers = 200

  /// - Throws: `correlation` naming the pairs, with the nearest ρ that are possible.
  init(_ table: ParameterTable) throws(ForecastError) {
    let uncertain = table.uncertain
    let position = Dictionary(uniqueKeysWithValues: zip(uncertain, uncertain.indices))
    let slots = Set(table.correlations.flatMap { [$0.first, $0.second] }).sorted()
    guard slots.count <= Self.mostMembers else {
      throw ForecastError(
        .correlation, "\(slots.count) quantities are correlated: at most \(Self.mostMembers) can be"
      )
    }
    var members: [Int] = []
    for slot in slots {
      guard let member = position[slot] else {
        let name = table.slots.indices.contains(slot) ? table.slots[slot].name : "slot \(slot)"
        throw ForecastError(
          .correlation, "\(name) is not a distribution: only distributions can be correlated",
          field: name)
      }
      members.append(member)
    }
    self.members = members
    let row = Dictionary(uniqueKeysWithValues: zip(slots, slots.indices))
    var matrix = CorrelationMatrix(size: slots.count)
    var seen: Set<[Int]> = []
    for pair in table.correlations {
      guard let first = row[pair.first], let second = row[pair.second] else { continue }
      try Self.check(pair, table, isNew: seen.insert([first, second].sorted()).inserted)
      matrix[first, second] = CorrelationMatrix.pearson(spearman: pair.rho)
    }
    guard let lower = matrix.cholesky else {
      throw Self.impossible(matrix, table.correlations, table, row)
    }
    self.lower = lower
  }

  /// What can be said of one pair alone.
  static func check(
    _ pair: ParameterTable.Correlation, _ table: ParameterTable, isNew: Bool
  ) throws(ForecastError) {
    let names = "\(table.slots[pair.first].name) and \(table.slots[pair.second].name)"
    guard pair.first != pair.second else {
      throw ForecastError(.correlation, "\(names): a quantity cannot be correlated with itself")
    }
    guard pair.rho > -1, pair.rho < 1 else {
      throw ForecastError(
        .correlation,
        "\(names): ρ = \(Distribution.short(pair.rho)) must lie between −1 and 1; "
          + "for full dependence write one as a formula of the other")
    }
    guard isNew else {
      throw ForecastError(.correlation, "\(names): their correlation is given twice; keep one")
    }
  }

  private static func impossible(
    _ matrix: CorrelationMatrix, _ pairs: [ParameterTable.Correlation], _ table: ParameterTable,
    _ row: [Int: Int]
  ) -> ForecastError {
    let nearest = offer(matrix)
    func list(_ value: (ParameterTable.Correlation, Int, Int) -> Double) -> String {
      pairs.compactMap { pair in
        guard let first = row[pair.first], let second = row[pair.second] else { return nil }
        let number = String(format: "%.3f", value(pair, first, second))
        return "\(table.slots[pair.first].name) ~ \(table.slots[pair.second].name): \(number)"
      }.joined(separator: ", ")
    }
    let given = list { pair, _, _ in pair.rho }
    let possible = list { _, first, second in nearest[first, second] }
    // Pairs that were not written but that the nearest matrix needs.
    let names = row.sorted { $0.value < $1.value }.map { table.slots[$0.key].name }
    let written = Set(pairs.compactMap { [row[$0.first] ?? 0, row[$0.second] ?? 0].sorted() })
    var added: [String] = []
    for first in names.indices {
      for second in first + 1..<max(names.count, first + 1)
      where !written.contains([first, second]) && abs(nearest[first, second]) >= 0.001 {
        added.append(
          "\(names[first]) ~ \(names[second]): \(String(format: "%.3f", nearest[first, second]))")
      }
    }
    return ForecastError(
      .correlation,
      "these correlations cannot hold together (the matrix is not positive definite): \(given). "
        + "The nearest that can: \(([possible] + added).joined(separator: ", "))")
  }

  /// The nearest possible ρ with three digits, drawn in until it passes our own check.
  private static func offer(_ matrix: CorrelationMatrix) -> CorrelationMatrix {
    let base = matrix.size <= largestRepair ? matrix.nearest : matrix
    var share = 0.001
    while true {
      var rounded = base.shrunk(by: share)
      var tested = rounded
      for row in 0..<matrix.size {
        for column in 0..<row {
          let rho = CorrelationMatrix.spearman(pearson: rounded[row, column])
          let short = (rho * 1000).rounded(.toNearestOrEven) / 1000
          rounded[row, column] = short
          tested[row, column] = CorrelationMatrix.pearson(spearman: short)
        }
      }
      if tested.cholesky != nil || share >= 1 { return rounded }
      share = min(1, share * 1.5)
    }
  }

  /// Correlates the scores of the members in place, many paths at once.
  /// - Parameter scores: [uncertain][path].
  func correlate(_ scores: UnsafeMutablePointer<Double>, paths: Int) {
    let n = members.count
    for row in stride(from: n - 1, through: 0, by: -1) {
      let target = scores + members[row] * paths
      for path in 0..<paths { target[path] *= lower[row * n + row] }
      for k in 0..<row where lower[row * n + k] != 0 {
        let (factor, source) = (lower[row * n + k], scores + members[k] * paths)
        for path in 0..<paths { target[path] += factor * source[path] }
      }
    }
  }

  /// Correlates the scores of the members in place.
  /// - Parameter scores: one an uncertain slot, in order.
  package func correlate(_ scores: UnsafeMutableBufferPointer<Double>) {
    let n = members.count
    // From the last row up, since a row needs only the scores before it.
    for row in stride(from: n - 1, through: 0, by: -1) {
      var sum = 0.0
      for k in 0...row { sum += lower[row * n + k] * scores[members[k]] }
      scores[members[row]] = sum
    }
  }
}
