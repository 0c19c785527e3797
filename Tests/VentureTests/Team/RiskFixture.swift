import Foundation
import Testing

/// `Fixtures/risk.json`, made by scripts/fixtures/risk.py.
struct RiskFixture: Decodable {
  struct Compound: Decodable {
    struct Item: Decodable { let rate, low, high: Double }
    let risks: [Item]
    let mean, valueAtRisk95, tail95, chanceOfNone: Double
  }
  struct Assignment: Decodable {
    let value: [[Double]]
    let best: Double
  }
  struct Network: Decodable {
    let days: [Double]
    let after: [[Int]]
    let length: Double
    let finish: [Double]
    let float: [Double]
  }
  struct Pert: Decodable {
    let estimate: [Double]
    let mean, variance: Double
  }
  struct Meeting: Decodable {
    let beside: [[Double]]
    let last: [Double]
    let mean, p50, p80, p95, modes: Double
  }
  struct Exit: Decodable {
    struct Row: Decodable {
      let value: Double
      let paid: [Double]
    }
    /// Shares, preference, participating.
    struct Class: Decodable {
      let shares, preference: Double
      let isParticipating: Bool
      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        shares = try list.decode(Double.self)
        preference = try list.decode(Double.self)
        isParticipating = try list.decode(Bool.self)
      }
    }
    let classes: [Class]
    let exits: [Row]
  }
  struct Spearman: Decodable {
    let first, second: [Double]
    let rho: Double
  }

  let compound: [Compound]
  let assignments: [Assignment]
  let networks: [Network]
  let pert: [Pert]
  let meetings: [Meeting]
  let exit: Exit
  let spearman: Spearman

  static func load() throws -> RiskFixture {
    let url = try #require(
      Bundle.module.url(forResource: "risk", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(RiskFixture.self, from: Data(contentsOf: url))
  }
}
