extension TokenizerDescription {
  /// Spellings that end a turn in the chat formats in use, whatever type the file gives them.
  private static let endings: Set<String> = [
    "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>",
    "<|end_of_text|>", "<|return|>", "<|call|>", "<EOT>", "< EOT >", "<end_of_utterance>",
    "<｜end▁of▁sentence｜>",
  ]
  /// Spellings that end a text only as a control token: elsewhere they are HTML or plain text.
  private static let controlEndings: Set<String> = ["</s>", "<eos>", "[EOS]", "[EOT]"]

  /// Adds the tokens that end a reply by their spelling, and makes them control tokens.
  mutating func findEndOfGeneration() {
    for (index, token) in tokens.enumerated() where mayEnd(token) {
      let type = index < types.count ? types[index] : .normal
      let named = Self.endings.contains(token)
      guard named || (type == .control && Self.controlEndings.contains(token)) else { continue }
      endOfGeneration.insert(Int32(index))
      if named, index < types.count { types[index] = .control }
    }
  }

  /// A look at the first byte, so that a large vocabulary is not hashed token by token.
  private func mayEnd(_ token: String) -> Bool {
    let first = token.utf8.first
    return (first == UInt8(ascii: "<") || first == UInt8(ascii: "[")) && token.utf8.count <= 32
  }
}
