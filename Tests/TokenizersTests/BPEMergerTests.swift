import Testing

@testable import Tokenizers

@Suite struct BPEMergerTests {
  /// The definition: look for the best pair again after each merge.
  private func naive(_ ids: [Int32], _ table: MergeTable) -> [Int32] {
    var ids = ids
    while true {
      var best: (rank: UInt32, index: Int, id: Int32)?
      for index in ids.indices.dropLast() {
        let merge = table.find(ids[index], ids[index + 1])
        if merge.rank < best?.rank ?? .max { best = (merge.rank, index, merge.id) }
      }
      guard let best else { return ids }
      ids.replaceSubrange(best.index...best.index + 1, with: [best.id])
    }
  }

  /// A vocabulary over three letters with random merges, so that they compete.
  private func randomTable(_ generator: inout SeededGenerator) throws -> MergeTable {
    var tokens = ["a", "b", "c"]
    var merges: [String] = []
    for _ in 0..<40 {
      guard let left = tokens.randomElement(using: &generator),
        let right = tokens.randomElement(using: &generator), left.count + right.count < 12
      else { continue }
      if !tokens.contains(left + right) { tokens.append(left + right) }
      if !merges.contains("\(left) \(right)") { merges.append("\(left) \(right)") }
    }
    let pieces = try TokenizerDescription(model: .byteLevelBPE, tokens: tokens).pieceTable()
    return try MergeTable(merges, pieces: pieces)
  }

  @Test("short and long words merge as the definition says", arguments: [7, 39, 40, 41, 90])
  func mergesAsDefined(length: Int) throws {
    var generator = SeededGenerator(state: UInt64(length))
    for _ in 0..<40 {
      let table = try randomTable(&generator)
      let ids = (0..<length).map { _ in Int32.random(in: 0...2, using: &generator) }
      var merger = PieceMerger()
      merger.symbols = ids.enumerated().map { Symbol(start: $0, length: 1, id: $1) }
      merger.merge(MergeRanking(table: table))
      #expect(merger.symbols.map(\.id) == naive(ids, table))
      #expect(merger.symbols.reduce(0) { $0 + $1.length } == length)
    }
  }

  @Test("merges mean the same in whatever order the vocabulary lists their pieces")
  func orderOfPieces() throws {
    var generator = SeededGenerator(state: 3)
    let merges = ["a b", "b c", "ab c", "a bc", "abc abc", "c c", "ab ab"]
    let tokens = ["a", "b", "c"] + ["ab", "bc", "abc", "abcabc", "cc", "abab"]
    for round in 0..<20 {
      let order = round == 0 ? tokens : tokens.shuffled(using: &generator)
      let pieces = try TokenizerDescription(model: .byteLevelBPE, tokens: order).pieceTable()
      let table = try MergeTable(merges, pieces: pieces)
      for (rank, merge) in merges.enumerated() {
        let parts = merge.split(separator: " ").compactMap { pieces.find(String($0)) }
        let found = table.find(parts[0], parts[1])
        #expect(found.rank == UInt32(rank))
        #expect(found.id == pieces.find(merge.filter { $0 != " " }))
      }
    }
  }

  @Test("pieces are told apart by any byte, and by their length", arguments: 1...20)
  func pieces(length: Int) {
    var table = PieceTable(capacity: 2 * length + 2)
    let base = [UInt8](repeating: 7, count: length)
    var all = [base, base + [7]]
    for index in 0..<length {
      for byte in [UInt8(6), 0] {
        all.append(base)
        all[all.count - 1][index] = byte
      }
    }
    for piece in all { #expect(piece.withUnsafeBufferPointer { table.append($0) } == nil) }
    for (id, piece) in all.enumerated() {
      #expect(piece.withUnsafeBufferPointer { table.find($0) } == Int32(id))
      for cut in 0...piece.count {
        let isPiece = piece[..<cut].withUnsafeBufferPointer { left in
          piece[cut...].withUnsafeBufferPointer { table.piece(id, is: left, $0) }
        }
        #expect(isPiece)
      }
    }
  }

  @Test("one endless word costs a bounded number of steps a byte", arguments: ["smollm", "gemma"])
  func endlessWord(name: String) throws {
    let tokenizer = try TokenizerFixture.tokenizer(name)
    let length = 1 << 20
    var text = String(repeating: "a", count: length)
    var encoding = Encoding(tokenizer: tokenizer, parseSpecial: true)
    text.withUTF8 { encoding.encode($0) }
    let total = encoding.output.reduce(0) { $0 + tokenizer.bytes(of: $1).count }
    #expect(total == length)
    // Each merge removes a symbol and adds at most two candidates, each handled twice.
    #expect(encoding.merger.heapSteps <= 6 * length)
  }

  @Test("cutting sentences where no piece reaches across does not change the ids")
  func cutsAreExact() throws {
    let tokenizer = try Tokenizer(TokenizerFixture.scores().description(prefix: false))
    var generator = SeededGenerator(state: 9)
    var cuts = 0
    for _ in 0..<150 {
      let text = generator.string(maximumLength: 60) + " the time of day"
      let bytes = Array(text.utf8).withUnsafeBufferPointer { SpaceMark.escape($0, prefix: false) }
      let whole = bytes.withUnsafeBufferPointer { Self.mergeUncut($0, tokenizer) }
      let ids = tokenizer.encode(text, addSpecial: false, parseSpecial: false)
      // Characters alone are -1 in the uncut merge; the pieces of several are what cuts could break.
      let pieces = ids.filter { tokenizer.text(of: $0).unicodeScalars.count > 1 }
      #expect(pieces.filter { tokenizer.byteTokens.firstIndex(of: $0) == nil } == whole.ids)
      cuts += whole.cuts
    }
    #expect(cuts > 1000)
  }

  private static func mergeUncut(
    _ bytes: UnsafeBufferPointer<UInt8>, _ tokenizer: Tokenizer
  ) -> (ids: [Int32], cuts: Int) {
    var merger = PieceMerger()
    var index = 0
    var cuts = 0
    while index < bytes.count {
      let length = scalar(bytes, at: index).length
      merger.symbols.append(Symbol(start: index, length: length, id: -1))
      if index > 0, tokenizer.cuts?.isCut(bytes, index) == true { cuts += 1 }
      index += length
    }
    merger.merge(ScoreRanking(pieces: tokenizer.pieces, ranks: tokenizer.scoreRanks, text: bytes))
    return (merger.symbols.map(\.id).filter { $0 >= 0 }, cuts)
  }
}
