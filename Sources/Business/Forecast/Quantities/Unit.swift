/// A unit as written, such as `M tokens/customer/月`.
struct Unit: Hashable, Sendable {
  var dimension = Dimension.one
  /// What one of it is in the model's units (the plan's currency, months, single tokens).
  var scale = 1.0
  /// Part of the scale that is a pure multiplier in front (`万`, `M`).
  var magnitude = 1.0
  /// As written, without spaces at the ends.
  var text = ""
  var isShare = false
  /// The currency's sign that stood before the figure.
  var sign: String?

  /// A figure in this unit, in the model's. Divides where the scale is one over a whole number, so
  /// that 70% is 0.7 to the last bit.
  func value(_ figure: Double) -> Double {
    let inverse = (1 / scale).rounded()
    return scale < 1 && 1 / inverse == scale ? figure / inverse : figure * scale
  }

  /// Only a multiplier, so that the unit itself may still follow.
  var isBareMagnitude: Bool { dimension.isOne && !isShare && scale == magnitude }
}

/// One word of a unit.
struct UnitWord: Hashable, Sendable {
  enum Kind: Hashable, Sendable { case magnitude, share, measure }

  let kind: Kind
  let dimension: Dimension
  let scale: Double
  /// Money: the ISO code.
  let currency: String?

  init(_ kind: Kind, _ dimension: Dimension, _ scale: Double, currency: String? = nil) {
    self.kind = kind
    self.dimension = dimension
    self.scale = scale
    self.currency = currency
  }
}
