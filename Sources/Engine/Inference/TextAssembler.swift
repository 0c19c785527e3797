/// Turns an answer's tokens into pieces of text: whole characters, whole tokens, no stop string.
///
/// Bytes are held back while they might become part of a character or of a stop string. Pieces end
/// at the ends of tokens, so that a piece's text is the text of its tokens; only the last one may
/// be shorter, cut before a stop string. At most one token and one stop string are held back.
struct TextAssembler {
  struct Piece: Equatable {
    var text: String
    var tokens: [TokenLogprob]
  }

  private let stops: [[UInt8]]
  private var pending: [UInt8] = []
  /// For each held token, where it ends in `pending`.
  private var ends: [Int] = []
  private var tokens: [TokenLogprob] = []
  private(set) var isStopped = false
  /// The stop string that was found.
  private(set) var found: String?

  init(stop: [String]) {
    stops = stop.map { Array($0.utf8) }.filter { !$0.isEmpty }
  }

  /// Adds a token's bytes; gives what can be told. `isStopped` says if a stop string was found.
  mutating func append(_ bytes: [UInt8], token: TokenLogprob? = nil) -> Piece? {
    precondition(!isStopped)
    pending += bytes
    ends.append(pending.count)
    if let token { tokens.append(token) }
    if let start = firstStop() {
      isStopped = true
      let stop = stops.first { pending[start...].starts(with: $0) }
      found = stop.map { String(decoding: $0, as: UTF8.self) }
      return flush(stoppingAt: start)
    }
    let limit = pending.count - heldBack()
    guard let place = ends.lastIndex(where: { $0 <= limit && isWhole($0) }) else { return nil }
    return take(tokens: place + 1, bytes: ends[place])
  }

  /// The rest, at the end of an answer: an incomplete character shows as U+FFFD.
  mutating func finish() -> Piece? {
    guard !isStopped else { return nil }
    return flush(stoppingAt: pending.count)
  }

  private mutating func flush(stoppingAt end: Int) -> Piece? {
    // A token belongs to the text if it begins before its end, or has no bytes and stands at it.
    var count = 0
    var start = 0
    for tokenEnd in ends {
      guard start < end || (tokenEnd == start && start <= end) else { break }
      count += 1
      start = tokenEnd
    }
    return take(tokens: count, bytes: end)
  }

  private mutating func take(tokens count: Int, bytes: Int) -> Piece? {
    let text = String(decoding: pending[..<bytes], as: UTF8.self)
    let taken = tokens.isEmpty ? [] : Array(tokens.prefix(count))
    pending.removeFirst(bytes)
    ends.removeFirst(count)
    for place in ends.indices { ends[place] -= bytes }
    tokens.removeFirst(taken.count)
    return text.isEmpty && taken.isEmpty ? nil : Piece(text: text, tokens: taken)
  }

  /// Where the first stop string begins.
  private func firstStop() -> Int? {
    var first: Int?
    for stop in stops where stop.count <= pending.count {
      let last = min(pending.count - stop.count, (first ?? Int.max))
      for start in 0...last where pending[start...].starts(with: stop) {
        first = start
        break
      }
    }
    return first
  }

  /// How many bytes at the end might begin a stop string.
  private func heldBack() -> Int {
    var longest = 0
    for stop in stops {
      for length in stride(from: min(stop.count - 1, pending.count), to: longest, by: -1)
      where pending.suffix(length).elementsEqual(stop.prefix(length)) {
        longest = length
        break
      }
    }
    return longest
  }

  /// Whether no character is cut at this offset.
  private func isWhole(_ offset: Int) -> Bool {
    var start = offset - 1
    while start >= 0, offset - start < 4, pending[start] & 0xc0 == 0x80 { start -= 1 }
    guard start >= 0 else { return true }
    let length =
      switch pending[start] {
      case 0xc2...0xdf: 2
      case 0xe0...0xef: 3
      case 0xf0...0xf4: 4
      default: 1
      }
    return offset - start >= length
  }
}
