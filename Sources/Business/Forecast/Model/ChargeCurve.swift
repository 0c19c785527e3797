/// A charge model as a function of the month's quantity of one customer, in floating point: pieces
/// `from` which the charge is `base + slope × (quantity − from)`, plus steps for packages. Made from
/// Billing's exact charge model by asking it, so that the two cannot disagree.
package struct ChargeCurve: Sendable, Hashable, Codable {
  package struct Piece: Sendable, Hashable, Codable {
    package var from: Double
    /// Charge at `from` (approached from above: a jump is allowed).
    package var base: Double
    package var slope: Double
    package init(from: Double, base: Double, slope: Double) {
      self.from = from
      self.base = base
      self.slope = slope
    }
  }

  /// Ascending by `from`; the first begins at 0.
  package var pieces: [Piece]
  /// Whole packages: quantity above `free` is rounded up to multiples of `size`, each at `price`.
  package var package: Packages?
  /// At least so much a customer and month.
  package var minimum: Double

  package struct Packages: Sendable, Hashable, Codable {
    package var free: Double
    package var size: Double
    package var price: Double
    package init(free: Double, size: Double, price: Double) {
      self.free = free
      self.size = size
      self.price = price
    }
  }

  package init(pieces: [Piece], package: Packages? = nil, minimum: Double = 0) {
    self.pieces = pieces
    self.package = package
    self.minimum = minimum
  }

  /// `price` a unit.
  package static func perUnit(_ price: Double) -> ChargeCurve {
    ChargeCurve(pieces: [Piece(from: 0, base: 0, slope: price)])
  }

  /// A fee that does not depend on the quantity.
  package static func fixed(_ fee: Double) -> ChargeCurve {
    ChargeCurve(pieces: [Piece(from: 0, base: fee, slope: 0)])
  }
}
