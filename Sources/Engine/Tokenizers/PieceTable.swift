/// The pieces of a vocabulary: their bytes in one buffer, and a hash table from bytes to id.
///
/// Swift's `Dictionary<String, _>` will not do: it takes canonically equivalent strings for equal,
/// while a vocabulary may hold both spellings; and it hashes a large vocabulary too slowly.
struct PieceTable: Sendable {
  /// The bytes of all pieces, in order of id.
  private(set) var bytes: [UInt8] = []
  /// Where each piece begins in ``bytes``; one more entry than pieces.
  private(set) var offsets: [UInt32] = [0]
  /// Open addressing: the upper half of the hash, then the id + 1; 0 is free.
  private var slots: [UInt64] = []

  var count: Int { offsets.count - 1 }

  init(capacity: Int) {
    offsets.reserveCapacity(capacity + 1)
    bytes.reserveCapacity(capacity * 8)
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
  }

  /// Adds the next piece. An empty one takes an id but cannot be found.
  ///
  /// - Returns: the id that already has these bytes, if any; the piece is added all the same.
  mutating func append(_ piece: UnsafeBufferPointer<UInt8>, findable: Bool = true) -> Int32? {
    let id = UInt64(count)
    bytes.append(contentsOf: piece)
    offsets.append(UInt32(bytes.count))
    guard findable, !piece.isEmpty else { return nil }
    let hash = Self.hash(piece)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      if let same = match(slots[slot], hash, piece) { return same }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = (hash & ~0xFFFF_FFFF) | (id + 1)
    return nil
  }

  func find(_ piece: UnsafeBufferPointer<UInt8>) -> Int32? {
    let hash = Self.hash(piece)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      if let id = match(slots[slot], hash, piece) { return id }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  func find(_ piece: String) -> Int32? {
    var piece = piece
    return piece.withUTF8 { find($0) }
  }

  /// The bytes of a piece; empty for an id that is not in the table.
  func piece(_ id: Int32) -> ArraySlice<UInt8> {
    guard id >= 0, id < count else { return [] }
    return bytes[Int(offsets[Int(id)])..<Int(offsets[Int(id) + 1])]
  }

  @inline(__always)
  private func match(
    _ slot: UInt64, _ hash: UInt64, _ piece: UnsafeBufferPointer<UInt8>
  ) -> Int32? {
    guard slot >> 32 == hash >> 32 else { return nil }
    let id = Int(slot & 0xFFFF_FFFF) - 1
    let start = Int(offsets[id])
    guard Int(offsets[id + 1]) - start == piece.count else { return nil }
    for index in 0..<piece.count where bytes[start + index] != piece[index] { return nil }
    return Int32(id)
  }

  /// Eight bytes a step, multiplied and folded.
  @inline(__always)
  private static func hash(_ piece: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash = UInt64(piece.count) &* 0x9E37_79B9_7F4A_7C15
    let raw = UnsafeRawBufferPointer(piece)
    var index = 0
    while index + 8 <= raw.count {
      hash = fold(hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    var tail: UInt64 = 0
    while index < raw.count {
      tail = tail << 8 | UInt64(raw[index])
      index += 1
    }
    return fold(hash ^ tail)
  }

  @inline(__always)
  private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low ^ value
  }
}
