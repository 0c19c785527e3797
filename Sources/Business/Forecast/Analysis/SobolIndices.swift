/// Which input's uncertainty makes the output uncertain: shares of the output's variance by
/// variance-based sensitivity analysis (Sobol, 1993). `first` is what fixing the input alone would
/// remove on average, `total` what would be left if all others were fixed: the difference acts
/// through interactions.
///
/// Estimators over two independent samples A and B and, for each factor, A with that factor's
/// columns from B: first order mean(f(B)(f(AB) − f(A))) ÷ V (Saltelli et al., 2010), total order
/// ½ mean((f(A) − f(AB))²) ÷ V (Jansen, 1999).
package struct SobolIndices: Sendable, Hashable, Codable {
  package struct Estimate: Sendable, Hashable, Codable {
    package let value: Double
    /// Bounds at `level`, by bootstrap over the points.
    package let low: Double
    package let high: Double
  }

  package struct Factor: Sendable, Hashable, Codable {
    package let name: String
    package let first: Estimate
    package let total: Estimate
  }

  package let mean: Double
  package let variance: Double
  /// In the order given.
  package let factors: [Factor]
  /// Evaluations of the function.
  package let evaluations: Int

  /// From the outputs, `mixed` being [factor][point]. Indices are 0 when nothing varies.
  ///
  /// O(points × factors × bootstraps).
  ///
  /// - Precondition: as many points in every row, at least 2.
  package init(
    names: [String], a: [Double], b: [Double], mixed: [[Double]], bootstraps: Int = 200,
    level: Double = 0.95, seed: UInt64 = 1
  ) {
    let count = a.count
    precondition(
      count > 1 && b.count == count && mixed.allSatisfy { $0.count == count }
        && names.count == mixed.count, "the same points in each row")
    // Centred, since the first-order estimator's error grows with the mean.
    let all = Double(count * (mixed.count + 2))
    let sum = (mixed + [a, b]).reduce(0.0) { $0 + $1.reduce(0, +) }
    let centre = sum / all
    let a = a.map { $0 - centre }
    let b = b.map { $0 - centre }
    mean = Statistics.mean(a + b) + centre
    let pooled = Statistics.mean(a + b)
    variance = (a + b).reduce(0) { $0 + ($1 - pooled) * ($1 - pooled) } / Double(2 * count)
    evaluations = count * (mixed.count + 2)
    let draws = Self.draws(count, bootstraps, seed)
    let z = Normal.quantile((1 + level) / 2)
    factors = names.indices.map { index in
      let row = mixed[index].map { $0 - centre }
      let value = Self.indices(a, b, row, draw: nil)
      let sample = draws.map { Self.indices(a, b, row, draw: $0) }
      func estimate(_ part: KeyPath<(first: Double, total: Double), Double>) -> Estimate {
        let half = z * Statistics.deviation(sample.map { $0[keyPath: part] })
        let middle = value[keyPath: part]
        return Estimate(value: middle, low: middle - half, high: middle + half)
      }
      return Factor(name: names[index], first: estimate(\.first), total: estimate(\.total))
    }
  }

  /// Both indices over the points of `draw` (all in order for nil).
  private static func indices(
    _ a: [Double], _ b: [Double], _ row: [Double], draw: [Int32]?
  ) -> (first: Double, total: Double) {
    var (first, total, sum, squares) = (0.0, 0.0, 0.0, 0.0)
    for place in a.indices {
      let point = draw.map { Int($0[place]) } ?? place
      let (x, y, mixed) = (a[point], b[point], row[point])
      first += y * (mixed - x)
      total += (x - mixed) * (x - mixed)
      sum += x + y
      squares += x * x + y * y
    }
    let count = Double(a.count)
    let mean = sum / (2 * count)
    let variance = squares / (2 * count) - mean * mean
    guard variance > 0 else { return (0, 0) }
    return (first / count / variance, total / (2 * count) / variance)
  }

  private static func draws(_ count: Int, _ bootstraps: Int, _ seed: UInt64) -> [[Int32]] {
    let key = RandomStream.Key(seed: seed, name: "sobol bootstrap")
    return (0..<max(0, bootstraps)).map { replicate in
      var stream = RandomStream(key, path: replicate, index: 0)
      return (0..<count).map { _ in Int32(Double(count) * stream.uniform()) }
    }
  }
}

extension SobolIndices {
  /// Over a function of independent uniforms: `groups` says which columns make a factor; a column in
  /// no group stays with A. The function gets [point][column] and a number that is 0 for A and every
  /// mixed sample and 1 for B, for functions with noise of their own: with `noise` named, that noise
  /// is one more factor, whose mixed sample is A's points with the number 1.
  ///
  /// Evaluates the function (factors + 2) × `points` times; points come from a scrambled Sobol
  /// sequence of 2 × columns dimensions, so take a power of two.
  package init<Failure: Error>(
    columns: Int, groups: [(name: String, columns: [Int])], noise: String? = nil,
    points: Int = 1024, bootstraps: Int = 200, level: Double = 0.95, seed: UInt64 = 1,
    function: (_ latents: [[Double]], _ noise: Int) throws(Failure) -> [Double]
  ) throws(Failure) {
    let rows = SobolSequence(dimensions: 2 * max(1, columns), seed: seed).points(points)
    let first = rows.map { Array($0.prefix(columns)) }
    let second = rows.map { Array($0.dropFirst(columns).prefix(columns)) }
    let a = try function(first, 0)
    let b = try function(second, 1)
    var mixed: [[Double]] = []
    for group in groups {
      var latents = first
      for point in latents.indices {
        for column in group.columns { latents[point][column] = second[point][column] }
      }
      mixed.append(try function(latents, 0))
    }
    if noise != nil { mixed.append(try function(first, 1)) }
    self.init(
      names: groups.map(\.name) + (noise.map { [$0] } ?? []), a: a, b: b, mixed: mixed,
      bootstraps: bootstraps, level: level, seed: seed)
  }
}
