/// SentencePiece's spelling of a space, U+2581 (`▁`).
enum SpaceMark {
  static let bytes: [UInt8] = [0xE2, 0x96, 0x81]

  @inline(__always)
  static func isMark(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    text[index] == 0xE2 && index + 2 < text.count && text[index + 1] == 0x96
      && text[index + 2] == 0x81
  }

  /// Spaces to marks, with one before everything on request.
  static func escape(_ text: UnsafeBufferPointer<UInt8>, prefix: Bool) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count + text.count / 2 + 3)
    if prefix { output.append(contentsOf: bytes) }
    for byte in text {
      if byte == 0x20 { output.append(contentsOf: bytes) } else { output.append(byte) }
    }
    return output
  }

  /// Appends `piece` with marks as spaces.
  static func unescape(_ piece: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
    var index = 0
    while index < piece.count {
      if isMark(piece, index) {
        output.append(0x20)
        index += 3
      } else {
        output.append(piece[index])
        index += 1
      }
    }
  }

  /// The byte that a piece of the form `<0xE4>` stands for.
  static func byte(_ piece: UnsafeBufferPointer<UInt8>) -> UInt8? {
    guard piece.count == 6, piece[0] == UInt8(ascii: "<"), piece[1] == UInt8(ascii: "0"),
      piece[2] == UInt8(ascii: "x"), piece[5] == UInt8(ascii: ">"), let high = digit(piece[3]),
      let low = digit(piece[4])
    else { return nil }
    return high << 4 | low
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
