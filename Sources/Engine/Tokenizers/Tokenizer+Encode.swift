import Foundation

// Encoding goes through four steps, each on a narrower stretch of bytes: added tokens found in the
// text as given; normalisation; added tokens found in normalised text; words, which are merged.
extension Tokenizer {
  /// Token ids of a text.
  ///
  /// - Parameters:
  ///   - addSpecial: puts the beginning and end tokens that the vocabulary asks for around the text.
  ///   - parseSpecial: takes `<|im_start|>` and the like for the token; otherwise they are ordinary
  ///     text, as they must be in anything a customer wrote.
  /// - Complexity: linear in the text, n log n in its longest word. Texts up to 2 GiB.
  package func encode(_ text: String, addSpecial: Bool, parseSpecial: Bool) -> [Int32] {
    var encoding = Encoding(tokenizer: self, parseSpecial: parseSpecial)
    var text = text
    if addSpecial, addBos, let bos { encoding.output.append(bos) }
    text.withUTF8 { encoding.encode($0) }
    if addSpecial, addEos, let eos { encoding.output.append(eos) }
    return encoding.output
  }

  /// The text that merging sees, or nil when it is the text as given.
  static func normalize(_ text: UnsafeBufferPointer<UInt8>, _ rules: Rules) -> [UInt8]? {
    switch rules.model {
    case .byteLevelBPE:
      guard rules.normalizesNFC, Composition.mayChange(text) else { return nil }
      let composed = String(decoding: text, as: UTF8.self).precomposedStringWithCanonicalMapping
      return Array(composed.utf8)
    case .sentencePieceBPE, .mergesSentencePiece:
      guard rules.spacePrefixScheme == .everyStretch else { return nil }
      return SpaceMark.escape(text, prefix: rules.addSpacePrefix && !text.isEmpty)
    }
  }
}

/// A quick look at whether canonical composition could change a text.
enum Composition {
  /// False when no scalar combines: nothing from U+0300 on but Han, kana and ideographic punctuation
  /// without their marks, general punctuation without its singletons, full-width forms and emoji.
  static func mayChange(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    while index < text.count {
      let first = text[index]
      if first < 0xCC {
        index += 1
        continue
      }
      let (value, length) = scalar(text, at: index)
      switch value {
      case 0x2010...0x2027, 0x2030...0x205E, 0x3001...0x3029, 0x3030...0x3098, 0x309B...0x9FFF,
        0xFF01...0xFFEF, 0x1F300...0x1FAFF:
        index += length
      default: return true
      }
    }
    return false
  }
}

/// One call of `encode`: the ids so far, and buffers that its words share.
struct Encoding {
  let tokenizer: Tokenizer
  let parseSpecial: Bool
  var output: [Int32] = []
  var merger = PieceMerger()
  /// Where the ids of the word in hand begin: unknown tokens fuse within a word.
  var wordStart = 0

  init(tokenizer: Tokenizer, parseSpecial: Bool) {
    self.tokenizer = tokenizer
    self.parseSpecial = parseSpecial
  }

  mutating func encode(_ text: UnsafeBufferPointer<UInt8>) {
    output.reserveCapacity(output.count + text.count / 3 + 2)
    let matcher = tokenizer.matchers.given(special: parseSpecial)
    split(text, matcher) { encoding, stretch, start in
      encoding.encodeStretch(stretch, atBeginning: start == 0)
    }
  }

  /// Appends the tokens that `matcher` finds and hands the text between them on.
  private mutating func split(
    _ text: UnsafeBufferPointer<UInt8>, _ matcher: AddedTokenMatcher,
    _ body: (inout Encoding, UnsafeBufferPointer<UInt8>, Int) -> Void
  ) {
    var start = 0
    if !matcher.isEmpty {
      while let match = matcher.next(in: text, from: start) {
        if match.range.lowerBound > start {
          body(&self, UnsafeBufferPointer(rebasing: text[start..<match.range.lowerBound]), start)
        }
        output.append(match.id)
        start = match.range.upperBound
      }
    }
    if start < text.count { body(&self, UnsafeBufferPointer(rebasing: text[start...]), start) }
  }

  private mutating func encodeStretch(_ text: UnsafeBufferPointer<UInt8>, atBeginning: Bool) {
    let matcher = tokenizer.matchers.normalized(special: parseSpecial)
    let handle = { (encoding: inout Encoding, text: UnsafeBufferPointer<UInt8>) in
      encoding.split(text, matcher) { encoding, part, start in
        encoding.encodePart(part, atBeginning: atBeginning && start == 0)
      }
    }
    if let normalized = Tokenizer.normalize(text, tokenizer.rules) {
      normalized.withUnsafeBufferPointer { handle(&self, $0) }
    } else {
      handle(&self, text)
    }
  }

  private mutating func encodePart(_ text: UnsafeBufferPointer<UInt8>, atBeginning: Bool) {
    let rules = tokenizer.rules
    let beginsWithSpace = text[0] == 0x20 || SpaceMark.isMark(text, 0)
    let scheme = rules.spacePrefixScheme
    let prefix =
      rules.addSpacePrefix
      && (scheme == .everyStretchWithoutSpace || (scheme == .beginning && atBeginning))
    switch rules.model {
    case .byteLevelBPE:
      if prefix, text[0] != 0x20 {
        ([0x20] + Array(text)).withUnsafeBufferPointer { encodeWords($0) }
      } else {
        encodeWords(text)
      }
    case .sentencePieceBPE, .mergesSentencePiece:
      guard scheme != .everyStretch else { return encodeSentence(text) }
      let escaped = SpaceMark.escape(text, prefix: prefix && !beginsWithSpace)
      escaped.withUnsafeBufferPointer { encodeSentence($0) }
    }
  }
}
