import Foundation

/// Exact samplers; each takes as many uniforms of the stream as it needs.
extension RandomStream {
  /// Below this mean counts are found by adding up chances from 0, above it by rejection.
  private static let inversionLimit = 10.0
  /// Above this mean a count is a rounded normal: its skewness is below 1e-5.
  private static let normalLimit = 1e10

  /// Standard normal, by the inverse of its distribution function.
  @inline(__always)
  package mutating func normal() -> Double { Normal.quantile(uniform()) }

  /// Standard exponential.
  @inline(__always)
  package mutating func exponential() -> Double { -log(uniform()) }

  /// True with the chance.
  @inline(__always)
  package mutating func happens(_ chance: Double) -> Bool { uniform() < chance }

  /// Poisson; 0 for a mean that is not above 0. Means up to 1e15.
  package mutating func poisson(_ mean: Double) -> Int {
    guard mean > 0 else { return 0 }
    if mean < Self.inversionLimit { return smallPoisson(mean) }
    if mean > Self.normalLimit { return rounded(mean: mean, variance: mean) }
    return largePoisson(mean)
  }

  private mutating func smallPoisson(_ mean: Double) -> Int {
    var rest = uniform()
    var chance = exp(-mean)
    var count = 0
    while rest > chance, count < 200 {
      rest -= chance
      count += 1
      chance *= mean / Double(count)
    }
    return count
  }

  /// PTRS. Source: Hörmann, "The transformed rejection method for generating Poisson random
  /// variables", Insurance: Mathematics and Economics 12 (1993).
  private mutating func largePoisson(_ mean: Double) -> Int {
    let logMean = log(mean)
    let b = 0.931 + 2.53 * mean.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let quick = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = uniform() - 0.5
      let v = uniform()
      let us = 0.5 - abs(u)
      let count = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
      if us >= 0.07, v <= quick { return Int(count) }
      if count < 0 || (us < 0.013 && v > us) { continue }
      if log(v * inverseAlpha / (a / (us * us) + b))
        <= -mean + count * logMean - SpecialFunctions.logGamma(count + 1)
      {
        return Int(count)
      }
    }
  }

  /// Number of `trials` that succeed; the chance is taken into 0...1, trials below 1 give 0.
  package mutating func binomial(_ trials: Int, _ chance: Double) -> Int {
    guard trials > 0, chance > 0 else { return 0 }
    guard chance < 1 else { return trials }
    if chance > 0.5 { return trials - binomialLower(trials, 1 - chance) }
    return binomialLower(trials, chance)
  }

  private mutating func binomialLower(_ trials: Int, _ chance: Double) -> Int {
    let mean = Double(trials) * chance
    if mean < Self.inversionLimit { return smallBinomial(trials, chance) }
    if mean > Self.normalLimit {
      return min(trials, rounded(mean: mean, variance: mean * (1 - chance)))
    }
    return largeBinomial(trials, chance)
  }

  private mutating func smallBinomial(_ trials: Int, _ chance: Double) -> Int {
    let odds = chance / (1 - chance)
    var rest = uniform()
    var part = exp(Double(trials) * log1p(-chance))
    var count = 0
    while rest > part, count < trials, count < 400 {
      rest -= part
      part *= odds * Double(trials - count) / Double(count + 1)
      count += 1
    }
    return count
  }

  /// BTRS, for n·p ≥ 10 and p ≤ ½. Source: Hörmann, "The generation of binomial random variates",
  /// Journal of Statistical Computation and Simulation 46 (1993).
  private mutating func largeBinomial(_ trials: Int, _ chance: Double) -> Int {
    let n = Double(trials)
    let deviation = (n * chance * (1 - chance)).squareRoot()
    let b = 1.15 + 2.53 * deviation
    let a = -0.0873 + 0.0248 * b + 0.01 * chance
    let centre = n * chance + 0.5
    let quick = 0.92 - 4.2 / b
    let alpha = (2.83 + 5.1 / b) * deviation
    let logOdds = log(chance / (1 - chance))
    let mode = ((n + 1) * chance).rounded(.down)
    let peak = SpecialFunctions.logGamma(mode + 1) + SpecialFunctions.logGamma(n - mode + 1)
    while true {
      let u = uniform() - 0.5
      let v = uniform()
      let us = 0.5 - abs(u)
      let count = ((2 * a / us + b) * u + centre).rounded(.down)
      if count < 0 || count > n { continue }
      if us >= 0.07, v <= quick { return Int(count) }
      let bound =
        peak - SpecialFunctions.logGamma(count + 1) - SpecialFunctions.logGamma(n - count + 1)
        + (count - mode) * logOdds
      if log(v * alpha / (a / (us * us) + b)) <= bound { return Int(count) }
    }
  }

  /// Gamma with mean and variance `shape`; 0 for a shape that is not above 0.
  ///
  /// Source: Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26
  /// (2000).
  package mutating func gamma(_ shape: Double) -> Double {
    guard shape > 0 else { return 0 }
    if shape < 1 { return gamma(shape + 1) * exp(log(uniform()) / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }

  /// Beta on [0, 1].
  package mutating func beta(_ alpha: Double, _ beta: Double) -> Double {
    let first = gamma(alpha)
    let second = gamma(beta)
    // Both can only underflow for tiny parameters, where the law is two points.
    guard first + second > 0 else { return happens(alpha / (alpha + beta)) ? 1 : 0 }
    return first / (first + second)
  }

  /// Negative binomial of variance mean + mean² ÷ dispersion: a Poisson whose mean is gamma.
  package mutating func negativeBinomial(mean: Double, dispersion: Double) -> Int {
    guard mean > 0 else { return 0 }
    guard dispersion > 0 else { return 0 }
    guard dispersion < 1e12 else { return poisson(mean) }
    return poisson(gamma(dispersion) * (mean / dispersion))
  }

  private mutating func rounded(mean: Double, variance: Double) -> Int {
    let value = (mean + variance.squareRoot() * normal()).rounded()
    return Int(min(max(value, 0), 1e15))
  }
}
