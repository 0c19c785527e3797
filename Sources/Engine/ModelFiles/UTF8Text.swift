/// Checks text of a file. The standard library's own check is several times slower, which shows
/// where a file holds a vocabulary.
enum UTF8Text {
  /// True for well-formed UTF-8: shortest forms only, no surrogates, nothing over U+10FFFF.
  /// Source: table 3-7 of the Unicode Standard.
  static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index < text.count {
      if index + 8 <= text.count,
        text.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        index += 8
      } else if text[index] < 0x80 {
        index += 1
      } else {
        let length = sequenceLength(text, index)
        guard length > 0 else { return false }
        index += length
      }
    }
    return true
  }

  /// Bytes of the sequence that begins at `index`, no ASCII; 0 if it is not well-formed.
  @inline(__always)
  private static func sequenceLength(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch text[index] {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard length <= text.count - index, second.contains(text[index + 1]) else { return 0 }
    for place in index + 2..<max(index + 2, index + length) where text[place] & 0xC0 != 0x80 {
      return 0
    }
    return length
  }
}
