import Foundation

/// Keelin's metalog: a law given by its quantile function, a sum of simple terms, so that it can be
/// laid through any few quantiles.
///
/// M(y) = a₁ + a₂L + a₃cL + a₄c + a₅c² + a₆c²L + a₇c³ + a₈c³L …, with L = ln(y/(1 − y)), c = y − ½;
/// with a lower bound it is of ln(x − lower), with an upper one of −ln(upper − x), with both of
/// ln((x − lower)/(upper − x)).
///
/// Source: Keelin, "The metalog distributions", Decision Analysis 13 (2016).
struct Metalog {
  let coefficients: [Double]
  let lower: Double?
  let upper: Double?

  static let mostTerms = 10

  /// M and dM/dL at a logit L, which keeps both tails precise.
  func inner(logit: Double) -> (value: Double, slope: Double) {
    let weight = 1 / ((1 + exp(-logit)) * (1 + exp(logit)))
    let c = 0.5 * tanh(0.5 * logit)
    var value = 0.0
    var slope = 0.0
    for (index, coefficient) in coefficients.enumerated() {
      let term = Self.term(index, c: c, logit: logit, weight: weight)
      value += coefficient * term.value
      slope += coefficient * term.slope
    }
    return (value, slope)
  }

  /// A term and its derivative after L; `weight` is y(1 − y) = dc/dL.
  static func term(
    _ index: Int, c: Double, logit: Double, weight: Double
  )
    -> (value: Double, slope: Double)
  {
    switch index {
    case 0: return (1, 0)
    case 1: return (logit, 1)
    case 2: return (c * logit, weight * logit + c)
    case 3: return (c, weight)
    default:
      let power = Double(index / 2)
      let raised = pow(c, power)
      let slope = power * pow(c, power - 1) * weight
      return index % 2 == 0 ? (raised, slope) : (raised * logit, slope * logit + raised)
    }
  }

  func outer(_ inner: Double) -> Double {
    switch (lower, upper) {
    case (nil, nil): inner
    case (let lower?, nil): lower + exp(inner)
    case (nil, let upper?): upper - exp(-inner)
    case (let lower?, let upper?):
      inner <= 0
        ? lower + (upper - lower) * exp(inner) / (1 + exp(inner))
        : upper - (upper - lower) * exp(-inner) / (1 + exp(-inner))
    }
  }

  /// Nil outside of the bounds.
  static func inverseOuter(_ value: Double, lower: Double?, upper: Double?) -> Double? {
    switch (lower, upper) {
    case (nil, nil): return value
    case (let lower?, nil): return value > lower ? log(value - lower) : nil
    case (nil, let upper?): return value < upper ? -log(upper - value) : nil
    case (let lower?, let upper?):
      return value > lower && value < upper ? log((value - lower) / (upper - value)) : nil
    }
  }

  func quantile(_ chance: Double) -> Double {
    outer(inner(logit: log(chance) - log1p(-chance)).value)
  }

  /// At a normal score.
  func quantile(score: Double) -> Double {
    outer(inner(logit: log(Normal.cumulative(score)) - log(Normal.cumulative(-score))).value)
  }

  /// The logit of the chance of at most the value.
  private func logit(of value: Double) -> Double? {
    guard let target = Self.inverseOuter(value, lower: lower, upper: upper) else { return nil }
    return SpecialFunctions.solveIncreasing(from: 0, low: -700, high: 700) { logit in
      let (value, slope) = inner(logit: logit)
      return (value - target, slope)
    }
  }

  func cumulative(_ value: Double) -> Double {
    if let lower, value <= lower { return 0 }
    if let upper, value >= upper { return 1 }
    guard let logit = logit(of: value) else { return .nan }
    return 1 / (1 + exp(-logit))
  }

  func density(_ value: Double) -> Double {
    if let lower, value <= lower { return 0 }
    if let upper, value >= upper { return 0 }
    guard let logit = logit(of: value) else { return .nan }
    let weight = 1 / ((1 + exp(-logit)) * (1 + exp(logit)))
    let outerSlope =
      switch (lower, upper) {
      case (nil, nil): 1.0
      case (let lower?, nil): value - lower
      case (nil, let upper?): upper - value
      case (let lower?, let upper?): (value - lower) * (upper - value) / (upper - lower)
      }
    return weight / (inner(logit: logit).slope * outerSlope)
  }

  /// dM/dL in the limit of y → 1 (sign 1) or 0 (−1): the tail is exponential with this scale.
  func tailSlope(_ sign: Double) -> Double {
    coefficients.enumerated().reduce(0) { sum, item in
      let (index, coefficient) = item
      switch index {
      case 1: return sum + coefficient
      case 2: return sum + coefficient * 0.5 * sign
      case let odd where odd >= 5 && odd % 2 == 1:
        return sum + coefficient * pow(0.5 * sign, Double((odd - 1) / 2))
      default: return sum
      }
    }
  }

  var mean: Double { moment { $0 } }

  var variance: Double {
    let mean = self.mean
    guard mean.isFinite else { return .infinity }
    let tail = max(upper == nil && lower != nil ? tailSlope(1) : 0, 0)
    let otherTail = max(lower == nil && upper != nil ? tailSlope(-1) : 0, 0)
    guard max(tail, otherTail) < 0.5 else { return .infinity }
    return moment { ($0 - mean) * ($0 - mean) }
  }

  /// ∫ g(M(y)) dy over the logit, by the trapezoid rule after t = sinh s, which converges doubly
  /// exponentially.
  private func moment(_ function: (Double) -> Double) -> Double {
    let step = 1.0 / 128
    var sum = 0.0
    for index in -900...900 {
      let s = Double(index) * step
      let logit = sinh(s)
      let weight = cosh(s) / ((1 + exp(-logit)) * (1 + exp(logit)))
      guard weight > 0 else { continue }
      sum += function(outer(inner(logit: logit).value)) * weight
    }
    return sum * step
  }
}
