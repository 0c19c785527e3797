package import Ledger

/// A programme whose levels lower the price: reached by spending, or bought.
package struct Membership: Hashable, Sendable, Identifiable {
  package struct Level: Hashable, Sendable, Identifiable {
    package let id: String
    package let name: String
    /// Spending of the interval before that reaches it; nil: only bought.
    package let spend: Money?
    /// Price of an interval for who buys it.
    package let fee: Money?
    /// Off every item of the offer.
    package let discountBasisPoints: Int

    /// - Throws: `invalid` naming the field under `path`.
    package init(
      id: String, name: String? = nil, spend: Money? = nil, fee: Money? = nil,
      discountBasisPoints: Int = 0, at path: String = ""
    ) throws(BillingError) {
      try Check.name(id, Check.join(path, "id"))
      try Check.fee(spend, Check.join(path, "spend"))
      try Check.fee(fee, Check.join(path, "fee"))
      guard spend != nil || fee != nil else {
        throw Check.invalid(
          path, "level '\(id)' needs 'spend' (what reaches it) or 'fee' (what buys it)")
      }
      try Check.basisPoints(discountBasisPoints, Check.join(path, "discount"))
      self.id = id
      self.name = name ?? id
      self.spend = spend
      self.fee = fee
      self.discountBasisPoints = discountBasisPoints
    }
  }

  package let id: String
  package let name: String
  /// Ascending by spending.
  package let levels: [Level]

  /// - Throws: `invalid` naming the field under `path`.
  package init(
    id: String, name: String? = nil, levels: [Level], at path: String = ""
  ) throws(BillingError) {
    try Check.name(id, Check.join(path, "id"))
    guard (1...20).contains(levels.count) else {
      throw Check.invalid(Check.join(path, "levels"), "has \(levels.count); write 1 to 20")
    }
    var last: Money?
    for (index, level) in levels.enumerated() {
      let place = "\(Check.join(path, "levels"))[\(index)]"
      if levels[..<index].contains(where: { $0.id == level.id }) {
        throw Check.invalid("\(place).id", "'\(level.id)' is another level's already")
      }
      let currency = levels[0].currency
      if let other = [level.spend, level.fee].compactMap({ $0?.currency }).first(where: {
        $0 != currency
      }) {
        throw Check.invalid(place, "\(other) differs from \(currency); use one currency")
      }
      if let spend = level.spend {
        if let last, spend <= last {
          throw Check.invalid("\(place).spend", "\(spend) must be above \(last): levels ascend")
        }
        last = spend
      }
    }
    self.id = id
    self.name = name ?? id
    self.levels = levels
  }

  package var currency: Currency { levels[0].currency }

  /// The highest level that `spend` reaches; nil below the first.
  package func level(forSpend spend: Money) -> Level? {
    levels.last { $0.spend.map { $0 <= spend } ?? false }
  }
}

extension Membership.Level {
  fileprivate var currency: Currency { (spend ?? fee)!.currency }
}
