package import Billing
import Ledger

/// From Billing's exact charge models, by asking them at their break points: included quota, tiers,
/// packages, caps. At every whole quantity the curve is the exact amount to double precision.
extension ChargeCurve {
  /// Steps of a capped package price that are written out one by one.
  private static let largestStepCount = 1_000

  /// - Parameters:
  ///   - discountBasisPoints: off the item, minimum included, as the statement takes it.
  ///   - interval: a year's charge is spread evenly: C(q) = C_year(12 q) ÷ 12.
  /// - Throws: `invalid` for a percentage of an amount, and for a package price whose cap is more than
  ///   a thousand packages away; both say what to write instead.
  package init(
    _ item: PriceItem, discountBasisPoints: Int = 0, interval: Offer.Interval = .month
  ) throws(ForecastError) {
    self.init(pieces: [Piece(from: 0, base: 0, slope: 0)])
    switch item.model {
    case .perUnit(let unit): pieces = Self.tiers([(0, unit, false)], item)
    case .graduated(let tiers): pieces = Self.tiers(Self.starts(tiers) { !$0.fee.isZero }, item)
    case .volume(let tiers): pieces = Self.tiers(Self.starts(tiers) { _ in true }, item)
    case .fixed(let fee): pieces[0].base = fee.value
    case .package(let price, let size):
      if let maximum = item.maximum {
        pieces = try Self.steps(item, price: price.value, size: size, maximum: maximum.value)
      } else {
        package = Packages(free: Double(item.included), size: Double(size), price: price.value)
      }
    case .percentage:
      throw ForecastError(
        .invalid,
        "a percentage is taken of an amount, not of '\(item.meter.rawValue)'; write a revenue_share stream with the turnover instead",
        field: item.id)
    }
    if let maximum = item.maximum { cap(at: maximum.value) }
    minimum = item.minimum?.value ?? 0
    scale(money: Double(10_000 - min(10_000, max(0, discountBasisPoints))) / 10_000, quantity: 1)
    if interval == .year { scale(money: 1.0 / 12, quantity: 1.0 / 12) }
  }

  /// The charge for a quantity ≥ 0.
  /// - Complexity: O(pieces).
  package func charge(_ quantity: Double) -> Double {
    let piece = pieces.last { $0.from <= quantity } ?? pieces[0]
    var charge = piece.base + piece.slope * (quantity - piece.from)
    if let package {
      charge += package.price * (max(0, quantity - package.free) / package.size).rounded(.up)
    }
    return max(charge, minimum)
  }

  // MARK: Parts

  /// First unit of a tier (0-based), its price, and whether the charge jumps there.
  private typealias Start = (start: Int, unit: UnitPrice, jumps: Bool)

  private static func starts(_ tiers: [PriceTier], jumps: (PriceTier) -> Bool) -> [Start] {
    var start = 0
    return tiers.map { tier in
      defer { start = tier.upTo ?? start }
      return (start, tier.unit, jumps(tier))
    }
  }

  private static func tiers(_ starts: [Start], _ item: PriceItem) -> [Piece] {
    var pieces: [Piece] = []
    if item.included > 0 || starts[0].jumps { pieces.append(Piece(from: 0, base: 0, slope: 0)) }
    for (start, unit, jumps) in starts {
      let quantity = start + item.included
      let slope = unit.value
      if jumps {
        // Between two whole quantities, so that both have their exact charge.
        pieces.append(
          Piece(
            from: Double(quantity) + 0.5, base: item.charge(quantity + 1).value - slope / 2,
            slope: slope))
      } else {
        pieces.append(
          Piece(from: Double(quantity), base: item.charge(quantity).value, slope: slope))
      }
    }
    return pieces
  }

  /// Packages up to a cap, one piece a step.
  private static func steps(
    _ item: PriceItem, price: Double, size: Int, maximum: Double
  ) throws(ForecastError) -> [Piece] {
    var pieces = [Piece(from: 0, base: 0, slope: 0)]
    guard price > 0 else { return pieces }
    guard maximum / price <= Double(largestStepCount) else {
      throw ForecastError(
        .invalid,
        "the maximum of '\(item.id)' is more than \(largestStepCount) packages away; leave it out or make packages larger",
        field: item.id)
    }
    for step in 0...Int((maximum / price).rounded(.up)) {
      let (offset, overflow) = step.multipliedReportingOverflow(by: size)
      let quantity = item.included + offset
      guard !overflow, quantity < MeteredUsage.limit else { break }
      pieces.append(
        Piece(from: Double(quantity) + 0.5, base: item.charge(quantity + 1).value, slope: 0))
    }
    return pieces
  }

  /// Each piece is flat from where it reaches `maximum`.
  private mutating func cap(at maximum: Double) {
    var capped: [Piece] = []
    for (index, piece) in pieces.enumerated() {
      if piece.base >= maximum {
        capped.append(Piece(from: piece.from, base: maximum, slope: 0))
        continue
      }
      capped.append(piece)
      guard piece.slope > 0 else { continue }
      let crossing = piece.from + (maximum - piece.base) / piece.slope
      if index + 1 == pieces.count || crossing < pieces[index + 1].from {
        capped.append(Piece(from: crossing, base: maximum, slope: 0))
      }
    }
    pieces = capped
  }

  /// The curve of a fraction `quantity` of each quantity at a fraction `money` of each charge.
  private mutating func scale(money: Double, quantity: Double) {
    guard money != 1 || quantity != 1 else { return }
    pieces = pieces.map {
      Piece(
        from: $0.from * quantity, base: $0.base * money, slope: $0.slope * money / quantity)
    }
    package = package.map {
      Packages(free: $0.free * quantity, size: $0.size * quantity, price: $0.price * money)
    }
    minimum *= money
  }
}

extension Money {
  fileprivate var value: Double { Double(picos) / 1e12 }
}

extension UnitPrice {
  /// Of one unit.
  fileprivate var value: Double { Double(picos) / 1e12 }
}
