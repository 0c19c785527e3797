/// The merges of a BPE vocabulary: a pair of ids to its rank and the id of the merged piece.
struct MergeTable: Sendable {
  struct Merge: Sendable {
    var pair: UInt64
    var rank: UInt32
    var id: Int32
  }

  private static let free = UInt64.max
  private var slots: [Merge]
  private let shift: UInt64

  init(capacity: Int) {
    var bits: UInt64 = 4
    while 1 << bits < capacity * 2 { bits += 1 }
    shift = 64 - bits
    slots = [Merge](repeating: Merge(pair: Self.free, rank: .max, id: -1), count: 1 << Int(bits))
  }

  /// Reads merges of the form "left right" against the pieces they name.
  ///
  /// - Throws: `inconsistent` at the first merge whose parts or union are not pieces.
  init(_ merges: [String], pieces: PieceTable) throws(TokenizerError) {
    self.init(capacity: merges.count)
    var union: [UInt8] = []
    // Most vocabularies list their pieces in the order of the merges that make them.
    var expected = 0
    for (rank, merge) in merges.enumerated() {
      var merge = merge
      let parsed = merge.withUTF8 { Self.parse($0, pieces, expected, &union) }
      guard let parsed else {
        throw TokenizerError(
          .inconsistent, field: "merges",
          "merge \(rank), '\(merge.prefix(80))', is not two pieces of the vocabulary whose union"
            + " is a piece too")
      }
      expected = Int(parsed.id) + 1
      insert(parsed.left, parsed.right, rank: UInt32(rank), id: parsed.id)
    }
  }

  /// A repeated pair keeps its first, better rank.
  private mutating func insert(_ left: Int32, _ right: Int32, rank: UInt32, id: Int32) {
    let pair = Self.pair(left, right)
    var slot = Self.slot(pair, shift)
    while slots[slot].pair != Self.free {
      if slots[slot].pair == pair { return }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Merge(pair: pair, rank: rank, id: id)
  }

  @inline(__always)
  func find(_ left: Int32, _ right: Int32) -> PairMerge {
    let pair = Self.pair(left, right)
    var slot = Self.slot(pair, shift)
    while true {
      let merge = slots[slot]
      if merge.pair == pair { return PairMerge(rank: merge.rank, id: merge.id) }
      if merge.pair == Self.free { return .none }
      slot = (slot + 1) & (slots.count - 1)
    }
  }

  @inline(__always)
  private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private static func slot(_ pair: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: ((pair ^ pair >> 29) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  /// Splits at the one space that leaves two pieces: a piece may hold a space of its own.
  ///
  /// - Parameter expected: the piece that the union probably is.
  private static func parse(
    _ merge: UnsafeBufferPointer<UInt8>, _ pieces: PieceTable, _ expected: Int,
    _ union: inout [UInt8]
  ) -> (left: Int32, right: Int32, id: Int32)? {
    var found: (left: Int32, right: Int32, id: Int32)?
    for space in merge.indices.dropFirst().dropLast() where merge[space] == UInt8(ascii: " ") {
      let left = UnsafeBufferPointer(rebasing: merge[..<space])
      let right = UnsafeBufferPointer(rebasing: merge[(space + 1)...])
      guard let leftID = pieces.find(left), let rightID = pieces.find(right) else { continue }
      var id: Int32?
      if pieces.piece(expected, is: left, right) {
        id = Int32(expected)
      } else {
        union.removeAll(keepingCapacity: true)
        union.append(contentsOf: left)
        union.append(contentsOf: right)
        id = union.withUnsafeBufferPointer { pieces.find($0) }
      }
      guard let id else { continue }
      if found != nil { return nil }
      found = (leftID, rightID, id)
    }
    return found
  }
}
