extension GrammarTables {
  /// Which tokens' bytes fit after a state. Tokens that end the answer are not in it.
  mutating func mask(_ state: Int32, _ vocabulary: GrammarVocabulary) -> TokenMask {
    var mask = TokenMask(count: vocabulary.size)
    walk(vocabulary.other, from: state, into: &mask)
    if let length = plainLength(state) {
      mask.formUnion(vocabulary.plainByLength[length])
    } else {
      walk(vocabulary.plain, from: state, into: &mask)
    }
    return mask
  }

  /// How many characters of plain text fit, whichever they are, at most `PlainText.maximumLength`,
  /// and no more than that; nil when it depends on which.
  private mutating func plainLength(_ state: Int32) -> Int? {
    var place = state
    for length in 0..<PlainText.maximumLength {
      switch plainStep(place) {
      case .none: return length
      case .mixed: return nil
      case .to(let target): place = target
      }
    }
    return PlainText.maximumLength
  }

  private mutating func walk(_ trie: TokenTrie, from state: Int32, into mask: inout TokenMask) {
    // Where each byte of the path led.
    var path = [Int32](repeating: Self.dead, count: trie.depth + 1)
    path[0] = state
    var place = 0
    while place < trie.nodes.count, !isExhausted {
      let node = trie.nodes[place]
      let target = step(path[Int(node.depth)], node.byte)
      if target == Self.dead {
        place = Int(node.end)
        continue
      }
      path[Int(node.depth) + 1] = target
      for index in 0..<Int(node.tokenCount) {
        mask.insert(trie.tokens[Int(node.firstToken) + index])
      }
      place += 1
    }
  }
}
