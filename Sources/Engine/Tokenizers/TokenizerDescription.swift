/// Everything a file says about its tokenizer, in one form for GGUF metadata and `tokenizer.json`.
///
/// A description is data: nothing is checked until ``Tokenizer/init(_:)`` reads it.
package struct TokenizerDescription: Sendable {
  /// How text becomes pieces.
  package enum Model: Sendable, Hashable {
    /// BPE over bytes spelled as printable characters (GPT-2, Llama 3, Qwen, SmolLM).
    case byteLevelBPE
    /// SentencePiece BPE: adjacent pieces merge while their union is in the vocabulary, best score
    /// first ("llama" in GGUF).
    case sentencePieceBPE
    /// BPE by explicit merges over characters with `▁` for a space and byte fallback (Gemma's and
    /// Llama 2's `tokenizer.json`).
    case mergesSentencePiece
  }

  /// What a token is for; raw values as in GGUF's `tokenizer.ggml.token_type`.
  package enum TokenType: Int32, Sendable {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  /// A token that splits the text before the model sees it.
  package struct AddedToken: Sendable, Hashable {
    package var id: Int32
    /// Found only when special tokens are parsed, and left out of decoded text on request.
    package var special: Bool
    /// Takes the whitespace to its left.
    package var stripsLeft = false
    /// Takes the whitespace to its right.
    package var stripsRight = false
    /// Looked for in normalised text instead of the text as given.
    package var normalized = false
    /// Only found when no word character touches it.
    package var singleWord = false

    package init(id: Int32, special: Bool) {
      self.id = id
      self.special = special
    }
  }

  /// Which stretches of text between added tokens get a space put before them.
  package enum SpacePrefixScheme: Sendable, Hashable {
    /// Every stretch.
    case everyStretch
    /// Every stretch that does not begin with a space.
    case everyStretchWithoutSpace
    /// Only one at the very beginning of the text, when it does not begin with a space.
    case beginning
  }

  package var model: Model
  /// The pieces by id, as the file spells them.
  package var tokens: [String]
  /// The score of each piece; only ``Model/sentencePieceBPE`` reads them.
  package var scores: [Float] = []
  /// The type of each piece; empty means all normal.
  package var types: [TokenType] = []
  /// Merges, best first, each "left right".
  package var merges: [String] = []
  /// How text is cut before merging; only ``Model/byteLevelBPE`` reads it.
  package var preTokenizer: PreTokenizer = .gpt2
  /// Canonical composition before anything else (Qwen).
  package var normalizesNFC = false
  /// A piece of text that is itself a token is taken whole, without merging (Llama 3).
  package var ignoresMerges = false
  /// Neighbouring characters that are not in the vocabulary make one unknown token.
  package var fusesUnknown = false

  package var bos: Int32?
  package var eos: Int32?
  package var unknown: Int32?
  package var padding: Int32?
  package var addBos = false
  package var addEos = false
  package var addSpacePrefix = false
  package var spacePrefixScheme = SpacePrefixScheme.everyStretch
  /// Text is cut before every space mark, whatever the vocabulary could merge across it.
  package var splitsAtSpaces = false
  /// Tokens that end a reply besides ``eos``: end of turn, end of message.
  package var endOfGeneration: Set<Int32> = []
  /// Tokens that split text; nil takes them from ``types``.
  package var addedTokens: [AddedToken]?

  package init(model: Model, tokens: [String]) {
    self.model = model
    self.tokens = tokens
  }

  /// No vocabulary in use comes near; the bound stops a hostile file from taking all memory.
  static let maximumTokens = 1 << 22
}
