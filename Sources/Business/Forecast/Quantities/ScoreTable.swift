import Foundation

/// A law's value as a function of the normal score, as monotone cubic pieces through exact values
/// and slopes. Checked while it is made: the midpoint of each piece is off by at most 1e-7 of the
/// law's deviation.
struct ScoreTable: Sendable {
  /// Beyond ±this the table is flat: the chance is 1e-17.
  static let reach = 8.5
  private static let fewestPieces = 128
  private static let mostPieces = 8192

  /// By piece: value and step × slope at its left end, the same at its right end. One array, so that
  /// a draw touches one cache line and one reference count.
  private let pieces: [Double]
  private let last: Int
  private let perUnit: Double

  /// - Parameter point: exact value and derivative at a score.
  /// - Returns: nil when even the finest table is not precise enough.
  init?(deviation: Double, point: (Double) -> (value: Double, slope: Double)) {
    var pieces = Self.fewestPieces
    var nodes = (0...pieces).map { point(Self.reach * (2 * Double($0) / Double(pieces) - 1)) }
    while true {
      let step = 2 * Self.reach / Double(pieces)
      let middles = (0..<pieces).map { point(-Self.reach + step * (Double($0) + 0.5)) }
      let slopes = Self.limited(nodes, step: step)
      let worst = middles.indices.reduce(0.0) { worst, index in
        let middle =
          0.5 * (nodes[index].value + nodes[index + 1].value)
          + 0.125 * step * (slopes[2 * index] - slopes[2 * index + 1])
        return max(worst, abs(middle - middles[index].value))
      }
      guard worst > 1e-7 * deviation else {
        self.pieces = (0..<pieces).flatMap { index in
          [
            nodes[index].value, step * slopes[2 * index], nodes[index + 1].value,
            step * slopes[2 * index + 1],
          ]
        }
        last = pieces - 1
        perUnit = 1 / step
        return
      }
      guard pieces < Self.mostPieces else { return nil }
      var finer: [(value: Double, slope: Double)] = [nodes[0]]
      for index in middles.indices { finer += [middles[index], nodes[index + 1]] }
      nodes = finer
      pieces *= 2
    }
  }

  /// Slopes at both ends of each piece, at most three times the secant, which keeps the piece
  /// monotone (Fritsch and Carlson 1980).
  private static func limited(_ nodes: [(value: Double, slope: Double)], step: Double) -> [Double] {
    (0..<nodes.count - 1).flatMap { index in
      let most = 3 * max(0, nodes[index + 1].value - nodes[index].value) / step
      return [min(max(nodes[index].slope, 0), most), min(max(nodes[index + 1].slope, 0), most)]
    }
  }

  @inline(__always)
  func value(score: Double) -> Double {
    let position = (min(max(score, -Self.reach), Self.reach) + Self.reach) * perUnit
    let index = min(Int(position), last)
    let t = position - Double(index)
    let rest = 1 - t
    let left = pieces[4 * index]
    let right = pieces[4 * index + 2]
    return left + t * t * (3 - 2 * t) * (right - left)
      + t * rest * (rest * pieces[4 * index + 1] - t * pieces[4 * index + 3])
  }
  func fill(
    _ into: UnsafeMutablePointer<Double>, _ scores: UnsafePointer<Double>, count: Int
  ) {
    for index in 0..<count { into[index] = value(score: scores[index]) }
  }
}
