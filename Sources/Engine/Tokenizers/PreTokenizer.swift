/// How byte-level BPE cuts text into words before merging. Each case is a published pattern, written
/// out by hand in `PreTokenizerScanner`; an unknown pattern is an error, because a near miss still
/// yields plausible, wrong ids.
package enum PreTokenizer: Sendable, Hashable, CaseIterable {
  /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
  case gpt2
  /// Every `\p{N}` alone, then ``gpt2`` between them.
  case smollm
  /// Contractions in any case, words with one leading mark, up to three digits, punctuation with the
  /// line ends after it.
  case llama3
  /// ``llama3`` with digits one by one.
  case qwen2
  /// DeepSeek V3 and R1: digits by three, Han and kana runs, then words, punctuation and space.
  case deepseek3

  /// The GGUF names (`tokenizer.ggml.pre`) of each.
  private static let names: [String: PreTokenizer] = [
    "gpt-2": .gpt2, "gpt2": .gpt2, "phi-2": .gpt2,
    "smollm": .smollm, "starcoder": .smollm, "refact": .smollm, "command-r": .smollm,
    "llama3": .llama3, "llama-v3": .llama3, "llama-bpe": .llama3,
    "qwen2": .qwen2, "deepseek-r1-qwen": .qwen2,
    "deepseek-v3": .deepseek3,
  ]

  /// - Throws: `unsupported`, listing the known names.
  init(ggufName: String) throws(TokenizerError) {
    guard let known = Self.names[ggufName] else {
      let list = Self.names.keys.sorted().joined(separator: ", ")
      throw TokenizerError(
        .unsupported, field: "tokenizer.ggml.pre",
        "the pre-tokenizer '\(ggufName.prefix(64))' is not one of: \(list)")
    }
    self = known
  }
}
