/// An exact amount: `picos` × 10⁻¹² of `currency`. Range ±1.7 × 10²⁶ units. Never floating point.
///
/// Sums trap on overflow (no venture's books reach it); what parses or multiplies by a caller's
/// number throws instead.
package struct Money: Hashable, Sendable {
  package static let picosPerUnit: Int128 = 1_000_000_000_000

  package let picos: Int128
  package let currency: Currency

  package init(picos: Int128, _ currency: Currency) {
    self.picos = picos
    self.currency = currency
  }

  package init(units: Int, _ currency: Currency) {
    self.init(picos: Int128(units) * Self.picosPerUnit, currency)
  }

  package static func zero(_ currency: Currency) -> Money { Money(picos: 0, currency) }

  package var isZero: Bool { picos == 0 }
  package var isNegative: Bool { picos < 0 }

  package static prefix func - (value: Money) -> Money {
    Money(picos: -value.picos, value.currency)
  }

  /// Traps when the currencies differ: adding two currencies is a programmer's mistake.
  package static func + (left: Money, right: Money) -> Money {
    precondition(left.currency == right.currency, "sum of \(left.currency) and \(right.currency)")
    return Money(picos: left.picos + right.picos, left.currency)
  }

  package static func - (left: Money, right: Money) -> Money { left + -right }
  package static func += (left: inout Money, right: Money) { left = left + right }
  package static func -= (left: inout Money, right: Money) { left = left - right }
}

extension Money: Comparable {
  package static func < (left: Money, right: Money) -> Bool {
    precondition(
      left.currency == right.currency, "compared \(left.currency) with \(right.currency)")
    return left.picos < right.picos
  }
}
