/// Checks text of a file without making it: a file may hold a vocabulary, most of it ASCII.
enum UTF8Text {
  /// True for well-formed UTF-8.
  static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
    isASCII(text) || String(validating: text, as: UTF8.self) != nil
  }

  private static func isASCII(_ text: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index + 8 <= text.count {
      let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      guard word & 0x8080_8080_8080_8080 == 0 else { return false }
      index += 8
    }
    return text[index...].allSatisfy { $0 < 0x80 }
  }
}
