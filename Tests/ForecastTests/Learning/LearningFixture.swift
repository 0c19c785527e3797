import Foundation
import Testing

/// Oracles by SciPy: scripts/fixtures/learning.py.
struct LearningFixture: Decodable {
  struct Renewals: Decodable {
    let alive: [Double]
    let alpha: Double
    let beta: Double
    let log_likelihood: Double
    let survival7: Double
  }
  struct Arrivals: Decodable {
    let counts: [Double]
    let interval: [Double]
  }
  struct Churn: Decodable {
    let lost: [Double]
    let kept: [Double]
    let interval: [Double]
    let concentration: [Double]
    let correlation: Double
  }
  struct Speed: Decodable {
    let values: [Double]
    let interval: [Double]
  }
  struct Closed: Decodable { let interval: [Double] }

  let sbg: Renewals
  let arrivals: Arrivals
  let churn: Churn
  let speed: Speed
  let beta: Closed
  let gamma: Closed

  static func load() throws -> LearningFixture {
    let url = try #require(
      Bundle.module.url(forResource: "learning", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(LearningFixture.self, from: Data(contentsOf: url))
  }
}
