import Ledger

extension PriceList {
  /// What `usage` of one interval costs under an offer: a line for each item, then true-ups, caps and
  /// discounts. Exact; the discount alone is rounded, half-even at 10⁻¹², once.
  ///
  /// Nothing here rounds to coins: that is the document's (`Statement`).
  /// - Parameter level: the customer's level; nil is the one that the offer includes.
  /// - Throws: `unknown` when there is no such offer or level; `currencyMismatch` when a percentage's
  ///   base is in another currency.
  package func rate(
    _ usage: MeteredUsage, offer id: String, level: String? = nil
  ) throws(BillingError) -> [ChargeLine] {
    guard let offer = offer(id) else {
      let known = offers.map(\.id).joined(separator: ", ")
      throw BillingError(.unknown, "no offer is called '\(id)'; the list has: \(known)")
    }
    return try offer.rate(usage, level: self.level(level ?? offer.level, of: offer), bought: level)
  }

  /// - Returns: nil for no level.
  private func level(_ id: String?, of offer: Offer) throws(BillingError) -> Membership.Level? {
    guard let id else { return nil }
    guard let membership = offer.membership.flatMap({ membership($0) }),
      let level = membership.levels.first(where: { $0.id == id })
    else {
      throw BillingError(.unknown, "offer '\(offer.id)' has no membership level '\(id)'")
    }
    return level
  }
}

extension Offer {
  /// - Parameters:
  ///   - level: whose discount applies.
  ///   - bought: a level beside the offer, whose fee (if it has one) is charged; one that the offer
  ///     includes is paid with it.
  package func rate(
    _ usage: MeteredUsage, level: Membership.Level? = nil, bought: String? = nil
  ) throws(BillingError) -> [ChargeLine] {
    if let base = usage.base, base.currency != currency {
      throw BillingError(
        .currencyMismatch,
        "base: \(base.currency) is not the offer's currency; give it in \(currency)")
    }
    var lines: [ChargeLine] = []
    lines.reserveCapacity(items.count + 4)
    for item in items { item.rate(usage, into: &lines) }
    var sum = lines.total(currency)
    func add(_ kind: ChargeLine.Kind, _ amount: Money) {
      guard !amount.isZero else { return }
      lines.append(ChargeLine(kind, amount: amount))
      sum += amount
    }
    let discount = min(10_000, discountBasisPoints + (level?.discountBasisPoints ?? 0))
    add(.discount, -ChargeModel.share(discount, of: sum))
    if let minimum, sum < minimum { add(.trueUp, minimum - sum) }
    if let maximum, sum > maximum { add(.cap, maximum - sum) }
    if let level, bought == level.id, level.id != self.level, let fee = level.fee {
      add(.membership, fee)
    }
    return lines
  }
}

extension PriceItem {
  fileprivate func rate(_ usage: MeteredUsage, into lines: inout [ChargeLine]) {
    let quantity = usage[meter]
    let charge = charge(quantity, of: usage.base)
    lines.append(
      ChargeLine(.item, item: id, meter: meter, quantity: quantity, amount: charge))
    let owed = amount(quantity, of: usage.base)
    guard owed != charge else { return }
    lines.append(
      ChargeLine(owed > charge ? .trueUp : .cap, item: id, meter: meter, amount: owed - charge))
  }
}
