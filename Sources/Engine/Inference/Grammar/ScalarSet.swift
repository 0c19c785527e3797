/// A set of Unicode scalars, as sorted disjoint ranges. Surrogates are never members.
struct ScalarSet: Sendable, Equatable {
  private(set) var ranges: [ClosedRange<UInt32>] = []

  static let last: UInt32 = 0x10FFFF
  static let all = ScalarSet([0...last])

  init() {}

  init(_ ranges: [ClosedRange<UInt32>]) {
    let surrogates: ClosedRange<UInt32> = 0xD800...0xDFFF
    var cut: [ClosedRange<UInt32>] = []
    for range in ranges {
      guard range.overlaps(surrogates) else {
        cut.append(range)
        continue
      }
      if range.lowerBound < 0xD800 { cut.append(range.lowerBound...0xD7FF) }
      if range.upperBound > 0xDFFF { cut.append(0xE000...min(range.upperBound, Self.last)) }
    }
    self.ranges = Self.merged(cut)
  }

  init(_ text: String) { self.init(text.unicodeScalars.map { $0.value...$0.value }) }

  var isEmpty: Bool { ranges.isEmpty }

  func contains(_ value: UInt32) -> Bool { ranges.contains { $0.contains(value) } }

  func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

  var complement: ScalarSet {
    var next: UInt32 = 0
    var gaps: [ClosedRange<UInt32>] = []
    for range in ranges {
      if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= Self.last { gaps.append(next...Self.last) }
    return ScalarSet(gaps)
  }

  func intersection(_ other: ScalarSet) -> ScalarSet {
    complement.union(other.complement).complement
  }

  func subtracting(_ other: ScalarSet) -> ScalarSet { intersection(other.complement) }

  private static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let back = result.last, range.lowerBound <= back.upperBound + 1 {
        result[result.count - 1] = back.lowerBound...max(back.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }
}

extension ScalarSet {
  /// The set's UTF-8 as sequences of byte ranges, each one to four bytes long (as `utf8-ranges` of
  /// RE2 and Rust's regex do).
  var byteSequences: [[ClosedRange<UInt8>]] {
    var sequences: [[ClosedRange<UInt8>]] = []
    for range in ranges {
      let borders: [ClosedRange<UInt32>] = [
        0...0x7F, 0x80...0x7FF, 0x800...0xFFFF, 0x10000...Self.last,
      ]
      for (length, border) in borders.enumerated() where range.overlaps(border) {
        let part = range.clamped(to: border)
        Self.split(part.lowerBound, part.upperBound, length, into: &sequences)
      }
    }
    return sequences
  }

  /// Splits until all scalars between two ends have every continuation the ends allow.
  private static func split(
    _ low: UInt32, _ high: UInt32, _ continuations: Int, into result: inout [[ClosedRange<UInt8>]]
  ) {
    for level in stride(from: 1, through: continuations, by: 1) {
      let mask = (UInt32(1) << (6 * UInt32(level))) - 1
      guard low & ~mask != high & ~mask else { continue }
      if low & mask != 0 {
        split(low, low | mask, continuations, into: &result)
        split((low | mask) + 1, high, continuations, into: &result)
        return
      }
      if high & mask != mask {
        split(low, (high & ~mask) - 1, continuations, into: &result)
        split(high & ~mask, high, continuations, into: &result)
        return
      }
    }
    let (first, last) = (utf8(low, continuations), utf8(high, continuations))
    result.append(zip(first, last).map { $0...$1 })
  }

  private static func utf8(_ value: UInt32, _ continuations: Int) -> [UInt8] {
    guard continuations > 0 else { return [UInt8(value)] }
    let lead: UInt8 = [0, 0xC0, 0xE0, 0xF0][continuations]
    var bytes = [lead | UInt8(value >> (6 * UInt32(continuations)))]
    for level in stride(from: continuations - 1, through: 0, by: -1) {
      bytes.append(0x80 | UInt8(value >> (6 * UInt32(level)) & 0x3F))
    }
    return bytes
  }
}
