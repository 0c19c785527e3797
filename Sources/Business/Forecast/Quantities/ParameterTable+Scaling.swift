import Foundation

extension ParameterTable.Content {
  /// The same law with every value multiplied by `factor`.
  package func scaled(by factor: Double) -> Self {
    switch self {
    case .constant(let value): .constant(value * factor)
    case .uncertain(let law): .uncertain(law.scaled(by: factor))
    case .formula(let program): .formula(program + [.constant(factor), .multiply])
    }
  }
}

extension Distribution {
  /// The law of X × `factor`, 0 or more. A Poisson count becomes the values that it takes within 6
  /// deviations, above a mean of 100,000 a normal; a zero factor is the constant 0 as a law.
  package func scaled(by factor: Double) -> Distribution {
    guard factor > 0 else { return .discrete(values: [0], weights: [1]) }
    if let law = scaledInKind(by: factor) { return law }
    guard case .poisson(let mean) = self else { return self }
    return Self.scaledCounts(mean, factor)
  }

  private static func scaledCounts(_ mean: Double, _ factor: Double) -> Distribution {
    if mean > 100_000 {
      return .normal(mean: mean * factor, deviation: mean.squareRoot() * factor)
    }
    let spread = 6 * mean.squareRoot() + 10
    let counts = (max(0, mean - spread).rounded(.down)...(mean + spread)).wholeNumbers
    let weights = counts.map { Distribution.poisson(mean: mean).density($0) }
    let sum = weights.reduce(0, +)
    return .discrete(values: counts.map { $0 * factor }, weights: weights.map { $0 / sum })
  }
}

extension ClosedRange<Double> {
  fileprivate var wholeNumbers: [Double] {
    Array(stride(from: lowerBound.rounded(.up), through: upperBound, by: 1))
  }
}
