import Foundation
import Testing

@testable import Forecast

/// What SciPy says of every law; written by scripts/fixtures/distributions.py.
struct DistributionFixture: Decodable {
  struct Case: Decodable, CustomTestStringConvertible {
    let law: String
    let arguments: [Double]
    let mean: Double
    let variance: Double
    let quantiles: [Double]
    let points: [Double]
    let cumulative: [Double]
    let density: [Double]
    /// Of a metalog.
    let chances: [Double]?
    let values: [Double]?
    let lower: Double?
    let upper: Double?
    let coefficients: [Double]?

    var testDescription: String { "\(law)\(arguments)" }

    func distribution() throws -> Distribution {
      let a = arguments
      switch law {
      case "normal": return .normal(mean: a[0], deviation: a[1])
      case "lognormal": return .lognormal(mu: a[0], sigma: a[1])
      case "uniform": return .uniform(low: a[0], high: a[1])
      case "triangular": return .triangular(low: a[0], mode: a[1], high: a[2])
      case "pert": return .pert(low: a[0], mode: a[1], high: a[2])
      case "beta": return .beta(alpha: a[0], beta: a[1], low: a[2], high: a[3])
      case "gamma": return .gamma(shape: a[0], scale: a[1])
      case "poisson": return .poisson(mean: a[0])
      case "discrete":
        return .discrete(
          values: Array(a.prefix(a.count / 2)), weights: Array(a.suffix(a.count / 2)))
      case "empirical": return .empirical(a)
      default:
        let quantiles = zip(try #require(chances), try #require(values)).map {
          (chance: $0.0, value: $0.1)
        }
        return try .metalog(through: quantiles, lower: lower, upper: upper)
      }
    }
  }

  let chances: [Double]
  let cases: [Case]

  static let shared: DistributionFixture = {
    guard
      let url = Bundle.module.url(
        forResource: "distributions", withExtension: "json", subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url),
      let fixture = try? JSONDecoder().decode(DistributionFixture.self, from: data)
    else { fatalError("the fixture distributions.json is missing or damaged") }
    return fixture
  }()
}

/// Within a share of the expected value, or of the scale where that is 0.
func expectClose(
  _ actual: Double, _ expected: Double, _ tolerance: Double, scale: Double = 0,
  _ comment: @autoclosure () -> String = "", location: SourceLocation = #_sourceLocation
) {
  let bound = tolerance * max(abs(expected), scale)
  #expect(
    abs(actual - expected) <= bound, "\(comment()): \(actual) is not \(expected)",
    sourceLocation: location)
}
