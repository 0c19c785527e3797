/// Cuts a stretch of valid UTF-8 into the words of a ``PreTokenizer``, left to right, in linear time.
///
/// The cases of each pattern are tried in the pattern's order; together they cover every scalar, so
/// the words cover the text without gaps.
struct PreTokenizerScanner {
  let text: UnsafeBufferPointer<UInt8>
  private let kind: PreTokenizer
  private let classes: UnicodeClasses
  private var position = 0
  /// The end of the part between two runs that the pattern takes out first (digits, Han).
  private var partEnd = 0

  init(_ kind: PreTokenizer, _ text: UnsafeBufferPointer<UInt8>) {
    self.kind = kind
    self.text = text
    classes = .shared
  }

  /// The next word, or nil at the end.
  mutating func next() -> Range<Int>? {
    guard position < text.count else { return nil }
    let start = position
    switch kind {
    case .gpt2: position = gpt2(start, text.count)
    case .llama3: position = llama3(start, digits: 3)
    case .qwen2: position = llama3(start, digits: 1)
    case .smollm: position = smollm(start)
    case .deepseek3: position = deepseek3(start)
    }
    return start..<position
  }

  // MARK: Classes

  @inline(__always)
  func classAndLength(_ index: Int) -> (class: UInt8, length: Int) {
    let byte = text[index]
    if byte < 0x80 { return (classes.classes[Int(byte)], 1) }
    let (value, length) = scalar(text, at: index)
    return (classes[value], length)
  }

  /// The end of the run of scalars from `index` that have a class of `mask` (or, inverted, none).
  @inline(__always)
  func run(
    _ index: Int, _ end: Int, _ mask: UInt8, inverted: Bool = false, atMost: Int = .max
  ) -> Int {
    var index = index
    var count = 0
    while index < end, count < atMost {
      let (found, length) = classAndLength(index)
      guard (found & mask != 0) != inverted else { break }
      index += length
      count += 1
    }
    return index
  }

  @inline(__always)
  func isLineEnd(_ index: Int) -> Bool { text[index] == 0x0A || text[index] == 0x0D }

  func lineEnds(_ index: Int, _ end: Int) -> Int {
    var index = index
    while index < end, isLineEnd(index) { index += 1 }
    return index
  }

  // MARK: Shared cases

  /// `\s+(?!\S)|\s+`: a run of whitespace leaves its last scalar to the word that follows.
  func whitespace(_ start: Int, _ end: Int) -> Int {
    var index = start
    var last = start
    while index < end {
      let (found, length) = classAndLength(index)
      guard found & UnicodeClasses.space != 0 else { break }
      last = index
      index += length
    }
    return index == end || last == start ? index : last
  }

  /// `\s*[\r\n]+`: up to the last line end of the run of whitespace; nil without one.
  func throughLineEnd(_ start: Int, _ end: Int) -> Int? {
    var index = start
    var last: Int?
    while index < end {
      let (found, length) = classAndLength(index)
      guard found & UnicodeClasses.space != 0 else { break }
      if isLineEnd(index) { last = index + 1 }
      index += length
    }
    return last
  }

  /// `'s|'t|'re|'ve|'m|'ll|'d`, the apostrophe being at `start`. `anyCase` adds U+017F, the long s,
  /// which folds to s.
  func contraction(_ start: Int, _ end: Int, anyCase: Bool) -> Int? {
    guard start + 1 < end else { return nil }
    func letter(_ index: Int) -> UInt8 {
      guard index < end else { return 0 }
      return anyCase && text[index] < 0x80 ? text[index] | 0x20 : text[index]
    }
    switch (letter(start + 1), letter(start + 2)) {
    case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _),
      (UInt8(ascii: "d"), _):
      return start + 2
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return start + 3
    case (0xC5, 0xBF) where anyCase: return start + 3
    default: return nil
    }
  }

  // MARK: Patterns

  private func gpt2(_ start: Int, _ end: Int) -> Int {
    let letter = UnicodeClasses.letter
    let number = UnicodeClasses.number
    let space = UnicodeClasses.space
    let first = text[start]
    if first == UInt8(ascii: "'"), let word = contraction(start, end, anyCase: false) {
      return word
    }
    let body = first == UInt8(ascii: " ") && start + 1 < end ? start + 1 : start
    let (found, _) = classAndLength(body)
    if found & letter != 0 { return run(body, end, letter) }
    if found & number != 0 { return run(body, end, number) }
    if found & space == 0 { return run(body, end, letter | number | space, inverted: true) }
    return whitespace(start, end)
  }

  private func llama3(_ start: Int, digits: Int) -> Int {
    let letter = UnicodeClasses.letter
    let number = UnicodeClasses.number
    let space = UnicodeClasses.space
    let end = text.count
    let first = text[start]
    if first == UInt8(ascii: "'"), let word = contraction(start, end, anyCase: true) {
      return word
    }
    let (found, length) = classAndLength(start)
    if found & letter != 0 { return run(start, end, letter) }
    if found & number != 0 { return run(start, end, number, atMost: digits) }
    if !isLineEnd(start), start + length < end,
      classAndLength(start + length).class & letter != 0
    {
      return run(start + length, end, letter)
    }
    let body = first == UInt8(ascii: " ") && start + 1 < end ? start + 1 : start
    if classAndLength(body).class & (letter | number | space) == 0 {
      return lineEnds(run(body, end, letter | number | space, inverted: true), end)
    }
    return throughLineEnd(start, end) ?? whitespace(start, end)
  }

  private mutating func smollm(_ start: Int) -> Int {
    let (found, length) = classAndLength(start)
    if found & UnicodeClasses.number != 0 { return start + length }
    if start >= partEnd { partEnd = run(start, text.count, UnicodeClasses.number, inverted: true) }
    return gpt2(start, partEnd)
  }

  private mutating func deepseek3(_ start: Int) -> Int {
    let number = UnicodeClasses.number
    if classAndLength(start).class & number != 0 {
      return run(start, text.count, number, atMost: 3)
    }
    let han = hanRun(start)
    if han > start { return han }
    if start >= partEnd {
      partEnd = start
      while partEnd < text.count, hanRun(partEnd, atMost: 1) == partEnd {
        let (found, length) = classAndLength(partEnd)
        guard found & number == 0 else { break }
        partEnd += length
      }
    }
    // Scalars that no case matches stay together as one word of their own.
    var unmatched = start
    while unmatched < partEnd {
      if let word = deepseekWord(unmatched, partEnd) { return unmatched > start ? unmatched : word }
      unmatched += classAndLength(unmatched).length
    }
    return partEnd
  }

  /// `[一-龥぀-ゟ゠-ヿ]+`
  private func hanRun(_ start: Int, atMost: Int = .max) -> Int {
    var index = start
    var count = 0
    while index < text.count, text[index] >= 0xE3, count < atMost {
      let (value, length) = scalar(text, at: index)
      guard (0x4E00...0x9FA5).contains(value) || (0x3040...0x30FF).contains(value) else { break }
      index += length
      count += 1
    }
    return index
  }

  private func deepseekWord(_ start: Int, _ end: Int) -> Int? {
    let word = UnicodeClasses.letter | UnicodeClasses.mark
    let sign = UnicodeClasses.punctuation | UnicodeClasses.symbol
    func isLetter(_ index: Int) -> Bool {
      index < end && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[index] | 0x20)
    }
    let (found, length) = classAndLength(start)
    if text[start] < 0x80, found & sign != 0, isLetter(start + 1) {
      var index = start + 1
      while isLetter(index) { index += 1 }
      return index
    }
    if found & UnicodeClasses.letter != 0 { return run(start, end, word) }
    if found & sign == 0, !isLineEnd(start) {
      let after = run(start + length, end, word)
      if after > start + length { return after }
      if found & UnicodeClasses.mark != 0 { return start + length }
    }
    let body = text[start] == UInt8(ascii: " ") && start + 1 < end ? start + 1 : start
    if classAndLength(body).class & sign != 0 { return lineEnds(run(body, end, sign), end) }
    guard found & UnicodeClasses.space != 0 else { return nil }
    return throughLineEnd(start, end) ?? whitespace(start, end)
  }
}
