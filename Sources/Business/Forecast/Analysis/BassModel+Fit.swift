import Foundation

extension BassModel {
  package struct Fit: Sendable, Hashable, Codable {
    package let model: BassModel
    /// Standard errors of ln p and ln q, from the curvature of the likelihood; NaN where the data do
    /// not bend it, as before any sign of a peak q may not be seen at all.
    package let errorLogInnovation: Double
    package let errorLogImitation: Double
    package let logLikelihood: Double
  }

  /// p and q by maximum likelihood for a market taken as known: each of the M customers adopts in one
  /// of the periods or not yet (Schmittlein & Mahajan, "Maximum likelihood estimation for an
  /// innovation diffusion model", 1982). Least squares over p, q and M together does not work on a
  /// short series: the market comes out near what has adopted already (Van den Bulte & Lilien, 1997).
  ///
  /// - Parameter newAdopters: by period from the launch on, length 1.
  /// - Throws: `.noData` with fewer than 3 periods or no adopters; `.range` for negative counts or more
  ///   adopters than the market holds.
  package static func fit(newAdopters: [Double], market: Double) throws(ForecastError) -> Fit {
    let total = newAdopters.reduce(0, +)
    guard newAdopters.count >= 3, total > 0 else {
      throw ForecastError(.noData, "fitting adoption needs 3 periods or more with some adopters")
    }
    guard newAdopters.allSatisfy({ $0 >= 0 && $0.isFinite }), market.isFinite, market > total
    else {
      throw ForecastError(
        .range, "the market must be larger than the \(total) that have adopted already",
        field: "market")
    }
    let likelihood = { (place: [Double]) -> Double in
      Self.logLikelihood(exp(place[0]), exp(place[1]), newAdopters, market)
    }
    let start = max(1e-6, newAdopters[0] / market)
    let top = [[0.1, 0.3], [1, 0.1], [0.3, 1]].map { guess in
      NelderMead.minimise(from: [log(start * guess[0] * 3), log(guess[1])]) { -likelihood($0) }
    }.min { $0.value < $1.value }!
    let model = try BassModel(
      innovation: exp(top.place[0]), imitation: exp(top.place[1]), market: market)
    let errors = errors(likelihood, top.place)
    return Fit(
      model: model, errorLogInnovation: errors.0, errorLogImitation: errors.1,
      logLikelihood: -top.value)
  }

  /// The market as uncertain as `prior` says: fits at `points` equally likely sizes, each with the
  /// weight of its likelihood; sizes that the adopters exceed are left out. Weights add up
  /// to 1.
  ///
  /// - Throws: what `fit` throws, when no size of the prior is large enough.
  package static func fit(
    newAdopters: [Double], prior: Distribution, points: Int = 21
  ) throws(ForecastError) -> [(fit: Fit, weight: Double)] {
    let total = newAdopters.reduce(0, +)
    let sizes = (0..<max(1, points)).map { place in
      prior.quantile((Double(place) + 0.5) / Double(max(1, points)))
    }
    guard let largest = sizes.last, largest > total else {
      throw ForecastError(
        .range, "the market's distribution lies below the \(total) that have adopted already",
        field: "market")
    }
    var fits: [Fit] = []
    for size in sizes where size > total {
      fits.append(try fit(newAdopters: newAdopters, market: size))
    }
    let best = fits.map(\.logLikelihood).max() ?? 0
    let weights = fits.map { exp($0.logLikelihood - best) }
    let sum = weights.reduce(0, +)
    return zip(fits, weights).map { ($0, $1 / sum) }
  }

  /// Multinomial over the periods and "not yet", with the number of ways to choose the adopters, so
  /// that different markets compare.
  private static func logLikelihood(
    _ p: Double, _ q: Double, _ adopters: [Double], _ market: Double
  ) -> Double {
    func share(_ time: Double) -> Double {
      -expm1(-(p + q) * time) / (1 + q / p * exp(-(p + q) * time))
    }
    let total = adopters.reduce(0, +)
    var sum =
      SpecialFunctions.logGamma(market + 1) - SpecialFunctions.logGamma(market - total + 1)
    var before = 0.0
    for (period, count) in adopters.enumerated() {
      let after = share(Double(period + 1))
      if count > 0 { sum += count * log(max(after - before, 1e-300)) }
      before = after
    }
    return sum + (market - total) * log(max(1 - before, 1e-300))
  }

  /// From the inverse of the observed information, by central differences.
  private static func errors(
    _ likelihood: ([Double]) -> Double, _ place: [Double]
  ) -> (Double, Double) {
    let h = 1e-3
    func at(_ i: Double, _ j: Double) -> Double {
      likelihood([place[0] + i * h, place[1] + j * h])
    }
    let a = -(at(1, 0) - 2 * at(0, 0) + at(-1, 0)) / (h * h)
    let b = -(at(0, 1) - 2 * at(0, 0) + at(0, -1)) / (h * h)
    let c = -(at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * h * h)
    let determinant = a * b - c * c
    guard a > 0, b > 0, determinant > 1e-9 * a * b else { return (.nan, .nan) }
    return ((b / determinant).squareRoot(), (a / determinant).squareRoot())
  }
}
