/// The plain forecasts that a better one must beat (Hyndman & Athanasopoulos, "Forecasting:
/// principles and practice", section 5.2). Each gives `horizon` values after the history.
package enum ReferenceForecast {
  /// The last value, forever. Empty for no history.
  package static func naive(history: [Double], horizon: Int) -> [Double] {
    guard let last = history.last else { return [] }
    return Array(repeating: last, count: max(0, horizon))
  }

  /// The line through the first and the last value.
  package static func drift(history: [Double], horizon: Int) -> [Double] {
    guard let first = history.first, let last = history.last else { return [] }
    guard history.count > 1 else { return naive(history: history, horizon: horizon) }
    let slope = (last - first) / Double(history.count - 1)
    return (0..<max(0, horizon)).map { last + slope * Double($0 + 1) }
  }

  /// The mean of the history.
  package static func mean(history: [Double], horizon: Int) -> [Double] {
    guard !history.isEmpty else { return [] }
    let mean = history.reduce(0, +) / Double(history.count)
    return Array(repeating: mean, count: max(0, horizon))
  }

  /// The value of the same month a `period` ago. Empty when the history is shorter than it.
  package static func seasonal(history: [Double], horizon: Int, period: Int = 12) -> [Double] {
    guard period > 0, history.count >= period else { return [] }
    let season = history.suffix(period)
    return (0..<max(0, horizon)).map { season[season.startIndex + $0 % period] }
  }

  /// Mean and deviation of the naive forecast as a normal distribution: a random walk with or
  /// without drift, whose h-step variance is σ²·h (with drift, σ²·h·(1 + h ÷ (n − 1))). Empty when
  /// fewer than 3 values tell σ.
  package static func randomWalk(
    history: [Double], horizon: Int, hasDrift: Bool
  ) -> [(mean: Double, deviation: Double)] {
    guard history.count >= 3 else { return [] }
    let steps = zip(history.dropFirst(), history).map { $0 - $1 }
    let count = Double(steps.count)
    let mean = hasDrift ? steps.reduce(0, +) / count : 0
    let squares = steps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let variance = squares / (count - (hasDrift ? 1 : 0))
    return (1...max(1, horizon)).prefix(max(0, horizon)).map { step in
      let h = Double(step)
      let factor = hasDrift ? 1 + h / count : 1
      return (history[history.count - 1] + mean * h, (variance * h * factor).squareRoot())
    }
  }
}
