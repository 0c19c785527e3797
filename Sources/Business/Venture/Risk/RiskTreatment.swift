package import Forecast

/// What is done about risks: its cost, and the factors it puts on how often and how dear. One
/// treatment may act on several risks, and several on one, so they are simulated jointly.
package struct RiskTreatment: Sendable {
  /// The eight: 技术积累, 技术合作; 市场调研, 产品创新; 资金筹集, 成本控制; 合规经营, 法律顾问; and
  /// insurance or any other.
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case technologyAccumulation = "technology_accumulation"
    case technologyCooperation = "technology_cooperation"
    case marketResearch = "market_research"
    case productInnovation = "product_innovation"
    case fundraising
    case costControl = "cost_control"
    case compliance
    case legalCounsel = "legal_counsel"
    case insurance, other
  }

  package struct Effect: Sendable {
    package var risk: String
    /// Factors on the events' rate and on the loss of one; 1 for none, 0 for gone.
    package var likelihood: FieldHandle
    package var impact: FieldHandle
  }

  package var id: String
  package var name: String
  package var kind: Kind
  package var response: Risk.Response
  package var effects: [Effect]
  /// Money a month while it runs, money once, and the month it begins.
  package var cost: FieldHandle
  package var once: FieldHandle
  package var from: FieldHandle
  /// Part of the plan; otherwise only weighed.
  package var isAdopted: Bool
  package var line: Int
}
