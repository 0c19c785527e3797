import Yams

/// A file's text with the place of each of its values, by the marks that the parser gives and what
/// YAML says of where values end. Edits are checked by reading again, so a place that was found wrong
/// is refused, never written.
struct PlanSource {
  let scalars: [Unicode.Scalar]
  /// Offset of the first character of each line.
  private let lines: [Int]

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    var lines = [0]
    for (index, scalar) in scalars.enumerated() {
      let isPair = scalar == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
      if Self.isBreak(scalar), !isPair { lines.append(index + 1) }
    }
    self.lines = lines
  }

  /// As the parser counts lines.
  static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r" || scalar == "\u{85}" || scalar == "\u{2028}"
      || scalar == "\u{2029}"
  }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

  subscript(_ offset: Int) -> Unicode.Scalar? {
    scalars.indices.contains(offset) ? scalars[offset] : nil
  }

  func start(of node: Node) -> Int? {
    guard let mark = node.mark, lines.indices.contains(mark.line - 1) else { return nil }
    let offset = lines[mark.line - 1] + mark.column - 1
    return offset <= scalars.count ? offset : nil
  }

  func isFlow(_ node: Node) -> Bool {
    guard node.scalar == nil, let start = start(of: node) else { return false }
    return self[start] == "{" || self[start] == "["
  }

  /// Offset of the line's first character.
  func lineStart(_ offset: Int) -> Int {
    var offset = offset
    while offset > 0, !Self.isBreak(scalars[offset - 1]) { offset -= 1 }
    return offset
  }

  /// Offset of the line's break, or of the text's end.
  func lineEnd(_ offset: Int) -> Int {
    var offset = offset
    while offset < scalars.count, !Self.isBreak(scalars[offset]) { offset += 1 }
    return offset
  }

  func column(_ offset: Int) -> Int { offset - lineStart(offset) }

  /// Only spaces stand before it on its line.
  func isFirst(_ offset: Int) -> Bool {
    scalars[lineStart(offset)..<offset].allSatisfy { Self.isSpace($0) }
  }

  /// Behind the last character of a value; nil when it cannot be told.
  func end(of node: Node) -> Int? {
    guard let start = start(of: node) else { return nil }
    switch node {
    case .scalar(let scalar): return end(of: scalar, start)
    case .alias: return nil
    case .sequence(let sequence):
      let last = sequence.last.flatMap { end(of: $0) }
      return isFlow(node) ? close(after: last ?? start + 1, "]") : last
    case .mapping(let mapping):
      let last = Array(mapping).last.flatMap { end(of: $0.value) ?? end(of: $0.key) }
      return isFlow(node) ? close(after: last ?? start + 1, "}") : last
    }
  }

  /// Behind the bracket that closes a flow collection.
  private func close(after offset: Int, _ bracket: Unicode.Scalar) -> Int? {
    var offset = offset
    while let scalar = self[offset] {
      if scalar == bracket { return offset + 1 }
      if scalar == "#", offset > 0, Self.isSpace(scalars[offset - 1]) {
        offset = lineEnd(offset)
      } else if Self.isSpace(scalar) || Self.isBreak(scalar) || scalar == "," || scalar == ":" {
        offset += 1
      } else {
        return nil
      }
    }
    return nil
  }

  private func end(of scalar: Node.Scalar, _ start: Int) -> Int? {
    switch scalar.style {
    case .doubleQuoted: return quoteEnd(start, "\"")
    case .singleQuoted: return quoteEnd(start, "'")
    case .literal, .folded: return blockEnd(start)
    case .plain, .any: return plainEnd(scalar.string, start)
    }
  }

  private func quoteEnd(_ start: Int, _ quote: Unicode.Scalar) -> Int? {
    guard self[start] == quote else { return nil }
    var offset = start + 1
    while let scalar = self[offset] {
      if scalar == "\\", quote == "\"" {
        offset += 2
      } else if scalar == quote {
        guard quote == "'", self[offset + 1] == "'" else { return offset + 1 }
        offset += 2
      } else {
        offset += 1
      }
    }
    return nil
  }

  /// Line breaks fold to blanks, and nothing else in a plain text changes.
  private func plainEnd(_ text: String, _ start: Int) -> Int? {
    var offset = start
    for scalar in text.unicodeScalars where !Self.isSpace(scalar) && !Self.isBreak(scalar) {
      while let next = self[offset], Self.isSpace(next) || Self.isBreak(next) { offset += 1 }
      guard self[offset] == scalar else { return nil }
      offset += 1
    }
    return offset
  }

  /// Behind the last line with content.
  private func blockEnd(_ start: Int) -> Int? {
    var end = lineEnd(start)
    var offset = nextLine(end)
    var indentation: Int?
    while let line = offset, line < scalars.count {
      let stop = lineEnd(line)
      let lead = scalars[line..<stop].prefix { $0 == " " }.count
      if line + lead < stop {
        if lead < indentation ?? (outer(start) + 1) { break }
        indentation = indentation ?? lead
        end = stop
      }
      offset = nextLine(stop)
    }
    return end
  }

  /// Indentation of the line on which a block begins, its dashes counted.
  private func outer(_ offset: Int) -> Int {
    let line = lineStart(offset)
    return scalars[line..<offset].prefix { $0 == " " }.count
  }

  /// First character behind the break at `offset`; nil at the end of the text.
  func nextLine(_ offset: Int) -> Int? {
    guard let scalar = self[offset] else { return nil }
    return scalar == "\r" && self[offset + 1] == "\n" ? offset + 2 : offset + 1
  }

  /// The text with a range replaced.
  func replacing(_ range: Range<Int>, with text: String) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[..<range.lowerBound])
    view.append(contentsOf: text.unicodeScalars)
    view.append(contentsOf: scalars[range.upperBound...])
    return String(view)
  }
}
