package import Ledger

/// One consistent snapshot of who may call and at what price. The store keeps the newest; a stale
/// one only ever serves a first check, since admission reads the books again.
package struct Catalogue: Sendable {
  package var customers: [String: Customer]
  package var keys: [KeyDigest: APIKey]
  /// By model, newest `effective` (then newest `created`) first.
  package var prices: [String: [PriceVersion]]
  package var upstreams: [String: Upstream]
  /// Grows with every change.
  package var version: Int64

  package init(
    customers: [String: Customer] = [:], keys: [KeyDigest: APIKey] = [:],
    prices: [String: [PriceVersion]] = [:], upstreams: [String: Upstream] = [:], version: Int64 = 0
  ) {
    self.customers = customers
    self.keys = keys
    self.prices = prices
    self.upstreams = upstreams
    self.version = version
  }

  /// The price in force at `now` for `model` in `currency`: the plan's own, else everyone's.
  package func price(
    model: String, plan: String?, currency: Currency, at now: Timestamp
  ) -> PriceVersion? {
    let current = (prices[model] ?? []).lazy.filter {
      $0.effective <= now && $0.currency == currency
    }
    if let plan, let own = current.first(where: { $0.plan == plan }) { return own }
    return current.first { $0.plan == nil }
  }

  /// - Throws: `invalidKey`, or what `APIKey.check` throws.
  package func authenticate(
    _ digest: KeyDigest, model: String, at now: Timestamp
  ) throws(BillingError) -> (APIKey, Customer) {
    guard let key = keys[digest], let customer = customers[key.customer] else {
      throw BillingError(
        .invalidKey,
        "no such API key; send 'Authorization: Bearer <key>' with a key made by 'breakeven key create'"
      )
    }
    try key.check(model: model, at: now)
    return (key, customer)
  }

  /// The price for a customer's request. On account, a customer may be served in any currency that
  /// the model is priced in; prepaid credit pays only in its own.
  /// - Throws: `modelNotPriced`, `currencyMismatch`, each with the command that mends it.
  package func price(
    model: String, for customer: Customer, at now: Timestamp
  ) throws(BillingError) -> PriceVersion {
    if let price = price(
      model: model, plan: customer.plan, currency: customer.currency, at: now)
    {
      return price
    }
    guard
      let other = prices[model]?.first(where: {
        $0.effective <= now && ($0.plan == nil || $0.plan == customer.plan)
      })
    else {
      throw BillingError(
        .modelNotPriced,
        "model '\(model)' has no price; the owner sets one with: breakeven price set \(model) --input AMOUNT --cached AMOUNT --output AMOUNT --currency \(customer.currency)"
      )
    }
    guard customer.terms == .onAccount else {
      throw BillingError(
        .currencyMismatch,
        "model '\(model)' is priced in \(other.currency) but this customer's credit is in \(customer.currency); the owner adds a price in \(customer.currency) with: breakeven price set \(model) --currency \(customer.currency) …"
      )
    }
    return other
  }
}
