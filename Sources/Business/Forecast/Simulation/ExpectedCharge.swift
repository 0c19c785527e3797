import Foundation

/// The mean charge of customers whose quantities differ: E[curve(q)], q lognormal with a given mean
/// and σ of the log.
///
/// Exact, by the truncated moments of the lognormal: P(q > x) = Φ(d − σ) and E[q; q > x] = mΦ(d)
/// with d = (ln(m ÷ x) + σ²/2) ÷ σ. A minimum is put into the pieces first. Whole packages are a sum
/// of tails, closed by Euler and Maclaurin's formula where there are very many.
struct ExpectedCharge: Sendable, Hashable {
  /// Ascending; the first at 0.
  private(set) var pieces: [ChargeCurve.Piece]
  /// Steps of `price` at each quantity over start + k·size.
  private(set) var steps: ChargeCurve.Packages?

  static let explicitSteps = 4096

  /// - Throws: `invalid` for an empty, unordered or non-finite curve, or for a minimum that needs more
  ///   than 4,096 packages.
  init(_ curve: ChargeCurve, field: String) throws(ForecastError) {
    var pieces = curve.pieces
    let isOrdered = zip(pieces, pieces.dropFirst()).allSatisfy { $0.from < $1.from }
    let isFinite = pieces.allSatisfy { ($0.from + $0.base + $0.slope).isFinite }
    guard pieces.first?.from == 0, isOrdered, isFinite, curve.minimum.isFinite else {
      throw ForecastError(
        .invalid, "the charge curve of \(field) must begin at 0 and rise in finite pieces",
        field: field)
    }
    var steps = curve.package
    if let packages = steps {
      guard packages.size > 0, packages.size.isFinite, packages.free >= 0, packages.price.isFinite
      else {
        throw ForecastError(
          .invalid, "a package of \(field) needs a size above 0 and no negative free quantity",
          field: field)
      }
      if packages.price == 0 { steps = nil }
    }
    if curve.minimum > 0 {
      if let packages = steps {
        (pieces, steps) = try Self.expand(
          packages, into: pieces, until: curve.minimum, field: field)
      }
      pieces = Self.raise(pieces, to: curve.minimum)
    }
    self.pieces = pieces
    self.steps = steps
  }

  /// One straight line: then the mean charge is the charge of the mean.
  var isLinear: Bool { pieces.count == 1 && steps == nil }

  /// The first packages as pieces, so that a minimum can be put in.
  private static func expand(
    _ packages: ChargeCurve.Packages, into pieces: [ChargeCurve.Piece], until minimum: Double,
    field: String
  ) throws(ForecastError) -> ([ChargeCurve.Piece], ChargeCurve.Packages) {
    let count = (minimum / packages.price).rounded(.up)
    guard packages.price > 0, count <= Double(explicitSteps) else {
      throw ForecastError(
        .invalid,
        "the minimum charge of \(field) is over \(explicitSteps) packages: price the package higher",
        field: field)
    }
    var starts = Set(pieces.map(\.from))
    for k in 0..<Int(count) { starts.insert(packages.free + Double(k) * packages.size) }
    let expanded = starts.sorted().map { start in
      let piece = pieces.last { $0.from <= start } ?? pieces[0]
      let bought = min(count, max(0, ((start - packages.free) / packages.size).rounded(.down) + 1))
      return ChargeCurve.Piece(
        from: start,
        base: piece.base + piece.slope * (start - piece.from)
          + (start >= packages.free ? bought * packages.price : 0),
        slope: piece.slope)
    }
    var rest = packages
    rest.free += count * packages.size
    return (expanded, rest)
  }

  /// max(minimum, piece) as pieces: split where a piece crosses the minimum.
  private static func raise(
    _ pieces: [ChargeCurve.Piece], to minimum: Double
  )
    -> [ChargeCurve.Piece]
  {
    var raised: [ChargeCurve.Piece] = []
    func append(_ piece: ChargeCurve.Piece) {
      if let last = raised.last, last.slope == 0, piece.slope == 0, last.base == piece.base {
        return
      }
      raised.append(piece)
    }
    for (index, piece) in pieces.enumerated() {
      let end = index + 1 < pieces.count ? pieces[index + 1].from : Double.infinity
      let flat = ChargeCurve.Piece(from: piece.from, base: minimum, slope: 0)
      let isBelow = piece.base < minimum
      append(isBelow ? flat : piece)
      guard piece.slope != 0, isBelow == (piece.slope > 0) else { continue }
      let crossing = piece.from + (minimum - piece.base) / piece.slope
      guard crossing < end else { continue }
      append(
        isBelow
          ? ChargeCurve.Piece(from: crossing, base: minimum, slope: piece.slope)
          : ChargeCurve.Piece(from: crossing, base: minimum, slope: 0))
    }
    return raised
  }

  /// The charge of one quantity; a quantity at the start of a piece belongs to the piece before.
  func charge(_ quantity: Double) -> Double {
    let piece = pieces.last { $0.from < quantity } ?? pieces[0]
    var total = piece.base + piece.slope * (quantity - piece.from)
    if let steps, quantity > steps.free {
      total += steps.price * ((quantity - steps.free) / steps.size).rounded(.up)
    }
    return total
  }

  /// - Parameters:
  ///   - mean: of the quantity.
  ///   - spread: σ of its log; 0: all alike.
  func mean(_ mean: Double, spread: Double) -> Double {
    guard mean > 0 else { return charge(0) }
    guard spread > 0 else { return charge(mean) }
    let law = LognormalTail(mean: mean, spread: spread)
    var total = 0.0
    var left = law.tail(over: 0)
    for (index, piece) in pieces.enumerated() {
      let right =
        index + 1 < pieces.count ? law.tail(over: pieces[index + 1].from) : (chance: 0, part: 0)
      let chance = left.chance - right.chance
      total += piece.base * chance + piece.slope * (left.part - right.part - piece.from * chance)
      left = right
    }
    if let steps { total += steps.price * Self.count(steps, law) }
    return total
  }

  /// Mean number of packages: Σₖ P(q > free + k·size).
  private static func count(_ steps: ChargeCurve.Packages, _ law: LognormalTail) -> Double {
    var total = 0.0
    var k = 0.0
    var start = steps.free
    // Term by term while the law changes much within a package; then by the integral.
    let smoothFrom = 24 * steps.size / min(1, law.spread)
    while start < smoothFrom, k < Double(explicitSteps) {
      let chance = law.tail(over: start).chance
      total += chance
      if chance < 1e-18 { return total }
      k += 1
      start = steps.free + k * steps.size
    }
    let tail = law.tail(over: start)
    let integral = (tail.part - start * tail.chance) / steps.size
    return total + integral + tail.chance / 2 + steps.size * law.density(start) / 12
  }
}

/// Tails of a lognormal quantity.
struct LognormalTail {
  let mean: Double
  let spread: Double
  private let logMean: Double

  init(mean: Double, spread: Double) {
    self.mean = mean
    self.spread = spread
    logMean = log(mean)
  }

  /// P(q > x) and E[q; q > x].
  func tail(over x: Double) -> (chance: Double, part: Double) {
    guard x > 0 else { return (1, mean) }
    let d = (logMean - log(x)) / spread + spread / 2
    return (Normal.cumulative(d - spread), mean * Normal.cumulative(d))
  }

  func density(_ x: Double) -> Double {
    guard x > 0 else { return 0 }
    let d = (logMean - log(x)) / spread - spread / 2
    return Normal.density(d) / (x * spread)
  }
}
