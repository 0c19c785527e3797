extension FigureScanner {
  func at(_ index: Int) -> Unicode.Scalar? {
    scalars.indices.contains(index) ? scalars[index] : nil
  }

  func isDigit(_ index: Int) -> Bool { scalars.isDigit(index) }
  func isLetter(_ index: Int) -> Bool { scalars.isLetter(index) }
  func matches(_ text: String, at index: Int) -> Bool { scalars.matches(text, at: index) }
  func word(_ range: Range<Int>) -> String { scalars.text(range).lowercased() }
  func text(_ range: Range<Int>) -> String { scalars.text(range) }

  /// `[F3]`, `[F3, F4]`, `【F3】`, or a bare `F3`.
  func citation(at start: Int) -> Citation? {
    if let open = at(start), "[【(（".unicodeScalars.contains(open) {
      var end = start + 1
      var ids: [String] = []
      while let id = id(at: end) {
        ids.append(id.text)
        end = id.end
        while let scalar = at(end), " ,，、;；".unicodeScalars.contains(scalar) { end += 1 }
      }
      guard !ids.isEmpty, let close = at(end), "]】)）".unicodeScalars.contains(close) else {
        return nil
      }
      return Citation(range: start..<(end + 1), ids: ids)
    }
    guard !isLetter(start - 1), !isDigit(start - 1), let id = id(at: start) else { return nil }
    return Citation(range: start..<id.end, ids: [id.text])
  }

  private func id(at start: Int) -> (text: String, end: Int)? {
    guard at(start) == "F", isDigit(start + 1) else { return nil }
    var end = start + 1
    while isDigit(end) { end += 1 }
    guard end - start <= 5, !isLetter(end), !(at(end) == "." && isDigit(end + 1)) else {
      return nil
    }
    return (scalars.text(start..<end), end)
  }
}

extension [Unicode.Scalar] {
  func isDigit(_ index: Int) -> Bool {
    indices.contains(index) && (0x30...0x39).contains(self[index].value)
  }

  /// Latin only: Chinese has no spaces, so a character beside a digit says nothing.
  func isLetter(_ index: Int) -> Bool {
    guard indices.contains(index) else { return false }
    let value = self[index].value
    return (0x41...0x5A).contains(value) || (0x61...0x7A).contains(value)
      || (0xC0...0x24F).contains(value) && value != 0xD7 && value != 0xF7
  }

  /// Letters in any case.
  func matches(_ text: String, at index: Int) -> Bool {
    var place = index
    for scalar in text.unicodeScalars {
      guard indices.contains(place), self[place].lowered == scalar.lowered else { return false }
      place += 1
    }
    return true
  }

  func text(_ range: Range<Int>) -> String {
    guard range.lowerBound >= 0, range.upperBound <= count else { return "" }
    return String(String.UnicodeScalarView(self[range]))
  }
}

extension Unicode.Scalar {
  fileprivate var lowered: Unicode.Scalar {
    (0x41...0x5A).contains(value) ? Unicode.Scalar(value + 32) ?? self : self
  }
}
