import Foundation

/// What the bands of a forecast promised and kept.
package struct BandReport: Sendable, Hashable, Codable {
  /// 0.5, 0.8, 0.95.
  package var level: Double
  package var coverage: Coverage
  /// Wilson's 95% interval of the share that the band really holds.
  package var low: Double
  package var high: Double
  package var verdict: Coverage.Verdict
  /// Mean width ÷ mean size of what happened; 0 without either.
  package var relativeWidth: Double

  package static let levels = [0.5, 0.8, 0.95]

  init(_ points: [ScoredPoint], level: Double) {
    self.level = level
    let bands = points.map { $0.band(level) }
    coverage = Coverage(
      low: bands.map(\.low), high: bands.map(\.high), actual: points.map(\.actual), nominal: level)
    let interval = coverage.interval()
    (low, high) = (interval.lowerBound, interval.upperBound)
    verdict = coverage.verdict()
    let size = points.reduce(0) { $0 + abs($1.actual) }
    relativeWidth = size > 0 ? bands.reduce(0) { $0 + $1.high - $1.low } / size : 0
  }
}

/// One forecast of one month, and what happened.
package struct ScoredPoint: Sendable, Hashable, Codable {
  package var month: Month
  /// Months ahead, from 1.
  package var horizon: Int
  package var actual: Double
  /// In the order of `Outcome.levels`.
  package var quantiles: [Double]
  package var crps: Double
  /// Where the truth fell, 0...1.
  package var place: Double

  package var median: Double { quantiles[Outcome.levels.count / 2] }

  /// The central band; level 0.5, 0.8, 0.9 or 0.95.
  package func band(_ level: Double) -> (low: Double, high: Double) {
    let tail = (1 - level) / 2
    let low = Outcome.levels.firstIndex { abs($0 - tail) < 1e-9 } ?? 0
    return (quantiles[low], quantiles[Outcome.levels.count - 1 - low])
  }

  /// From paths.
  init(month: Month, horizon: Int, actual: Double, sample: [Double]) {
    let sorted = sample.sorted()
    self.month = month
    self.horizon = horizon
    self.actual = actual
    quantiles = Outcome.levels.map { Statistics.quantile(sorted: sorted, $0) }
    crps = ScoringRules.crps(sorted: sorted, actual: actual)
    place = ProbabilityTransform.value(sample: sorted, actual: actual)
  }

  /// From a fan's quantiles, straight between them and level beyond.
  init(month: Month, horizon: Int, actual: Double, quantiles: [Double]) {
    self.month = month
    self.horizon = horizon
    self.actual = actual
    self.quantiles = quantiles
    crps = ScoringRules.crps(quantiles: quantiles, levels: Outcome.levels, actual: actual)
    place = Self.place(actual, quantiles)
  }

  private static func place(_ actual: Double, _ quantiles: [Double]) -> Double {
    let levels = Outcome.levels
    guard let first = quantiles.first, let last = quantiles.last, quantiles.count == levels.count
    else { return .nan }
    if actual <= first { return levels[0] / 2 }
    if actual >= last { return (1 + levels[levels.count - 1]) / 2 }
    let index = quantiles.firstIndex { $0 > actual } ?? levels.count - 1
    let (left, right) = (quantiles[index - 1], quantiles[index])
    let part = right > left ? (actual - left) / (right - left) : 0.5
    return levels[index - 1] + part * (levels[index] - levels[index - 1])
  }
}

/// The scores of one measure's forecasts. Months that follow each other err alike, so the Wilson
/// intervals are of the months as if they were independent: a verdict on few months is a hint.
package struct MeasureReport: Sendable, Hashable, Codable {
  package var measure: Outcome.Measure
  package var points: [ScoredPoint]
  /// Mean, in the measure's unit, and ÷ the mean size of what happened.
  package var crps: Double
  package var relativeCRPS: Double
  /// Mean absolute error of the median ÷ that of one step of naive within the history; nil without
  /// history. Under 1 beats naive.
  package var mase: Double?
  /// Mean absolute error of the median ÷ that of "as last month" at the same horizons; nil without.
  package var relativeToNaive: Double?
  /// 50%, 80%, 95%.
  package var bands: [BandReport]
  package var transform: ProbabilityTransform

  init(
    _ measure: Outcome.Measure, points: [ScoredPoint], mase: Double?, relativeToNaive: Double?
  ) {
    self.measure = measure
    self.points = points
    self.mase = mase
    self.relativeToNaive = relativeToNaive
    let count = Double(max(1, points.count))
    crps = points.reduce(0) { $0 + $1.crps } / count
    let size = points.reduce(0) { $0 + abs($1.actual) } / count
    relativeCRPS = size > 0 ? crps / size : 0
    bands = BandReport.levels.map { BandReport(points, level: $0) }
    transform = ProbabilityTransform(values: points.map(\.place))
  }

  /// Points of one horizon, and how its 80% band did.
  package func band(level: Double, horizon: Int) -> BandReport? {
    let own = points.filter { $0.horizon == horizon }
    return own.isEmpty ? nil : BandReport(own, level: level)
  }

  /// Bands that did not keep what they promised.
  package var wrong: [BandReport] { bands.filter { $0.verdict != .kept } }
}
