/// GPT-2's spelling of bytes as printable characters: visible Latin-1 stands for itself, every other
/// byte for U+0100 onwards in order.
enum ByteSpelling {
  /// The scalar that spells each byte.
  static let scalars: [UInt32] = {
    var next: UInt32 = 0x100
    return (0..<256 as Range<UInt32>).map { byte in
      if isVisible(byte) { return byte }
      defer { next += 1 }
      return next
    }
  }()

  /// The byte that each scalar below U+0144 spells, or -1.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = Int16(byte) }
    return bytes
  }()

  /// Appends the bytes that `piece` spells; false, having appended nothing, when a character of it
  /// spells none.
  static func decode(_ piece: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    let start = output.count
    // A static value is looked up anew at each use.
    let bytes = Self.bytes
    var index = 0
    while index < piece.count {
      if piece[index] < 0x80, bytes[Int(piece[index])] >= 0 {
        output.append(piece[index])
        index += 1
        continue
      }
      let (value, length) = scalar(piece, at: index)
      guard value < 0x144, bytes[Int(value)] >= 0 else {
        output.removeLast(output.count - start)
        return false
      }
      output.append(UInt8(bytes[Int(value)]))
      index += length
    }
    return true
  }

  /// The piece that spells one byte.
  static func piece(_ byte: UInt8) -> String {
    Unicode.Scalar(scalars[Int(byte)]).map { String(Character($0)) } ?? ""
  }

  private static func isVisible(_ byte: UInt32) -> Bool {
    (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
  }
}
