/// The characters that stand for themselves in every JSON string: all but `"`, `\` and controls.
///
/// Most tokens of a vocabulary hold nothing else, and inside a string all of them are allowed. They
/// are counted once a vocabulary, so that a mask there need not look at them one by one.
enum PlainText {
  static let scalars = ScalarSet([0x20...0x21, 0x23...0x5B, 0x5D...ScalarSet.last])
  static let byteSequences = scalars.byteSequences
  /// Tokens of more characters are looked at one by one.
  static let maximumLength = 16

  /// The number of characters, 1 to `maximumLength`; nil when the bytes are not plain text.
  static func length(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else { return nil }
    var count = 0
    for scalar in text.unicodeScalars {
      count += 1
      guard count <= maximumLength, scalar.value >= 0x20, scalar != "\"", scalar != "\\" else {
        return nil
      }
    }
    return count
  }
}
