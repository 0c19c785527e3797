/// How a quotient becomes a whole number of 10⁻¹² units. Every division names one.
package enum Rounding: Sendable {
  /// toward −∞
  case down
  /// toward +∞
  case up
  /// to the nearest, ties to even (IEEE 754 roundTiesToEven)
  case halfEven
}

extension Money {
  /// `self × numerator ÷ denominator`, rounded once.
  /// - Throws: `overflow` when the product leaves the range. `denominator` must be positive.
  package func multiplied(
    by numerator: Int64, over denominator: Int64 = 1, rounding: Rounding
  ) throws(LedgerError) -> Money {
    precondition(denominator > 0, "denominator \(denominator)")
    let (product, overflow) = picos.multipliedReportingOverflow(by: Int128(numerator))
    guard !overflow else {
      throw LedgerError(.overflow, "\(self) × \(numerator) is larger than an amount can be")
    }
    return Money(picos: divide(product, by: Int128(denominator), rounding: rounding), currency)
  }

  /// The amount rounded to the currency's smallest coin, for documents and payments.
  package func roundedToMinorUnit(_ rounding: Rounding) -> Money {
    var unit = Self.picosPerUnit
    for _ in 0..<currency.minorDigits { unit /= 10 }
    return Money(picos: divide(picos, by: unit, rounding: rounding) * unit, currency)
  }
}

/// Floor, ceiling or half-even quotient; `divisor` is positive.
package func divide(_ value: Int128, by divisor: Int128, rounding: Rounding) -> Int128 {
  var (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
  if remainder < 0 {
    quotient -= 1
    remainder += divisor
  }
  guard remainder != 0 else { return quotient }
  switch rounding {
  case .down: return quotient
  case .up: return quotient + 1
  case .halfEven:
    let (twice, overflow) = remainder.addingReportingOverflow(remainder)
    if overflow || twice > divisor { return quotient + 1 }
    if twice < divisor { return quotient }
    return quotient % 2 == 0 ? quotient : quotient + 1
  }
}
