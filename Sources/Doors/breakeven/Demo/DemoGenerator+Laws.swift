import Foundation

/// Draws of the laws that the simulated year is made of.
extension DemoGenerator {
  mutating func uniform() -> Double {
    Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self)
  }

  /// Box and Muller.
  mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform())
  }

  /// Mean 1.
  mutating func exponential() -> Double { -log(uniform()) }

  /// Knuth below 30, a rounded normal above, whose error no plan can see.
  mutating func poisson(_ mean: Double) -> Int {
    guard mean > 0 else { return 0 }
    if mean > 30 { return max(0, Int((mean + mean.squareRoot() * normal()).rounded())) }
    let floor = exp(-mean)
    var product = uniform()
    var count = 0
    while product > floor {
      product *= uniform()
      count += 1
    }
    return count
  }

  /// Mean `mean`, σ of the log `spread`.
  mutating func lognormal(mean: Double, spread: Double) -> Double {
    mean * exp(spread * normal() - spread * spread / 2)
  }

  /// Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
  mutating func gamma(_ shape: Double) -> Double {
    if shape < 1 { return gamma(shape + 1) * pow(uniform(), 1 / shape) }
    let d = shape - 1 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = pow(1 + c * x, 3)
      if v > 0, log(uniform()) < x * x / 2 + d - d * v + d * log(v) { return d * v }
    }
  }

  mutating func beta(_ a: Double, _ b: Double) -> Double {
    let x = gamma(a)
    return x / (x + gamma(b))
  }

  /// Successes in `count` trials.
  mutating func binomial(_ count: Int, _ probability: Double) -> Int {
    if count > 400 {
      let mean = Double(count) * probability
      let deviation = (mean * (1 - probability)).squareRoot()
      return min(count, max(0, Int((mean + deviation * normal()).rounded())))
    }
    return (0..<max(0, count)).count { _ in uniform() < probability }
  }
}
