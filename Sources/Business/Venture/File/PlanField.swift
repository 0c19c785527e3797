package import Forecast

/// A field of the plan's file: what may stand there and what it means. The forecast's readers read
/// by these tables, the JSON Schema and the reference are written from them, and a test holds the
/// other readers against them.
package struct PlanField: Sendable {
  package indirect enum Kind: Sendable {
    case text
    /// A list of texts, or a single one.
    case texts
    case flag
    case date
    case month
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case choice([String])
    /// A quantity, a distribution or a formula.
    case quantity(Dimension, QuantityRange, fallback: Double?)
    case mapping([PlanField])
    /// A text, or a mapping that says more.
    case textOr([PlanField])
    case list([PlanField])
    /// Names that the user chooses, each with a value of the kind.
    case open(Kind)
    /// A list of elements of a kind.
    case elements(Kind)
    /// A text or a list or mapping with a form of its own, said in `about`.
    case any
  }

  package let name: String
  package let kind: Kind
  package let isRequired: Bool
  package let about: String

  package init(_ name: String, _ kind: Kind, _ about: String, isRequired: Bool = false) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
    self.about = about
  }

  /// A quantity with a value when it is left out.
  static func quantity(
    _ name: String, _ dimension: Dimension, _ range: QuantityRange = .any, _ fallback: Double,
    _ about: String
  ) -> PlanField {
    PlanField(name, .quantity(dimension, range, fallback: fallback), about)
  }

  /// A quantity that is not there when it is left out.
  static func optional(
    _ name: String, _ dimension: Dimension, _ range: QuantityRange = .any, _ about: String
  ) -> PlanField {
    PlanField(name, .quantity(dimension, range, fallback: nil), about)
  }

  static func required(
    _ name: String, _ dimension: Dimension, _ range: QuantityRange = .any, _ about: String
  ) -> PlanField {
    PlanField(name, .quantity(dimension, range, fallback: nil), about, isRequired: true)
  }
}

/// Values that make sense for a quantity, whatever its dimension.
package enum QuantityRange: Sendable, Hashable {
  case any
  case notNegative
  case positive
  /// 0...1.
  case share
  /// A hazard: 0...1 a month.
  case hazard
  /// A month of the plan: 0 up to the horizon.
  case month

  /// In model units.
  func bounds(horizon: Int) -> ClosedRange<Double> {
    switch self {
    case .any: -.infinity ... .infinity
    case .notNegative: 0 ... .infinity
    case .positive: .leastNormalMagnitude ... .infinity
    case .share, .hazard: 0...1
    case .month: 0...Double(horizon)
    }
  }

  func remedy(horizon: Int) -> String {
    switch self {
    case .any: "must be a number"
    case .notNegative: "must not be negative"
    case .positive: "must be above zero"
    case .share: "is a share: it must be from 0 to 1 (0% to 100%)"
    case .hazard: "is the share that leaves in a month: it must be from 0 to 100% /month"
    case .month: "must be from 0 to the horizon of \(horizon) months"
    }
  }
}
