import Foundation

extension FinancialFunctions {
  /// The internal rate of return a period: the rate at which the net present value is zero. Of
  /// several roots (flows that change sign more than once may have them) the one nearest to zero,
  /// as `internalRates` lists them; nil when the flows do not change sign or no root lies in
  /// (−0.9999, 10⁶).
  package static func internalRate(flows: [Double]) -> Double? {
    internalRates(flows: flows).min { abs($0) < abs($1) }
  }

  /// All internal rates found, ascending. By Descartes' rule there are at most as many as sign
  /// changes of the flows, one for an investment followed by returns. The value is scanned over a
  /// grid of 512 log growth factors, and each change of its sign is closed in by Newton steps kept
  /// inside the bracket; two roots closer than a grid step, 4.5% of (1 + rate), may be missed.
  ///
  /// O(512 n).
  package static func internalRates(flows: [Double]) -> [Double] {
    guard signChanges(flows) > 0, flows.allSatisfy(\.isFinite) else { return [] }
    let low = log(1e-4)
    let high = log(1e6)
    let steps = 512
    var roots: [Double] = []
    var left = low
    var valueLeft = scaledValue(flows, left).value
    for step in 1...steps {
      let right = low + (high - low) * Double(step) / Double(steps)
      let valueRight = scaledValue(flows, right).value
      if valueLeft == 0 {
        roots.append(expm1(left))
      } else if valueLeft.sign != valueRight.sign, valueRight != 0 {
        roots.append(expm1(root(flows, left, right, valueLeft)))
      }
      (left, valueLeft) = (right, valueRight)
    }
    return roots
  }

  /// Changes of sign along the flows, zeros skipped.
  static func signChanges(_ flows: [Double]) -> Int {
    let signs = flows.filter { $0 != 0 }.map(\.sign)
    return zip(signs, signs.dropFirst()).count { $0 != $1 }
  }

  /// Σ flow_t e^(−g t) and its derivative in g, both times a positive factor that keeps them
  /// finite: for g < 0 the sum is taken from the far end.
  private static func scaledValue(_ flows: [Double], _ g: Double) -> (value: Double, slope: Double)
  {
    let factor = exp(-abs(g))
    var value = 0.0
    var moment = 0.0
    let last = flows.count - 1
    if g >= 0 {
      for t in stride(from: last, through: 0, by: -1) {
        value = value * factor + flows[t]
        moment = moment * factor + flows[t] * Double(t)
      }
    } else {
      for t in 0...last {
        value = value * factor + flows[t]
        moment = moment * factor + flows[t] * Double(t)
      }
    }
    return (value, -moment)
  }

  /// Newton's step where it stays inside the bracket, else halving: converges always.
  private static func root(
    _ flows: [Double], _ low: Double, _ high: Double, _ valueLow: Double
  ) -> Double {
    var (left, right) = (low, high)
    var guess = (left + right) / 2
    for _ in 0..<200 {
      let (value, slope) = scaledValue(flows, guess)
      if value == 0 { return guess }
      if value.sign == valueLow.sign { left = guess } else { right = guess }
      let newton = guess - value / slope
      let next = newton > left && newton < right ? newton : (left + right) / 2
      if abs(next - guess) <= 1e-15 * max(1, abs(guess)) || next == left && next == right {
        return next
      }
      guess = next
    }
    return guess
  }
}
