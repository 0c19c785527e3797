/// The noise of a month, made for speed: each driver's number on a path in a month is a hash of
/// (seed, driver, path, month), and most laws are drawn by inverting one uniform, so that a small
/// change of a mean moves a draw little and in one direction (common random numbers stay common).
/// `NoiseSampler` draws the laws, a row of paths at once.
///
/// The hash is SplitMix64 with the driver's key as its state and path·4096 + month as its step.
enum Draws {
  static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

  /// State of the first path's hash; add `stride` for the next path.
  @inline(__always) static func state(_ key: UInt64, path: Int, month: Int) -> UInt64 {
    key &+ (UInt64(truncatingIfNeeded: path) &<< 12 | UInt64(truncatingIfNeeded: month)) &* step
  }

  @inline(__always) static var stride: UInt64 { step &<< 12 }

  @inline(__always) static func bits(_ state: UInt64) -> UInt64 { RandomStream.mix(state) }

  /// In (0, 1).
  @inline(__always) static func uniform(_ bits: UInt64) -> Double {
    (Double(Int64(truncatingIfNeeded: bits >> 12)) + 0.5) * 0x1p-52
  }
}
