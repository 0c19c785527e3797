/// The strategy: whom the venture serves with what, why it wins, by which path, in which stages.
///
/// Everything it claims is a `Claim`. `findings(_:)` says where its parts do not hold together;
/// `PathComparison` says which of the three paths is best, and how sure that is.
package struct Strategy: Sendable {
  package let vision: Claim?
  package let mission: Claim?
  package let position: Claim?
  package let customers: [TargetCustomer]
  package let offerings: [Offering]
  package let advantages: [Advantage]
  package let profitModel: ProfitModel?
  package let paths: VenturePaths?
  package let stages: [Stage]
  package let line: Int

  package struct TargetCustomer: Sendable, Hashable {
    package let id: String
    package let name: String
    package let needs: [String]
    /// Ids of the forecast's segments whose channels reach them; their own id when none is named.
    package let segments: [String]
    package let claim: Claim
  }

  /// A product or a service.
  package struct Offering: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable { case product, service }
    package let id: String
    package let name: String
    package let kind: Kind
    /// Ids of the target customers that want it, and of the advantages that it uses.
    package let customers: [String]
    package let advantages: [String]
    package let claim: Claim
  }

  package struct Advantage: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
      case technology, market
    }
    package let id: String
    package let kind: Kind
    package let claim: Claim
  }

  package struct ProfitModel: Sendable, Hashable {
    package let claim: Claim
    /// Ids of the forecast's revenue streams.
    package let streams: [String]
  }

  /// Every claim, in the order of the plan.
  package var claims: [Claim] {
    [vision, mission, position].compactMap { $0 } + customers.map(\.claim)
      + offerings.map(\.claim) + advantages.map(\.claim) + [profitModel?.claim].compactMap { $0 }
      + stages.flatMap { $0.goals.map(\.claim) }
  }
}
