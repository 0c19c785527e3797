/// A part of a quantity, compiled: a program over slots, with what it measures.
struct Expression {
  enum Value {
    case constant(Double)
    /// A distribution that has no slot yet.
    case distribution(Distribution)
    case program([ParameterTable.Operation])
  }

  var value: Value
  var dimension: Dimension
  /// A unit that it was written in, for showing it.
  var unit: Unit?

  /// Zero fits every dimension: `max(0, price)`.
  var isZero: Bool {
    if case .constant(0) = value { dimension.isOne && unit == nil } else { false }
  }

  init(_ value: Value, _ dimension: Dimension = .one, unit: Unit? = nil) {
    self.value = value
    self.dimension = dimension
    self.unit = unit
  }

  var constant: Double? { if case .constant(let value) = value { value } else { nil } }
}
