// A checked description turned into the tables that encoding and decoding read.
extension TokenizerDescription {
  /// Lengths, ids and scores that fit together.
  func validate() throws(TokenizerError) {
    guard !tokens.isEmpty else {
      throw TokenizerError(.malformed, field: "tokens", "the vocabulary is empty")
    }
    guard tokens.count <= Self.maximumTokens else {
      throw TokenizerError(
        .tooLarge, field: "tokens", "\(tokens.count) pieces, more than \(Self.maximumTokens)")
    }
    guard types.isEmpty || types.count == tokens.count else {
      throw TokenizerError(
        .inconsistent, field: "types", "\(types.count) types for \(tokens.count) tokens")
    }
    if model == .sentencePieceBPE {
      guard scores.count == tokens.count else {
        throw TokenizerError(
          .inconsistent, field: "scores", "\(scores.count) scores for \(tokens.count) tokens")
      }
      if let bad = scores.firstIndex(where: \.isNaN) {
        throw TokenizerError(
          .malformed, field: "scores", "the score of token \(bad) is not a number")
      }
    }
    var ids = [("bos", bos), ("eos", eos), ("unknown", unknown), ("padding", padding)]
    ids += endOfGeneration.map { ("endOfGeneration", $0) }
    ids += (addedTokens ?? []).map { ("addedTokens", $0.id) }
    for case (let field, let id?) in ids where id < 0 || id >= tokens.count {
      throw TokenizerError(
        .inconsistent, field: field, "id \(id) is outside the vocabulary of \(tokens.count) tokens")
    }
    if addBos, bos == nil { throw TokenizerError(.inconsistent, field: "bos", Self.missing) }
    if addEos, eos == nil { throw TokenizerError(.inconsistent, field: "eos", Self.missing) }
  }

  private static let missing = "missing, although it is to be added to every text"

  /// Added tokens as types tell them: control and unknown ones are special.
  func addedTokensByType() -> [AddedToken] {
    var added: [AddedToken] = []
    for (index, type) in types.enumerated() {
      switch type {
      case .control, .unknown: added.append(AddedToken(id: Int32(index), special: true))
      case .userDefined: added.append(AddedToken(id: Int32(index), special: false))
      case .normal, .unused, .byte: break
      }
    }
    return added
  }

  func pieceTable() throws(TokenizerError) -> PieceTable {
    var table = PieceTable(capacity: tokens.count)
    var total = 0
    for (index, token) in tokens.enumerated() {
      var token = token
      total += token.utf8.count
      guard total < Int(UInt32.max) else {
        throw TokenizerError(.tooLarge, field: "tokens", "the pieces together exceed 4 GiB")
      }
      if let same = token.withUTF8({ table.append($0) }) {
        throw TokenizerError(
          .inconsistent, field: "tokens",
          "tokens \(same) and \(index) are both '\(token.prefix(80))'")
      }
    }
    return table
  }

  /// The bytes each token stands for in text.
  ///
  /// - Parameter added: tokens that stand for their spelling.
  func textTable(added: [AddedToken]) -> PieceTable {
    var areAdded = [Bool](repeating: false, count: tokens.count)
    for token in added { areAdded[Int(token.id)] = true }
    var table = PieceTable(capacity: tokens.count, findable: ignoresMerges ? tokens.count : 0)
    var bytes: [UInt8] = []
    for (index, token) in tokens.enumerated() {
      var token = token
      bytes.removeAll(keepingCapacity: true)
      let isAdded = areAdded[index]
      token.withUTF8 { appendText(of: $0, isAdded: isAdded, to: &bytes) }
      _ = bytes.withUnsafeBufferPointer { table.append($0, findable: ignoresMerges && !isAdded) }
    }
    return table
  }

  private func appendText(
    of piece: UnsafeBufferPointer<UInt8>, isAdded: Bool, to bytes: inout [UInt8]
  ) {
    switch model {
    case .byteLevelBPE:
      if isAdded || !ByteSpelling.decode(piece, into: &bytes) { bytes.append(contentsOf: piece) }
    case .sentencePieceBPE, .mergesSentencePiece:
      if !isAdded, let byte = SpaceMark.byte(piece) {
        bytes.append(byte)
      } else {
        SpaceMark.unescape(piece, into: &bytes)
      }
    }
  }

  /// The token of each byte, or -1.
  func byteTokens(_ pieces: PieceTable) -> [Int32] {
    (0..<256).map { value in
      let byte = UInt8(value)
      guard model != .byteLevelBPE else { return pieces.find(ByteSpelling.piece(byte)) ?? -1 }
      let hex = String(byte, radix: 16, uppercase: true)
      return pieces.find("<0x\(byte < 16 ? "0" : "")\(hex)>") ?? -1
    }
  }

  /// Ranks by score: the best is 0, equal scores are equal.
  func scoreRanks() -> [UInt32] {
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    var ranks = [UInt32](repeating: 0, count: scores.count)
    var rank: UInt32 = 0
    for (place, index) in order.enumerated() {
      if place > 0, scores[order[place - 1]] != scores[index] { rank += 1 }
      ranks[index] = rank
    }
    return ranks
  }
}
