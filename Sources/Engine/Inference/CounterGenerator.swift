/// Random numbers as a function of (seed, index): token i of a request draws the same number
/// whatever else runs, and again after a preemption. Each is SplitMix64's finaliser over both
/// words.
struct CounterGenerator: Sendable {
  let seed: UInt64

  /// In [0, 1), a multiple of 2⁻⁵³.
  func uniform(at index: Int) -> Double {
    Double(bits(at: UInt64(bitPattern: Int64(index))) >> 11) * 0x1p-53
  }

  func bits(at index: UInt64) -> UInt64 {
    Self.mix(Self.mix(seed &+ 0x9e37_79b9_7f4a_7c15) ^ Self.mix(~index &* 0xd1b5_4a32_d192_ed03))
  }

  private static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
