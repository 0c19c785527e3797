import Testing

@testable import Inference

struct TextAssemblerTests {
  private func token(_ bytes: [UInt8], _ id: Int32 = 0) -> TokenLogprob {
    TokenLogprob(
      token: id, text: String(decoding: bytes, as: UTF8.self), bytes: bytes, logprob: -1, top: [])
  }

  /// Feeds tokens; gives the pieces, the rest included.
  private func run(
    _ tokens: [[UInt8]], stop: [String] = []
  ) -> (pieces: [TextAssembler.Piece], stopped: Bool, used: Int) {
    var assembler = TextAssembler(stop: stop)
    var pieces: [TextAssembler.Piece] = []
    for (index, bytes) in tokens.enumerated() {
      if let piece = assembler.append(bytes, token: token(bytes, Int32(index))) {
        pieces.append(piece)
      }
      if assembler.isStopped { return (pieces, true, index + 1) }
    }
    if let piece = assembler.finish() { pieces.append(piece) }
    return (pieces, false, tokens.count)
  }

  private func run(_ tokens: [String], stop: [String] = []) -> (text: String, stopped: Bool) {
    let result = run(tokens.map { Array($0.utf8) }, stop: stop)
    return (result.pieces.map(\.text).joined(), result.stopped)
  }

  @Test(
    arguments: [
      (["ab", "cd"], ["x"], "abcd", false),
      (["abSTOPcd"], ["STOP"], "ab", true),
      (["ab", "ST", "OP", "cd"], ["STOP"], "ab", true),
      (["ab", "ST", "OX", "cd"], ["STOP"], "abSTOXcd", false),
      (["a", "ST"], ["STOP"], "aST", false),
      (["SSTOP"], ["STOP"], "S", true),
      (["a", "a", "a", "b"], ["aab"], "a", true),
      (["xyz"], ["yz", "xy"], "", true),
      (["one two"], ["two", "ne"], "o", true),
      (["你", "好", "。"], ["好。"], "你", true),
      (["a\n", "\nb"], ["\n\n"], "a", true),
      ([], ["x"], "", false),
    ] as [([String], [String], String, Bool)])
  func `a stop string ends the text and is not part of it`(
    tokens: [String], stop: [String], text: String, stopped: Bool
  ) {
    let result = run(tokens, stop: stop)
    #expect(result.text == text)
    #expect(result.stopped == stopped)
  }

  @Test func `text that might begin a stop string is held back, no more`() {
    var assembler = TextAssembler(stop: ["END"])
    #expect(assembler.append(Array("a".utf8))?.text == "a")
    #expect(assembler.append(Array("E".utf8)) == nil)
    #expect(assembler.append(Array("N".utf8)) == nil)
    #expect(assembler.append(Array("x".utf8))?.text == "ENx")
    #expect(assembler.finish() == nil)
  }

  @Test func `a piece never holds half a character`() {
    let bytes = Array("a☃😀é".utf8)
    let pieces = run(bytes.map { [$0] }).pieces
    #expect(pieces.map(\.text) == ["a", "☃", "😀", "é"])
    #expect(pieces.map(\.tokens.count) == [1, 3, 4, 2])
  }

  @Test func `a character cut short at the end shows as a replacement`() {
    #expect(run([[0x61], [0xe2, 0x98]]).pieces.map(\.text) == ["a", "\u{fffd}"])
    #expect(run([[0xff], [0x62]]).pieces.map(\.text) == ["\u{fffd}", "b"])
    #expect(run([[0xe2], [0x62]]).pieces.map(\.text).joined() == "\u{fffd}b")
  }

  @Test func `tokens of a stop string are left out, one that begins before it stays`() {
    let result = run(["ab", "cS", "TOP", "d"].map { Array($0.utf8) }, stop: ["STOP"])
    #expect(result.pieces.map(\.text).joined() == "abc")
    #expect(result.pieces.flatMap(\.tokens).map(\.text) == ["ab", "cS"])
  }

  @Test func `control tokens have no bytes but are told`() {
    let result = run([[0x61], [], [0x62]])
    #expect(result.pieces.flatMap(\.tokens).count == 3)
    #expect(result.pieces.map(\.text).joined() == "ab")
    var assembler = TextAssembler(stop: [])
    #expect(assembler.append([]) == nil)
  }

  @Test(arguments: 0..<200)
  func `any cut into tokens gives the same text, and pieces are the text of their tokens`(
    seed: Int
  ) throws {
    var random = SplitMix(seed: UInt64(seed))
    let alphabet = ["a", "b", "ab", "é", "☃", "😀", "\n", " "]
    let text = (0..<30).map { _ in alphabet.randomElement(using: &random) ?? "" }.joined()
    let stop = (0..<Int.random(in: 0...2, using: &random)).map { _ in
      (0..<Int.random(in: 1...3, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? ""
      }.joined()
    }
    var tokens: [[UInt8]] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...5, using: &random)
      tokens.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    let result = run(tokens, stop: stop)
    // The text before the first stop string that is complete once enough tokens are there.
    let seen = tokens.prefix(result.used).flatMap { $0 }
    let cut = stop.compactMap { find(Array($0.utf8), in: seen) }.min()
    #expect(result.stopped == (cut != nil))
    let told = String(decoding: seen[..<(cut ?? seen.count)], as: UTF8.self)
    #expect(result.pieces.map(\.text).joined() == told)
    if result.stopped {
      let before = tokens.prefix(result.used - 1).flatMap { $0 }
      #expect(stop.allSatisfy { find(Array($0.utf8), in: before) == nil })
    }
    for piece in result.pieces.dropLast() {
      #expect(piece.text == String(decoding: piece.tokens.flatMap(\.bytes), as: UTF8.self))
    }
    if let last = result.pieces.last {
      #expect(
        String(decoding: last.tokens.flatMap(\.bytes), as: UTF8.self).utf8.starts(
          with: last.text.utf8))
    }
  }

  private func find(_ needle: [UInt8], in bytes: [UInt8]) -> Int? {
    guard needle.count <= bytes.count else { return nil }
    return (0...(bytes.count - needle.count)).first { bytes[$0...].starts(with: needle) }
  }
}
