package import Forecast

/// Joint draws of some of the plan's quantities, correlated as the plan says. The same seed gives the
/// same draws whatever else the plan holds: each uncertain quantity has its own stream, by its name.
package struct QuantitySamples: Sendable {
  package let count: Int
  /// By handle: value on each draw.
  private let columns: [FieldHandle: [Double]]
  private let means: [FieldHandle: Double]

  /// - Parameter count: draws, 1...1,000,000.
  /// - Throws: `ForecastError` when the table's distributions or correlations are wrong.
  package init(
    of fields: [UncertainField], _ compiled: CompiledQuantities, count: Int, seed: UInt64
  ) throws(ForecastError) {
    guard (1...1_000_000).contains(count) else {
      throw ForecastError(.range, "draws must be between 1 and 1,000,000, not \(count)")
    }
    let table = compiled.table
    let program = try ParameterProgram(table)
    let means = try table.meanValues()
    let indices = fields.map { compiled.parameter($0.handle).index }
    let keys = program.uncertain.map {
      RandomStream.Key(seed: seed, name: table.slots[$0].name)
    }
    var columns = indices.map { _ in [Double](repeating: 0, count: count) }
    var uniforms = [Double](repeating: 0.5, count: keys.count)
    for path in 0..<count {
      for (place, key) in keys.enumerated() {
        var stream = RandomStream(key, path: path, index: 0)
        uniforms[place] = stream.uniform()
      }
      let values = program.values(uniforms: uniforms)
      for (column, index) in indices.enumerated() { columns[column][path] = values[index] }
    }
    self.count = count
    self.columns = Dictionary(
      zip(fields.map(\.handle), columns), uniquingKeysWith: { first, _ in first })
    self.means = Dictionary(
      zip(fields.map(\.handle), indices.map { means[$0] }), uniquingKeysWith: { first, _ in first })
  }

  /// Draws of a field that was given to `init`.
  package subscript(field: UncertainField) -> [Double] { columns[field.handle] ?? [] }

  /// With every uncertain quantity at its mean.
  package func mean(_ field: UncertainField) -> Double { means[field.handle] ?? 0 }
}

/// A quantity as its draws say: mean and percentiles.
package struct SampleSummary: Sendable, Hashable, Codable {
  package let mean: Double
  package let low: Double
  package let median: Double
  package let high: Double

  /// `low` and `high` are the 5th and 95th percentiles, between neighbours by rank. All are 0 when
  /// there are no samples.
  package init(_ samples: [Double]) {
    let sorted = samples.sorted()
    mean = samples.isEmpty ? 0 : samples.reduce(0, +) / Double(samples.count)
    func quantile(_ chance: Double) -> Double {
      sorted.isEmpty ? 0 : Statistics.quantile(sorted: sorted, chance)
    }
    low = quantile(0.05)
    median = quantile(0.5)
    high = quantile(0.95)
  }
}
