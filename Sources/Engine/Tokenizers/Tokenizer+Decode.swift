extension Tokenizer {
  /// The bytes a token adds to a text; none for an id outside the vocabulary.
  package func bytes(of token: Int32) -> [UInt8] { Array(texts.piece(token)) }

  /// The text of tokens. Bytes that are not UTF-8 become U+FFFD, one for each maximal ill-formed
  /// part; ids outside the vocabulary add nothing.
  package func decode(_ tokens: [Int32], skipSpecial: Bool) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(tokens.count * 4)
    for token in tokens { append(token, skipSpecial: skipSpecial, to: &bytes) }
    let stripped = stripsLeadingSpace && bytes.first == 0x20 ? bytes[1...] : bytes[...]
    return String(decoding: stripped, as: UTF8.self)
  }

  /// True when decoded text begins with a space that encoding put there.
  var stripsLeadingSpace: Bool { rules.model != .byteLevelBPE && rules.addSpacePrefix }

  func append(_ token: Int32, skipSpecial: Bool, to bytes: inout [UInt8]) {
    if skipSpecial, isSpecial(token) { return }
    bytes.append(contentsOf: texts.piece(token))
  }
}
