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

  /// - Parameters:
  ///   - capacity: pieces to come.
  ///   - findable: of them, those that can be found; nil is all.
  init(capacity: Int, findable: Int? = nil) {
    offsets.reserveCapacity(capacity + 1)
    bytes.reserveCapacity(capacity * 8)
    var size = 16
    while size < (findable ?? capacity) * 2 { size *= 2 }
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
    return bytes.withUnsafeBytes { bytes in
      let known = UnsafeRawBufferPointer(rebasing: bytes[start..<start + piece.count])
      return Self.equal(known, UnsafeRawBufferPointer(piece)) ? Int32(id) : nil
    }
  }

  /// True when the piece's bytes are those of `left`, then those of `right`.
  func piece(
    _ id: Int, is left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  )
    -> Bool
  {
    guard id >= 0, id < count else { return false }
    let start = Int(offsets[id]), end = Int(offsets[id + 1])
    guard end - start == left.count + right.count else { return false }
    return bytes.withUnsafeBytes { bytes in
      let middle = start + left.count
      return Self.equal(.init(rebasing: bytes[start..<middle]), UnsafeRawBufferPointer(left))
        && Self.equal(.init(rebasing: bytes[middle..<end]), UnsafeRawBufferPointer(right))
    }
  }

  /// Of buffers of one length.
  @inline(__always)
  private static func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index + 8 <= b.count {
      let word = a.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      guard word == b.loadUnaligned(fromByteOffset: index, as: UInt64.self) else { return false }
      index += 8
    }
    return tail(a, index) == tail(b, index)
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
    return fold(hash ^ tail(raw, index))
  }

  /// The up to seven bytes from `index` on; of pieces of one length, different for different bytes.
  @inline(__always)
  private static func tail(_ raw: UnsafeRawBufferPointer, _ index: Int) -> UInt64 {
    let count = raw.count - index
    if count >= 4 {
      let first = raw.loadUnaligned(fromByteOffset: index, as: UInt32.self)
      let last = raw.loadUnaligned(fromByteOffset: raw.count - 4, as: UInt32.self)
      return UInt64(first) << 32 | UInt64(last)
    }
    guard count > 0 else { return 0 }
    return UInt64(raw[index]) << 16 | UInt64(raw[index + count / 2]) << 8
      | UInt64(raw[raw.count - 1])
  }

  @inline(__always)
  private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low ^ value
  }
}
