package import Ledger

/// A model's selling prices from a moment on. Never changed once made: a new price is a new version
/// (law 7).
package struct PriceVersion: Hashable, Sendable, Identifiable {
  package let id: String
  package let model: String
  /// The plan whose customers pay this price; nil is the price of everyone else.
  package let plan: String?
  /// Prices of a million tokens. Whole multiples of 10⁻⁶, so that a token's price is exact.
  package let input: Money
  package let cachedInput: Money
  package let output: Money
  package let perRequest: Money
  package let effective: Timestamp
  package let created: Timestamp

  package var currency: Currency { input.currency }

  /// - Throws: `invalid` naming the price that is negative, finer than 10⁻⁶ a million tokens, above a
  ///   million units, or in another currency.
  package init(
    id: String, model: String, plan: String? = nil, input: Money, cachedInput: Money, output: Money,
    perRequest: Money,
    effective: Timestamp, created: Timestamp
  ) throws(BillingError) {
    let named = [
      ("input", input), ("cached", cachedInput), ("output", output), ("per-request", perRequest),
    ]
    for (name, price) in named {
      guard price.currency == input.currency else {
        throw BillingError(
          .invalid,
          "\(name): \(price.currency) differs from input's \(input.currency); use one currency")
      }
      guard !price.isNegative, price.picos <= 1_000_000 * Money.picosPerUnit else {
        throw BillingError(.invalid, "\(name): \(price) must be between 0 and 1000000")
      }
      guard price.picos % 1_000_000 == 0 else {
        throw BillingError(.invalid, "\(name): \(price) has more than 6 decimals; round it to 6")
      }
    }
    self.id = id
    self.model = model
    self.plan = plan
    self.input = input
    self.cachedInput = cachedInput
    self.output = output
    self.perRequest = perRequest
    self.effective = effective
    self.created = created
  }
}
