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
    let arena = Arena()
    let (given, zeros, mean) = (arena.row(), arena.row(), arena.row())
    given.fill(logMean)
    means(given, zeros, into: mean, ck_paths_best().pointee)
    return mean.values[0]
  }

  /// The mean charge for each log of a mean quantity, which is the sum of two rows.
  func means(_ a: Row, _ b: Row, into row: Row, _ rows: ck_paths) {
    for v in 0..<Row.vectors { row[v] = a[v] + b[v] }
    points.withUnsafeBytes { bytes in
      guard let base = bytes.bindMemory(to: Double.self).baseAddress else { return }
      let isBeyond = rows.interpolate(
        base, start, density, Double(points.count - 1), row.values, Row.paths)
      guard isBeyond != 0 else { return }
      for lane in 0..<Row.paths where row.values[lane].isNaN {
        row.values[lane] = outside(a.values[lane] + b.values[lane])
      }
    }
  }

  @inline(never) private func outside(_ logMean: Double) -> Double {
    exact.mean(exp(logMean), spread: spread)
  }
}
