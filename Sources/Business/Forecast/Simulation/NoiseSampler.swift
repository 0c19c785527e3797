import CKernels

/// Draws of a row of paths at once: the face of `CKernels`' rows. Read only; one a worker.
///
/// A row is 8 · n doubles, aligned to 64 bytes. All instruction sets give the same bits.
final class NoiseSampler: Sendable {
  nonisolated(unsafe) let rows: ck_paths
  nonisolated(unsafe) let steps: UnsafePointer<ck_steps>
  private nonisolated(unsafe) let table: UnsafePointer<Double>

  /// - Parameter level: an instruction set of `CKernels`; nil for the best. Nil where the machine
  ///   cannot run it.
  init?(level: Int32) {
    guard let rows = ck_paths_level(level) else { return nil }
    self.rows = rows.pointee
    steps = Self.steps(rows)
    table = Self.normalTable
  }

  init() {
    let rows = ck_paths_best()
    self.rows = rows.pointee
    steps = Self.steps(rows)
    table = Self.normalTable
  }

  /// A table is never freed.
  private static func steps(_ rows: UnsafePointer<ck_paths>) -> UnsafePointer<ck_steps> {
    guard let steps = rows.pointer(to: \.steps) else { preconditionFailure("a table has steps") }
    return steps
  }

  /// Hermite cubics through Φ⁻¹ and its slope at both ends of each cell; made once, never freed.
  private nonisolated(unsafe) static let normalTable: UnsafePointer<Double> = {
    let cells = UnsafeMutablePointer<SIMD4<Double>>.allocate(capacity: Int(CK_NORMAL_CELLS))
    for cell in 0..<Int(CK_NORMAL_CELLS) {
      let octave = cell / 16
      let low = Double(sign: .plus, exponent: octave - Int(CK_NORMAL_OCTAVES) - 1, significand: 1)
      let width = low / 16
      let left = low + Double(cell % 16) * width
      (cells + cell).initialize(to: NoiseSampler.cubic(from: left, to: left + width))
    }
    return UnsafePointer(UnsafeRawPointer(cells).assumingMemoryBound(to: Double.self))
  }()

  private static func cubic(from left: Double, to right: Double) -> SIMD4<Double> {
    let (low, high) = (Normal.quantile(left), Normal.quantile(right))
    let slopeLow = (right - left) / Normal.density(low)
    let slopeHigh = (right - left) / Normal.density(high)
    let rise = high - low
    return SIMD4(
      low, slopeLow, 3 * rise - 2 * slopeLow - slopeHigh, slopeLow + slopeHigh - 2 * rise)
  }

  /// Hashes of `count` paths from `path` on, in a month.
  @inline(__always) func hash(
    _ key: UInt64, path: Int, month: Int, into bits: UnsafeMutablePointer<UInt64>, count: Int
  ) {
    rows.hash(Draws.state(key, path: path, month: month), Draws.stride, bits, count)
  }

  @inline(__always) func normal(
    _ bits: UnsafePointer<UInt64>, into row: UnsafeMutablePointer<Double>, count: Int
  ) {
    rows.normal(table, bits, row, count)
  }

  /// The Poisson quantile of each hash's uniform: exact below a mean of 8, else by Cornish and
  /// Fisher's expansion (total variation under 4e-4). 0 for a mean that is not above 0.
  @inline(__always) func poisson(
    _ mean: UnsafePointer<Double>, _ bits: UnsafePointer<UInt64>,
    into row: UnsafeMutablePointer<Double>, count: Int
  ) {
    rows.poisson(table, mean, bits, row, count)
  }

  /// The binomial quantile, of whole `trials`; the same two ways, by the variance.
  @inline(__always) func binomial(
    _ trials: UnsafePointer<Double>, _ chance: UnsafePointer<Double>,
    _ bits: UnsafePointer<UInt64>, into row: UnsafeMutablePointer<Double>, count: Int
  ) {
    rows.binomial(table, trials, chance, bits, row, count)
  }

  /// Gamma of mean 1 and variance 1 ÷ shape; exactly 1 for a shape that is not in (0, 1e8), since so
  /// large a shape is not told from its limit.
  @inline(__always) func gammaFactor(
    _ shape: UnsafePointer<Double>, _ key: UInt64, path: Int, month: Int,
    into row: UnsafeMutablePointer<Double>, count: Int
  ) {
    rows.gamma_factor(
      table, shape, Draws.state(key, path: path, month: month), Draws.stride, row, count)
  }

  /// One normal; the same bits as `normal`.
  @inline(__always) func normal(_ bits: UInt64) -> Double {
    let isUpper = bits >> 63 != 0
    let tail = (isUpper ? ~bits : bits) >> 11
    let u = ((Double(Int64(truncatingIfNeeded: tail)) + 0.5) * 0x1p-53).bitPattern
    let cell = Int(truncatingIfNeeded: u >> 48) - (969 << 4)
    let t = Double(bitPattern: (u & 0xFFFF_FFFF_FFFF) &<< 4 | 0x3FF0_0000_0000_0000) - 1
    let c = table + cell * 4
    let score = ((c[3] * t + c[2]) * t + c[1]) * t + c[0]
    return isUpper ? -score : score
  }
}
