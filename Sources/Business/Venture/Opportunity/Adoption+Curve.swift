package import Forecast

/// The S-curve of adoption with its uncertainty.
package struct AdoptionForecast: Sendable, Hashable, Codable {
  /// Adopters at the end of each month, from month 0.
  package let low: [Double]
  package let median: [Double]
  package let high: [Double]
  /// Month of the most new adopters, with all quantities at their means; 0 when it only falls.
  package let peakMonth: Double

  /// - Parameters:
  ///   - months: length of the curve, 1...600.
  ///   - paths: draws that the bands are taken from; at most `samples.count`.
  /// - Throws: `range` for a bad number of months or paths, and when a quantity is beyond all bounds.
  package init(
    _ adoption: Adoption, _ samples: QuantitySamples, months: Int = 60, paths: Int = 1_000
  ) throws(ForecastError) {
    guard (1...600).contains(months), paths > 0 else {
      throw ForecastError(.range, "an adoption curve has 1 to 600 months and at least one path")
    }
    // A distribution's tail may pass 0; it is cut there.
    func model(
      _ innovation: Double, _ imitation: Double, _ market: Double
    )
      throws(ForecastError) -> BassModel
    {
      try BassModel(
        innovation: max(1e-12, innovation), imitation: max(0, imitation),
        market: max(1e-12, market))
    }
    let (innovations, imitations, markets) = (
      samples[adoption.innovation], samples[adoption.imitation], samples[adoption.market]
    )
    var models: [BassModel] = []
    for draw in 0..<min(paths, samples.count) {
      models.append(try model(innovations[draw], imitations[draw], markets[draw]))
    }
    let bands = (0...months).map { month in
      SampleSummary(models.map { $0.adopters(at: Double(month)) })
    }
    low = bands.map(\.low)
    median = bands.map(\.median)
    high = bands.map(\.high)
    let mean = try model(
      samples.mean(adoption.innovation), samples.mean(adoption.imitation),
      samples.mean(adoption.market))
    peakMonth = mean.peakTime
  }
}
