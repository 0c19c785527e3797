/// Places between two characters that no piece of a vocabulary spans. Text can be cut there before
/// merging without changing the result, which keeps SentencePiece's unbounded "words" short.
struct PieceCuts: Sendable {
  /// By the last byte of one character and the first of the next (256 for `▁`): joined in a piece.
  private var joined = [Bool](repeating: false, count: 256 * 257)

  init(_ pieces: PieceTable) {
    pieces.bytes.withUnsafeBufferPointer { bytes in
      for id in 0..<pieces.count {
        let start = Int(pieces.offsets[id])
        let piece = UnsafeBufferPointer(rebasing: bytes[start..<Int(pieces.offsets[id + 1])])
        for index in piece.indices.dropFirst() where piece[index] & 0xC0 != 0x80 {
          joined[Self.key(piece, index)] = true
        }
      }
    }
  }

  /// True when the character that begins at `index` never follows the one before it in a piece.
  @inline(__always)
  func isCut(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    !joined[Self.key(text, index)]
  }

  @inline(__always)
  private static func key(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
    let first = SpaceMark.isMark(text, index) ? 256 : Int(text[index])
    return Int(text[index - 1]) * 257 + first
  }
}
