package import Ledger

/// What one customer used in an interval, by meter.
package struct MeteredUsage: Hashable, Sendable {
  /// Largest count of a meter: sums and products of any list stay within 128 bits.
  package static let limit = 1 << 53
  /// Largest amount that a percentage is taken of: 10¹⁵ units.
  private static let largestBase: Int128 = 1_000_000_000_000_000 * Money.picosPerUnit

  private var counts: [Int]
  /// What percentages are taken of: a partner's turnover, payments handled.
  package let base: Money?

  package static let none = MeteredUsage()

  private init() {
    counts = Self.zeros
    base = nil
  }

  private static var zeros: [Int] {
    var zeros = [Int](repeating: 0, count: Meter.allCases.count)
    zeros[index(.customers)] = 1
    return zeros
  }

  private static func index(_ meter: Meter) -> Int { Meter.allCases.firstIndex(of: meter)! }

  /// - Parameter counts: `tokens` need only be given when the three kinds are not: it is their sum
  ///   otherwise. `customers` is 1 unless given.
  /// - Throws: `invalid` naming the meter that is negative or above 2⁵³, or where `tokens` is given
  ///   beside one of its kinds.
  package init(_ counts: [Meter: Int], base: Money? = nil) throws(BillingError) {
    self.counts = Self.zeros
    self.base = base
    for (meter, count) in counts {
      guard (0...Self.limit).contains(count) else {
        throw BillingError(
          .invalid, "\(meter.rawValue): \(count) must be from 0 to \(Self.limit)")
      }
      self.counts[Self.index(meter)] = count
    }
    let kinds = [Meter.input, .cachedInput, .output].map { self[$0] }
    if counts[.tokens] != nil, kinds.contains(where: { $0 > 0 }) {
      throw BillingError(
        .invalid, "tokens: is the sum of input, cached_input and output; leave it out")
    }
    if counts[.tokens] == nil {
      let sum = kinds.reduce(0, +)
      guard sum <= Self.limit else {
        throw BillingError(.invalid, "tokens: their sum must be at most \(Self.limit)")
      }
      self.counts[Self.index(.tokens)] = sum
    }
    if let base, base.isNegative || base.picos > Self.largestBase {
      throw BillingError(.invalid, "base: \(base) must be between 0 and 1000000000000000")
    }
  }

  package init(_ usage: TokenUsage, requests: Int = 1) throws(BillingError) {
    try self.init([
      .input: usage.input, .cachedInput: usage.cachedInput, .output: usage.output,
      .requests: requests,
    ])
  }

  package subscript(_ meter: Meter) -> Int { counts[Self.index(meter)] }
}
