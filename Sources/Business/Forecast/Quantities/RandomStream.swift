/// Counter-based random numbers (Philox4x32-10): the stream of one driver on one path in one month
/// does not depend on any other, so that parallel equals serial bit for bit and a new driver moves
/// nobody's numbers.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
package struct RandomStream: Sendable, RandomNumberGenerator {
  let key0: UInt32
  let key1: UInt32
  /// Counter words 1...3; word 0 counts the blocks.
  let index: UInt32
  let pathLow: UInt32
  let pathHigh: UInt32
  var block: UInt32 = 0
  var spare: UInt64 = 0
  var hasSpare = false

  /// What a stream is keyed by, prepared once a driver: `Key(seed:name:)` hashes, the rest is cheap.
  package struct Key: Hashable, Sendable {
    let word: UInt64

    /// - Parameter name: the driver's stable name.
    package init(seed: UInt64, name: String) {
      self.init(seed: seed, hash: RandomStream.hash(name))
    }

    package init(seed: UInt64, hash: UInt64) {
      word = RandomStream.mix(seed &+ RandomStream.mix(hash))
    }
  }

  @inline(__always)
  package init(_ key: Key, path: Int, index: Int) {
    key0 = UInt32(truncatingIfNeeded: key.word)
    key1 = UInt32(truncatingIfNeeded: key.word >> 32)
    self.index = UInt32(truncatingIfNeeded: index)
    pathLow = UInt32(truncatingIfNeeded: path)
    pathHigh = UInt32(truncatingIfNeeded: path >> 32)
  }

  /// FNV-1a, 64 bits, of the UTF-8.
  package static func hash(_ name: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }

  /// SplitMix64's finaliser: every input bit moves every output bit.
  @inline(__always)
  static func mix(_ word: UInt64) -> UInt64 {
    var word = word &+ 0x9e37_79b9_7f4a_7c15
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  /// One block of Philox4x32-10.
  @inline(__always)
  static func philox(
    _ counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let left = UInt64(c0) &* 0xD251_1F53
      let right = UInt64(c2) &* 0xCD9E_8D57
      c0 = UInt32(truncatingIfNeeded: right >> 32) ^ c1 ^ k0
      c1 = UInt32(truncatingIfNeeded: right)
      c2 = UInt32(truncatingIfNeeded: left >> 32) ^ c3 ^ k1
      c3 = UInt32(truncatingIfNeeded: left)
      k0 = k0 &+ 0x9E37_79B9
      k1 = k1 &+ 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
  }

  @inline(__always)
  package mutating func next() -> UInt64 {
    if hasSpare {
      hasSpare = false
      return spare
    }
    let (a, b, c, d) = Self.philox((block, index, pathLow, pathHigh), key: (key0, key1))
    block &+= 1
    spare = UInt64(c) | UInt64(d) << 32
    hasSpare = true
    return UInt64(a) | UInt64(b) << 32
  }

  /// In (0, 1), never 0 or 1: the middles of 2⁵² equal pieces.
  @inline(__always)
  package mutating func uniform() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }
}
