/// What a machine costs by the hour, and the exact cost of its nanoseconds.
///
/// Each booking of `n` nanoseconds costs `C(booked + n) − C(booked)` with
/// `C(x) = ⌊x × hourly ÷ 3.6 × 10¹²⌋`, so the parts of any interval add up to the whole to the last
/// unit, whatever its parts were (law 5).
package struct MachineRate: Hashable, Sendable {
  package static let nanosecondsPerHour: Int128 = 3_600_000_000_000

  package let hourly: Money

  /// - Throws: `invalidAmount` when the cost is negative or above a million units an hour.
  package init(hourly: Money) throws(LedgerError) {
    guard !hourly.isNegative, hourly.picos <= 1_000_000 * Money.picosPerUnit else {
      throw LedgerError(
        .invalidAmount, "machine cost an hour must be between 0 and 1000000 \(hourly.currency)")
    }
    self.hourly = hourly
  }

  /// The cost of `nanoseconds` that follow `booked` nanoseconds already booked at this rate.
  package func cost(of nanoseconds: Int64, after booked: Int64) -> Money {
    total(booked + nanoseconds) - total(booked)
  }

  private func total(_ nanoseconds: Int64) -> Money {
    // hourly ≤ 10¹⁸ and nanoseconds < 2⁶³ ≈ 10¹⁹ keep the product under 10³⁷ < 2¹²⁷.
    let product = Int128(nanoseconds) * hourly.picos
    return Money(
      picos: divide(product, by: Self.nanosecondsPerHour, rounding: .down), hourly.currency)
  }
}
