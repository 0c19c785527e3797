import Foundation

/// What NumPy, SciPy, numpy-financial, properscoring and SALib say; written by
/// `scripts/fixtures/analysis.py`, which names their versions in it.
struct AnalysisFixture: Decodable {
  struct Finance: Decodable {
    struct Value: Decodable { let rate: Double, flows: [Double], value: Double }
    struct Rate: Decodable { let flows: [Double], value: Double }
    struct Payment: Decodable { let rate, periods, principal, balloon, value: Double }
    struct Dated: Decodable { let rate: Double, years: [Double], flows: [Double], value: Double }
    let npv: [Value]
    let irr: [Rate]
    let payment: [Payment]
    let dated: Dated
  }
  struct Lifetime: Decodable {
    let alpha, beta, rate, life: Double
    let residual: [Double]
  }
  struct Scores: Decodable {
    struct Sample: Decodable { let sample: [Double], actual: Double, value: Double }
    struct Gaussian: Decodable { let mean, deviation, actual, value: Double }
    struct Piecewise: Decodable {
      let levels, quantiles: [Double]
      let actual, value: Double
    }
    struct Wilson: Decodable { let hits: Int, count: Int, low: Double, high: Double }
    struct Uniform: Decodable { let values: [Double], bins: Int, chance: Double }
    struct Events: Decodable {
      let chances: [Double]
      let happened: [Bool]
      let brier: Double
      let log: Double
    }
    let sample: [Sample]
    let gaussian: [Gaussian]
    let piecewise: [Piecewise]
    let wilson: [Wilson]
    let uniform: [Uniform]
    let events: Events
  }
  struct Point: Decodable { let index: Int, point: [Double] }
  struct Indices: Decodable { let a, b, first, total: [Double], mixed: [[Double]] }
  struct ScreeningCase: Decodable {
    let x: [[Double]]
    let y, rho, regression: [Double]
    let explained: Double
  }
  struct Option: Decodable {
    let value, strike, rate, volatility, years, leakage, worth: Double
    let steps: Int
    let american, put: Bool
  }
  struct Bass: Decodable { let market: Double, counts: [Double], p: Double, q: Double }

  let finance: Finance
  let lifetimes: [Lifetime]
  let scores: Scores
  let sequence: [Point]
  let indices: Indices
  let screening: ScreeningCase
  let options: [Option]
  let bass: Bass

  static let shared: AnalysisFixture = {
    let url = Bundle.module.url(
      forResource: "analysis", withExtension: "json", subdirectory: "Fixtures")!
    do {
      return try JSONDecoder().decode(AnalysisFixture.self, from: Data(contentsOf: url))
    } catch {
      preconditionFailure("analysis.json: \(error)")
    }
  }()
}

/// |a − b| within `tolerance` of the larger of 1 and |b|.
func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-10) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(b))
}
