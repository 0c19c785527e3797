/// Who holds shares at the start, the option pool, its grants, and the terms of the rounds.
package struct EquityPlan: Sendable, Hashable, Codable {
  package struct Holding: Sendable, Hashable, Codable {
    package var holder: String
    package var name: String
    package var shares: Double
    package var vesting: Vesting?
    package init(holder: String, name: String, shares: Double, vesting: Vesting?) {
      self.holder = holder
      self.name = name
      self.shares = shares
      self.vesting = vesting
    }
  }

  /// Terms that the finance round of the same id does not say.
  package struct Terms: Sendable, Hashable, Codable {
    package var round: String
    /// Share of the company, after the round, that the free pool is filled up to first.
    package var pool: Double
    /// Multiple of the money that comes back before the others get any.
    package var preference: Double
    package var isParticipating: Bool
    package init(round: String, pool: Double, preference: Double, isParticipating: Bool) {
      self.round = round
      self.pool = pool
      self.preference = preference
      self.isParticipating = isParticipating
    }
  }

  package var founders: [Holding]
  /// Share of the company kept for options at the start.
  package var pool: Double
  /// From the pool.
  package var grants: [Holding]
  package var terms: [Terms]

  package init(founders: [Holding], pool: Double, grants: [Holding], terms: [Terms]) {
    self.founders = founders
    self.pool = pool
    self.grants = grants
    self.terms = terms
  }
}
