/// Sets of call stacks, each stored once, so that equal sets have equal numbers.
///
/// A set is a list of tops: where to go on when the current rule has matched, and the set of stacks
/// below it. Stacks that agree at the top share it (as the merged contexts of ANTLR's ALL(*) do),
/// so an ambiguous grammar costs a set as wide as its rules, not one as wide as its readings.
struct StackSets {
  /// The bottom of a stack: the root rule's end is the text's end.
  static let bottom = UInt64.max
  /// The set with the empty stack alone.
  static let empty: Int32 = 0

  private(set) var sets: [[UInt64]] = [[bottom]]
  private var depths: [Int32] = [0]
  private var numbers: [[UInt64]: Int32] = [[bottom]: 0]
  private var unions: [UInt64: Int32] = [:]
  /// Tops in all sets.
  private(set) var size = 1
  /// Tops looked at by unions.
  private(set) var work = 0

  static func top(_ node: Int32, _ below: Int32) -> UInt64 {
    UInt64(UInt32(node)) << 32 | UInt64(UInt32(below))
  }
  static func node(_ top: UInt64) -> Int32 { Int32(truncatingIfNeeded: top >> 32) }
  static func below(_ top: UInt64) -> Int32 { Int32(truncatingIfNeeded: top) }

  subscript(set: Int32) -> [UInt64] { sets[Int(set)] }

  /// The set of one stack top over all of `below`; nil when it would be too deep.
  mutating func push(_ node: Int32, on below: Int32) -> Int32? {
    depths[Int(below)] < GrammarLimits.stackDepth ? number([Self.top(node, below)]) : nil
  }

  mutating func union(_ a: Int32, _ b: Int32) -> Int32 {
    if a == b { return a }
    let pair = UInt64(UInt32(min(a, b))) << 32 | UInt64(UInt32(max(a, b)))
    if let known = unions[pair] { return known }
    let (left, right) = (sets[Int(a)], sets[Int(b)])
    work += left.count + right.count
    var tops: [UInt64] = []
    var (i, j) = (0, 0)
    while i < left.count, j < right.count {
      let (x, y) = (left[i], right[j])
      if x >> 32 == y >> 32, x != Self.bottom, y != Self.bottom {
        tops.append(Self.top(Self.node(x), union(Self.below(x), Self.below(y))))
        (i, j) = (i + 1, j + 1)
      } else if x <= y {
        tops.append(x)
        i += 1
        if x == y { j += 1 }
      } else {
        tops.append(y)
        j += 1
      }
    }
    tops += left[i...]
    tops += right[j...]
    let result = number(tops)
    unions[pair] = result
    return result
  }

  /// - Precondition: sorted.
  mutating func number(_ tops: [UInt64]) -> Int32 {
    if let known = numbers[tops] { return known }
    let number = Int32(sets.count)
    sets.append(tops)
    size += tops.count
    var depth: Int32 = 0
    for top in tops where top != Self.bottom {
      depth = max(depth, depths[Int(Self.below(top))] + 1)
    }
    depths.append(depth)
    numbers[tops] = number
    return number
  }
}
