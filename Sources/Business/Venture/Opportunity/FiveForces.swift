package import Forecast

/// One of Porter's five forces: its pressure, 1 (weak) to 5 (strong), with what was measured.
package struct Force: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case rivalry, entrants, substitutes, buyers, suppliers
    package var textKey: String { "plan_force_\(rawValue)" }
  }

  /// What can be measured, and the pressure that it speaks for.
  package enum Item: String, Sendable, Hashable, Codable, CaseIterable {
    /// Herfindahl–Hirschman index of the sellers, 0...1.
    case sellerConcentration = "seller_concentration"
    /// The market's growth a year.
    case marketGrowth = "market_growth"
    /// What entering costs, in months of the venture's own plan.
    case entryMonths = "entry_months"
    /// Price of the nearest substitute ÷ ours for the same work.
    case substitutePrice = "substitute_price"
    /// Share of revenue of the largest customer.
    case topCustomerShare = "top_customer_share"
    /// Switching cost of a customer, in months of its bill.
    case switchingMonths = "switching_months"
    /// Share of the cost of goods of the largest supplier.
    case topSupplierShare = "top_supplier_share"

    package var force: Kind {
      switch self {
      case .sellerConcentration, .marketGrowth: .rivalry
      case .entryMonths: .entrants
      case .substitutePrice: .substitutes
      case .topCustomerShare, .switchingMonths: .buyers
      case .topSupplierShare: .suppliers
      }
    }

    package var textKey: String { "plan_force_item_\(rawValue)" }

    /// Values at which the pressure passes from one score to the next.
    package var bounds: [Double] {
      switch self {
      case .sellerConcentration: [0.05, 0.10, 0.18, 0.25]
      case .marketGrowth: [0, 0.05, 0.15, 0.30]
      case .entryMonths: [3, 6, 12, 24]
      case .substitutePrice: [0.5, 0.8, 1.2, 2]
      case .topCustomerShare, .topSupplierShare: [0.10, 0.20, 0.35, 0.50]
      case .switchingMonths: [0.5, 1, 3, 6]
      }
    }

    /// Large values mean more pressure; otherwise small ones do.
    package var risesWithValue: Bool { self == .topCustomerShare || self == .topSupplierShare }

    /// 1–5.
    package func pressure(of value: Double) -> Int {
      let step = bounds.count { value >= $0 }
      return risesWithValue ? 1 + step : 5 - step
    }
  }

  package struct Measurement: Sendable, Hashable, Codable {
    package let item: Item
    package let value: Double
    package var pressure: Int { item.pressure(of: value) }
  }

  package let kind: Kind
  package let score: UncertainField?
  package let measurements: [Measurement]
  package let evidence: [String]
  package let line: Int
  package let field: String

  /// Reads `{score: 3 to 4, measured: {seller_concentration: 0.18}, evidence: […]}`.
  package init(reading node: PlanNode, kind: Kind, path: String, sheet: QuantitySheet) {
    self.kind = kind
    line = node.line
    field = node.path
    score = UncertainField(node, "score", path: path, sheet: sheet, isRequired: true)
    evidence = node.texts("evidence")
    if let table = node.child("measured") {
      measurements = Item.allCases.filter { $0.force == kind }.compactMap { item in
        table.number(item.rawValue, in: -1...1000).map { Measurement(item: item, value: $0) }
      }
      table.finish()
    } else {
      measurements = []
    }
    if measurements.isEmpty, evidence.isEmpty {
      node.warn("has neither 'measured' nor 'evidence'; the score is an opinion")
    }
    node.finish()
  }
}
