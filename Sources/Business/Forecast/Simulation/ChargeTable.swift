import CKernels
import Foundation

/// E[curve(q)] for one fixed spread, tabulated over the log of the mean quantity: the exact sum costs
/// several erfc a customer group and month, this a few multiplications. Within 1e-6 of it.
struct ChargeTable: Sendable {
  let exact: ExpectedCharge
  let spread: Double
  /// First point and points per unit of log.
  private let start: Double
  private let density: Double
  /// Value and slope in units of a cell, for Hermite cubics.
  private let points: [SIMD2<Double>]

  private static let made = Prepared<SpreadCharge, ChargeTable?>(limit: 256)

  private struct SpreadCharge: Hashable {
    let charge: ExpectedCharge
    let spread: Double
  }

  /// The same as `init`, remembered.
  static func prepared(_ exact: ExpectedCharge, spread: Double) -> ChargeTable? {
    made.value(SpreadCharge(charge: exact, spread: spread)) { ChargeTable(exact, spread: spread) }
  }

  /// Nil when a table would not fit or not pay: no spread, a straight line, or a range of quantities
  /// too long for it.
  init?(_ exact: ExpectedCharge, spread: Double) {
    guard !exact.isLinear, spread >= 0.05, spread <= 4 else { return nil }
    var marks = exact.pieces.map(\.from).filter { $0 > 0 }
    if let steps = exact.steps {
      marks += [max(steps.free, steps.size * 1e-3), steps.free + steps.size * 64]
    }
    guard let lowest = marks.min(), let highest = marks.max() else { return nil }
    let reach = 7 * spread + spread * spread
    let low = log(lowest) - reach
    let high = log(highest) + reach
    // A cell is a small part of the sharpest feature, which is about σ wide: error about (1/32)⁴/384.
    let cell = min(0.04, spread / 32)
    let count = Int(((high - low) / cell).rounded(.up)) + 1
    guard count <= 16_384 else { return nil }
    self.exact = exact
    self.spread = spread
    start = low
    density = 1 / cell
    let values = (-1...count + 1).map { exact.mean(exp(low + Double($0) * cell), spread: spread) }
    points = (0...count).map { i in
      // Central differences: of fourth order inside, of second at the ends.
      let near = values[i + 2] - values[i]
      let slope =
        i > 0 && i < count ? (8 * near - (values[i + 3] - values[i - 1])) / 12 : near / 2
      return SIMD2(values[i + 1], slope)
    }
  }

  /// - Parameter logMean: of the mean quantity.
  func mean(logMean: Double) -> Double {
    var values = Lanes(repeating: logMean)
    withUnsafeMutablePointer(to: &values) {
      replace(Row(base: $0).values, count: 8, ck_paths_best().pointee)
    }
    return values[0]
  }

  /// Each log of a mean quantity is replaced by the mean charge.
  /// - Parameter count: a multiple of 8.
  func replace(_ values: UnsafeMutablePointer<Double>, count: Int, _ rows: ck_paths) {
    points.withUnsafeBytes { bytes in
      guard let base = bytes.bindMemory(to: Double.self).baseAddress else { return }
      let last = Double(points.count - 1)
      // Those outside are told apart before they become NaN.
      let isBeyond = (0..<count / 8).contains { v in
        let place = (Row(base: Self.lanes(values))[v] - start) * density
        return any((place .<= 0) .| (place .>= last))
      }
      guard isBeyond else {
        _ = rows.interpolate(base, start, density, last, values, count)
        return
      }
      withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { given in
        for lane in 0..<count { given[lane] = values[lane] }
        _ = rows.interpolate(base, start, density, last, values, count)
        for lane in 0..<count where values[lane].isNaN { values[lane] = outside(given[lane]) }
      }
    }
  }

  private static func lanes(_ values: UnsafeMutablePointer<Double>) -> UnsafeMutablePointer<Lanes> {
    UnsafeMutableRawPointer(values).assumingMemoryBound(to: Lanes.self)
  }

  @inline(never) private func outside(_ logMean: Double) -> Double {
    exact.mean(exp(logMean), spread: spread)
  }
}
