extension Encoding {
  /// Byte-level BPE: each word of the pre-tokenizer, from its bytes up.
  mutating func encodeWords(_ text: UnsafeBufferPointer<UInt8>) {
    var scanner = PreTokenizerScanner(tokenizer.rules.preTokenizer, text)
    let ranking = MergeRanking(table: tokenizer.merges)
    let ignoresMerges = tokenizer.rules.ignoresMerges
    while let word = scanner.next() {
      if ignoresMerges,
        let whole = tokenizer.texts.find(UnsafeBufferPointer(rebasing: text[word]))
      {
        output.append(whole)
        continue
      }
      wordStart = output.count
      merger.symbols.removeAll(keepingCapacity: true)
      for index in word {
        let id = tokenizer.byteTokens[Int(text[index])]
        if id >= 0 {
          merger.symbols.append(Symbol(start: index, length: 1, id: id))
        } else {
          appendUnknownSymbol(start: index, length: 1)
        }
      }
      mergeAndEmit(ranking)
    }
  }

  /// SentencePiece: the whole stretch is one word; it is cut where no piece can reach across.
  mutating func encodeSentence(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    var index = 0
    wordStart = output.count
    while index < text.count {
      let isWord = tokenizer.rules.splitsAtSpaces && SpaceMark.isMark(text, index)
      if index > start, isWord || tokenizer.cuts?.isCut(text, index) ?? false {
        encodeSentencePart(text, start..<index)
        start = index
        if isWord { wordStart = output.count }
      }
      index += scalar(text, at: index).length
    }
    if start < text.count { encodeSentencePart(text, start..<text.count) }
  }

  private mutating func encodeSentencePart(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) {
    merger.symbols.removeAll(keepingCapacity: true)
    var index = range.lowerBound
    let byScore = tokenizer.rules.model == .sentencePieceBPE
    while index < range.upperBound {
      let length = scalar(text, at: index).length
      let character = UnsafeBufferPointer(rebasing: text[index..<index + length])
      if let id = tokenizer.pieces.find(character) {
        merger.symbols.append(Symbol(start: index, length: length, id: id))
      } else if byScore {
        // Two characters outside the vocabulary may still merge into a piece; bytes come last.
        merger.symbols.append(Symbol(start: index, length: length, id: -1))
      } else {
        appendByteSymbols(text, index..<index + length)
      }
      index += length
    }
    if byScore {
      merger.merge(
        ScoreRanking(pieces: tokenizer.pieces, ranks: tokenizer.scoreRanks, text: text))
      spellOutUnknown(text)
      emit()
    } else {
      mergeAndEmit(MergeRanking(table: tokenizer.merges))
    }
  }

  /// Byte tokens for a character outside the vocabulary, or one unknown token when any is missing.
  private mutating func appendByteSymbols(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) {
    if range.allSatisfy({ tokenizer.byteTokens[Int(text[$0])] >= 0 }) {
      for index in range {
        let id = tokenizer.byteTokens[Int(text[index])]
        merger.symbols.append(Symbol(start: index, length: 1, id: id))
      }
    } else {
      appendUnknownSymbol(start: range.lowerBound, length: range.count)
    }
  }

  private mutating func appendUnknownSymbol(start: Int, length: Int) {
    guard let unknown = tokenizer.rules.unknown else { return }
    merger.symbols.append(Symbol(start: start, length: length, id: unknown))
  }

  private mutating func spellOutUnknown(_ text: UnsafeBufferPointer<UInt8>) {
    guard merger.symbols.contains(where: { $0.id < 0 }) else { return }
    let symbols = merger.symbols
    merger.symbols.removeAll(keepingCapacity: true)
    for symbol in symbols {
      if symbol.id >= 0 {
        merger.symbols.append(symbol)
      } else {
        appendByteSymbols(text, symbol.start..<symbol.start + symbol.length)
      }
    }
  }

  @inline(__always)
  private mutating func mergeAndEmit(_ ranking: MergeRanking) {
    merger.merge(ranking)
    emit()
  }

  private mutating func emit() {
    let unknown = tokenizer.rules.fusesUnknown ? tokenizer.rules.unknown : nil
    for symbol in merger.symbols {
      if let unknown, symbol.id == unknown, output.count > wordStart, output.last == unknown {
        continue
      }
      output.append(symbol.id)
    }
  }
}
