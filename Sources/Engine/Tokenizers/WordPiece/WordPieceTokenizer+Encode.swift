extension WordPieceTokenizer {
  /// Token ids of a text between the opening and the closing token.
  ///
  /// - Parameters:
  ///   - parseSpecial: takes `[SEP]` and the like for the token; otherwise they are ordinary text, as
  ///     they must be in anything a customer wrote.
  ///   - limit: the most tokens, opening and closing included, at least 2; what is beyond is cut off.
  /// - Complexity: linear in the text, up to the limit's words.
  package func encode(_ text: String, parseSpecial: Bool = false, limit: Int = .max) -> [Int32] {
    precondition(limit >= 2, "no room for the opening and the closing token")
    var encoding = WordPieceEncoding(self, limit: limit - 1)
    var text = text
    text.withUTF8 { bytes in
      guard parseSpecial, !matcher.isEmpty else { return encoding.encode(bytes) }
      var start = 0
      while let match = matcher.next(in: bytes, from: start) {
        encoding.encode(UnsafeBufferPointer(rebasing: bytes[start..<match.range.lowerBound]))
        encoding.append(match.id)
        start = match.range.upperBound
      }
      encoding.encode(UnsafeBufferPointer(rebasing: bytes[start...]))
    }
    return encoding.output.prefix(limit - 1) + [closing]
  }
}

/// One call of `encode`: the ids so far, and the word in hand.
private struct WordPieceEncoding {
  let tokenizer: WordPieceTokenizer
  let limit: Int
  var output: [Int32] = []
  /// The word's bytes, and how many characters they are.
  private var word: [UInt8] = []
  private var characters = 0

  init(_ tokenizer: WordPieceTokenizer, limit: Int) {
    self.tokenizer = tokenizer
    self.limit = limit
    output.append(tokenizer.opening)
  }

  mutating func append(_ token: Int32) { output.append(token) }

  mutating func encode(_ text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while index < text.count, output.count < limit {
      let (value, length) = scalar(text, at: index)
      index += length
      tokenizer.characters.forEach(of: value) { scalar, kind in take(scalar, kind) }
    }
    endWord()
  }

  @inline(__always)
  private mutating func take(_ scalar: UInt32, _ kind: BertCharacters.Kind) {
    switch kind {
    case .word: put(scalar)
    case .space: endWord()
    case .alone:
      endWord()
      put(scalar)
      endWord()
    case .dropped: break
    }
  }

  @inline(__always)
  private mutating func put(_ scalar: UInt32) {
    characters += 1
    // A word over the limit is unknown whatever else it holds.
    guard characters <= tokenizer.maximumWordLength else { return }
    if scalar < 0x80 {
      word.append(UInt8(scalar))
    } else if let scalar = Unicode.Scalar(scalar) {
      word.append(contentsOf: UTF8.encode(scalar)!)
    }
  }

  private mutating func endWord() {
    guard characters > 0 else { return }
    if characters > tokenizer.maximumWordLength || !split() { output.append(tokenizer.unknown) }
    word.removeAll(keepingCapacity: true)
    characters = 0
  }

  /// Appends the word's pieces, the longest first; false, and nothing appended, when there are none
  /// for a part of it.
  private mutating func split() -> Bool {
    let before = output.count
    let pieces = tokenizer
    let word = word
    let isWhole = word.withUnsafeBufferPointer { word in
      var start = 0
      while start < word.count {
        var end = min(word.count, start + pieces.longestPiece)
        var found: Int32?
        while end > start {
          let part = UnsafeBufferPointer(rebasing: word[start..<end])
          if start == 0 {
            found = pieces.begin.find(part).map { pieces.beginIds[Int($0)] }
          } else {
            found = pieces.inside.find(part).map { pieces.insideIds[Int($0)] }
          }
          if found != nil { break }
          end -= 1
        }
        guard let found else { return false }
        output.append(found)
        start = end
      }
      return true
    }
    if !isWhole { output.removeSubrange(before...) }
    return isWhole
  }
}
