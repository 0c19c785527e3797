import Foundation

/// Gamma and beta functions, to about 14 digits.
///
/// Sources: Loader, "Fast and accurate computation of binomial probabilities" (2000), for the powers
/// without cancellation; the continued fractions are DLMF 8.9.2 and 8.17.22, by Lentz's method.
enum SpecialFunctions {
  /// ln Γ(x) for x > 0: Stirling's series, after moving x up to where it converges.
  static func logGamma(_ x: Double) -> Double {
    var shifted = x
    var product = 1.0
    while shifted < 15 {
      product *= shifted
      shifted += 1
    }
    return (shifted - 0.5) * log(shifted) - shifted + 0.918_938_533_204_672_741_78
      + stirlingSeries(shifted) - log(product)
  }

  /// ln Γ(x + 1) − (x + ½) ln x + x − ½ ln 2π for x > 0.
  static func stirlingError(_ x: Double) -> Double {
    if x >= 15 { return stirlingSeries(x) }
    return logGamma(x + 1) - (x + 0.5) * log(x) + x - 0.918_938_533_204_672_741_78
  }

  /// Σ B₂ₖ ÷ (2k(2k − 1)x²ᵏ⁻¹): below 1e-17 off from x = 15 on.
  private static func stirlingSeries(_ x: Double) -> Double {
    let r = 1 / (x * x)
    let sum =
      ((((((1.0 / 156 * r - 691.0 / 360_360) * r + 1.0 / 1188) * r - 1.0 / 1680) * r + 1.0 / 1260)
        * r - 1.0 / 360) * r + 1.0 / 12)
    return sum / x
  }

  /// x ln(x/m) + m − x without cancellation where x is near m.
  static func deviance(_ x: Double, _ m: Double) -> Double {
    guard abs(x - m) < 0.1 * (x + m) else { return x * log(x / m) + m - x }
    let v = (x - m) / (x + m)
    var sum = (x - m) * v
    var term = 2 * x * v
    for k in 1..<1000 {
      term *= v * v
      let next = sum + term / Double(2 * k + 1)
      if next == sum { break }
      sum = next
    }
    return sum
  }

  /// xᵃ e⁻ˣ ÷ Γ(a + 1).
  static func gammaPower(_ a: Double, _ x: Double) -> Double {
    guard x > 0 else { return 0 }
    return exp(-stirlingError(a) - deviance(a, x)) / (2 * Double.pi * a).squareRoot()
  }

  /// xᵃ (1 − x)ᵇ ÷ B(a, b), with y = 1 − x.
  static func betaPower(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
    guard x > 0, y > 0 else { return 0 }
    let n = a + b
    let exponent =
      stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x)
      - deviance(b, n * y)
    return exp(exponent) * (n / (2 * Double.pi * a * b)).squareRoot() * (a * b / n)
  }

  /// Regularised incomplete gamma functions P and Q = 1 − P, each precise in its small tail.
  static func gammaTails(_ a: Double, _ x: Double) -> (lower: Double, upper: Double) {
    guard x > 0 else { return (0, 1) }
    guard x < .infinity else { return (1, 0) }
    let power = gammaPower(a, x)
    if x < a + 1 {
      var sum = 1.0
      var term = 1.0
      var n = a
      while true {
        n += 1
        term *= x / n
        sum += term
        if term < sum * 1e-17 { break }
      }
      let lower = min(1, power * sum)
      return (lower, 1 - lower)
    }
    // Q = power × a ÷ (x + 1 − a − 1(1 − a)/(x + 3 − a − …)).
    var b = x + 1 - a
    var c = 1e300
    var d = 1 / b
    var fraction = d
    var k = 1.0
    while k < 1_000_000 {
      let an = -k * (k - a)
      b += 2
      d = 1 / nonzero(an * d + b)
      c = nonzero(b + an / c)
      let step = d * c
      fraction *= step
      if abs(step - 1) < 1e-16 { break }
      k += 1
    }
    let upper = min(1, power * a * fraction)
    return (1 - upper, upper)
  }

  /// Regularised incomplete beta function and its complement; y = 1 − x, for the sake of x near 1.
  static func betaTails(
    _ a: Double, _ b: Double, _ x: Double, _ y: Double
  )
    -> (lower: Double, upper: Double)
  {
    guard x > 0 else { return (0, 1) }
    guard y > 0 else { return (1, 0) }
    if x > (a + 1) / (a + b + 2) {
      let (lower, upper) = betaTails(b, a, y, x, swapped: true)
      return (upper, lower)
    }
    return betaTails(a, b, x, y, swapped: true)
  }

  private static func betaTails(
    _ a: Double, _ b: Double, _ x: Double, _ y: Double, swapped: Bool
  ) -> (lower: Double, upper: Double) {
    let sum = a + b
    var c = 1.0
    var d = 1 / nonzero(1 - sum * x / (a + 1))
    var fraction = d
    var m = 1.0
    while m < 1_000_000 {
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / nonzero(1 + even * d)
      c = nonzero(1 + even / c)
      fraction *= d * c
      let odd = -(a + m) * (sum + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / nonzero(1 + odd * d)
      c = nonzero(1 + odd / c)
      let step = d * c
      fraction *= step
      if abs(step - 1) < 1e-16 { break }
      m += 1
    }
    let lower = min(1, betaPower(a, b, x, y) * fraction / a)
    return (lower, 1 - lower)
  }

  private static func nonzero(_ x: Double) -> Double { abs(x) < 1e-300 ? 1e-300 : x }
}
