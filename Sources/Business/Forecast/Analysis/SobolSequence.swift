/// Points that fill the unit cube evenly: the error of a mean falls nearly as 1/n instead of 1/√n
/// (Sobol, 1967). Each dimension is scrambled by hashing, as nested uniform scrambling does (Owen,
/// 1995; Laine & Karras, 2011; Burley, 2020), so that a point's numbers are uniform in (0, 1) and
/// different seeds give independent estimates. Dimensions beyond the table's are plain random
/// numbers of their own streams.
///
/// Take powers of two of points: only whole blocks are balanced.
package struct SobolSequence: Sendable {
  /// Dimensions of the sequence proper.
  package static let maximumDimensions = 256

  package let dimensions: Int
  package let seed: UInt64
  private let isScrambled: Bool
  /// [dimension][bit], each with 32 bits.
  private let directions: [[UInt32]]
  private let scrambles: [UInt32]
  private let keys: [RandomStream.Key]

  /// - Parameter isScrambled: false for the bare sequence, whose first point is the origin.
  package init(dimensions: Int, seed: UInt64, isScrambled: Bool = true) {
    precondition(dimensions > 0 && dimensions <= 4096, "1 to 4096 dimensions")
    self.dimensions = dimensions
    self.seed = seed
    self.isScrambled = isScrambled
    directions = Array(Self.table.prefix(dimensions))
    scrambles = (0..<dimensions).map { dimension in
      var stream = RandomStream(
        RandomStream.Key(seed: seed, name: "sobol scramble"), path: dimension, index: 0)
      return UInt32(truncatingIfNeeded: stream.next() >> 32)
    }
    let rest = max(0, dimensions - Self.maximumDimensions)
    keys = (0..<rest).map { RandomStream.Key(seed: seed, name: "sobol rest \($0)") }
  }

  /// Point `index`, from 0: a number for each dimension. Any point can be asked for at once.
  ///
  /// - Precondition: 0 ≤ index < 2³².
  package func point(_ index: Int) -> [Double] {
    precondition(index >= 0 && index <= Int(UInt32.max), "at most 2³² points")
    return (0..<dimensions).map { value(UInt32(index), $0) }
  }

  /// The first `count` points, [point][dimension].
  package func points(_ count: Int) -> [[Double]] { (0..<count).map(point) }

  private func value(_ index: UInt32, _ dimension: Int) -> Double {
    guard dimension < directions.count else {
      var stream = RandomStream(
        keys[dimension - directions.count], path: Int(index), index: 0)
      return stream.uniform()
    }
    var word: UInt32 = 0
    // Gray code: the same points as plain order, block by block, in the order of the usual tables.
    var gray = index ^ (index >> 1)
    while gray != 0 {
      word ^= directions[dimension][gray.trailingZeroBitCount]
      gray &= gray - 1
    }
    guard isScrambled else { return Double(word) * 0x1p-32 }
    return (Double(Self.scramble(word, scrambles[dimension])) + 0.5) * 0x1p-32
  }

  /// Flips each bit by a hash of the bits above it.
  private static func scramble(_ word: UInt32, _ seed: UInt32) -> UInt32 {
    var x = reversed(word)
    x ^= x &* 0x3d20_adea
    x = x &+ seed
    x = x &* ((seed >> 16) | 1)
    x ^= x &* 0x0552_6c56
    x ^= x &* 0x53a2_2864
    return reversed(x)
  }

  private static func reversed(_ word: UInt32) -> UInt32 {
    var x = word
    x = (x >> 1) & 0x5555_5555 | (x & 0x5555_5555) << 1
    x = (x >> 2) & 0x3333_3333 | (x & 0x3333_3333) << 2
    x = (x >> 4) & 0x0f0f_0f0f | (x & 0x0f0f_0f0f) << 4
    return x.byteSwapped
  }

  /// Direction numbers of all dimensions: the first is the van der Corput sequence, the others
  /// follow from their polynomials by Bratley & Fox's recurrence (1988).
  private static let table: [[UInt32]] = {
    let first = (0..<32).map { UInt32(1) << (31 - UInt32($0)) }
    let rows = numbers.split(separator: ",").map { row -> [UInt32] in
      let parts = row.split(separator: ":")
      let polynomial = UInt32(parts[0].trimmed)!
      let start = parts[1].split(separator: " ").map { UInt32($0)! }
      return directions(polynomial, start)
    }
    return [first] + rows
  }()

  private static func directions(_ polynomial: UInt32, _ start: [UInt32]) -> [UInt32] {
    let degree = start.count
    var v = start.indices.map { start[$0] << (31 - UInt32($0)) }
    for bit in degree..<32 {
      var word = v[bit - degree] ^ (v[bit - degree] >> UInt32(degree))
      for k in 1..<max(1, degree) where polynomial >> UInt32(degree - k) & 1 == 1 {
        word ^= v[bit - k]
      }
      v.append(word)
    }
    return v
  }
}

extension Substring {
  fileprivate var trimmed: Substring { drop { $0 == " " } }
}
