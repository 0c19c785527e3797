import Foundation

extension SpecialFunctions {
  /// x with P(a, x) = p and Q(a, x) = q = 1 − p, for the standard gamma law of shape a.
  static func gammaQuantile(_ a: Double, _ p: Double, _ q: Double) -> Double {
    guard p > 0 else { return 0 }
    guard q > 0 else { return .infinity }
    // In the logarithm of x and of the smaller tail, where the function is nearly straight.
    let isLower = p <= 0.5
    let target = log(isLower ? p : q)
    let guess = wilsonHilferty(a, isLower ? Normal.quantile(p) : -Normal.quantile(q))
    let leading = (log(p) + logGamma(a + 1)) / a
    let start = guess > 0 && p > 1e-3 ? log(guess) : leading
    let t = solveIncreasing(from: start, low: min(leading, start) - 1, high: log(a + 1) + 50) { t in
      let x = exp(t)
      let tails = gammaTails(a, x)
      let slope = gammaPower(a, x) * a
      return isLower
        ? (log(tails.lower) - target, slope / tails.lower)
        : (target - log(tails.upper), slope / tails.upper)
    }
    return exp(t)
  }

  private static func wilsonHilferty(_ a: Double, _ z: Double) -> Double {
    let root = 1 - 1 / (9 * a) + z / (3 * a.squareRoot())
    return root > 0 ? a * root * root * root : 0
  }

  /// x with I_x(a, b) = p = 1 − q.
  static func betaQuantile(_ a: Double, _ b: Double, _ p: Double, _ q: Double) -> Double {
    guard p > 0 else { return 0 }
    guard q > 0 else { return 1 }
    let half = betaTails(a, b, 0.5, 0.5)
    // Below the middle x itself is found, above it 1 − x, so that neither loses digits.
    return p <= half.lower
      ? betaLowerQuantile(a, b, p, q) : 1 - betaLowerQuantile(b, a, q, p)
  }

  /// For a root that is at most ½.
  private static func betaLowerQuantile(
    _ a: Double, _ b: Double, _ p: Double, _ q: Double
  )
    -> Double
  {
    let logBeta = logGamma(a) + logGamma(b) - logGamma(a + b)
    let leading = (log(p) + log(a) + logBeta) / a
    let highest = -0.693_147_180_559_945_309_42
    let isLower = p <= 0.5
    let target = log(isLower ? p : q)
    let t = solveIncreasing(
      from: min(leading, highest - 1e-3), low: min(leading, highest) - 2 - b, high: highest + 1e-9
    ) { t in
      let x = exp(t)
      let y = -expm1(t)
      let tails = betaTails(a, b, x, y)
      let slope = betaPower(a, b, x, y) / y
      return isLower
        ? (log(tails.lower) - target, slope / tails.lower)
        : (target - log(tails.upper), slope / tails.upper)
    }
    return exp(t)
  }

  /// Newton's method kept inside a bracket that shrinks.
  /// - Parameter function: value and slope, increasing.
  static func solveIncreasing(
    from start: Double, low: Double, high: Double,
    _ function: (Double) -> (value: Double, slope: Double)
  ) -> Double {
    var low = low
    var high = high
    var x = min(max(start, low), high)
    for _ in 0..<200 {
      let (value, slope) = function(x)
      if value == 0 { return x }
      if value > 0 { high = x } else { low = x }
      var next = x - value / slope
      if !(next > low && next < high) { next = 0.5 * (low + high) }
      if abs(next - x) <= 4e-16 * max(1, abs(x)) { return next }
      x = next
    }
    return x
  }
}
