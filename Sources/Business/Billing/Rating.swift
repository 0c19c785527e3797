package import Ledger

/// A request's charge, line by line. Exact: nothing is rounded before a document.
package struct Charge: Hashable, Sendable {
  package let input: Money
  package let cachedInput: Money
  package let output: Money
  package let perRequest: Money
  package var total: Money { input + cachedInput + output + perRequest }
}

package enum Rating {
  /// A pure function of usage and price version. The products fit: tokens ≤ 2⁴⁰, price ≤ 10¹⁸.
  package static func rate(_ usage: TokenUsage, at price: PriceVersion) -> Charge {
    Charge(
      input: amount(usage.input, of: price.input),
      cachedInput: amount(usage.cachedInput, of: price.cachedInput),
      output: amount(usage.output, of: price.output), perRequest: price.perRequest)
  }

  /// The most a request can cost: no prompt token from the cache (unless that is dearer), and every
  /// allowed completion token generated.
  package static func worstCase(prompt: Int, output: Int, at price: PriceVersion) -> Money {
    amount(prompt, of: max(price.input, price.cachedInput)) + amount(output, of: price.output)
      + price.perRequest
  }

  /// What an upstream's tokens cost us.
  package static func cost(_ usage: TokenUsage, at cost: UpstreamCost) -> Money {
    amount(usage.input, of: cost.input) + amount(usage.cachedInput, of: cost.cachedInput)
      + amount(usage.output, of: cost.output)
  }

  /// `tokens` at a price of a million, by the charge model that offers are priced by: exact, since
  /// prices are multiples of 10⁻⁶.
  @inline(__always)
  package static func amount(_ tokens: Int, of perMillion: Money) -> Money {
    ChargeModel.perUnit(UnitPrice(checked: perMillion, per: PriceVersion.tokens)).amount(tokens)
  }
}
