package import Ledger

/// Amounts of several currencies in the one the reader chose. What has no rate stays apart, and is
/// named where it is shown: nothing is left out silently.
package struct Conversion: Sendable {
  package let target: Currency
  private let convert: @Sendable (Money, Currency) -> Money?

  package init(target: Currency, convert: @escaping @Sendable (Money, Currency) -> Money?) {
    self.target = target
    self.convert = convert
  }

  package init(target: Currency, rates: ExchangeRates) {
    self.init(target: target) { rates.convert($0, to: $1) }
  }

  package func callAsFunction(_ amount: Money) -> Money? {
    amount.currency == target ? amount : convert(amount, target)
  }
}
