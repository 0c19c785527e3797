import Foundation
package import Ledger

/// A forecast as it was made: kept unchanged, and scored later against what happened.
package struct FrozenPlan: Sendable, Hashable, Codable, Identifiable {
  /// SHA-256 over the canonical JSON of the model, the plan text's hash, seed, paths and ledger
  /// position, in hexadecimal: the same forecast has the same hash (law 9).
  package let hash: String
  /// Of the plan's text, as its owner hashed it.
  package let planHash: String
  package let created: Timestamp
  package let seed: UInt64
  package let paths: Int
  /// Of the ledger when the forecast was made.
  package let position: Int64
  package let start: Month
  package let months: Int
  /// By measure's name.
  package let fans: [String: Outcome.Fan]
  package let breakEvenBy: [Double]
  package let ruinBy: [Double]

  package var id: String { hash }

  /// - Throws: `invalid` when the model has a number that JSON cannot hold.
  package init(
    model: Model, outcome: Outcome, planHash: String, created: Timestamp, position: Int64
  ) throws(ForecastError) {
    hash = try Self.hash(
      Identity(
        model: model, planHash: planHash, seed: outcome.seed, paths: outcome.paths,
        position: position))
    self.planHash = planHash
    self.created = created
    self.position = position
    seed = outcome.seed
    paths = outcome.paths
    start = outcome.start
    months = outcome.months
    fans = Dictionary(uniqueKeysWithValues: outcome.fans.map { ($0.key.rawValue, $0.value) })
    breakEvenBy = outcome.breakEvenBy
    ruinBy = outcome.ruinBy
  }

  package func fan(_ measure: Outcome.Measure) -> Outcome.Fan? { fans[measure.rawValue] }

  // MARK: Hash

  private struct Identity: Encodable {
    let version = 1
    let model: Model
    let planHash: String
    let seed: UInt64
    let paths: Int
    let position: Int64
  }

  /// Keys sorted, no white space, shortest decimals that read back the same.
  private static func hash(_ identity: Identity) throws(ForecastError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Digest.hexadecimal(Digest.sha256(try encoder.encode(identity)))
    } catch {
      throw ForecastError(
        .invalid,
        "the plan cannot be frozen: a number in it is not finite; check the plan's ranges")
    }
  }
}

/// Where frozen plans are kept. Saving the same hash again changes nothing.
package protocol ForecastStore: Sendable {
  func save(_ plan: FrozenPlan) async throws
  /// Newest first.
  func list() async throws -> [FrozenPlan]
  func load(_ hash: String) async throws -> FrozenPlan?
}
