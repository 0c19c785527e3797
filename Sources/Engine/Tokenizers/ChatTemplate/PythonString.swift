/// Python's string operations, on code points.
extension String {
  func strippedOfWhiteSpace() -> String {
    stripped(left: true, right: true) { $0.isPythonSpace }
  }

  func stripped(left: Bool, right: Bool, _ drops: (Unicode.Scalar) -> Bool) -> String {
    var view = unicodeScalars[...]
    if left { view = view.drop(while: drops) }
    if right { while let last = view.last, drops(last) { view.removeLast() } }
    return String(view)
  }

  /// The first letter of each word in upper case, the others in lower case.
  func titled(startsAfter isBoundary: (Unicode.Scalar) -> Bool) -> String {
    var out = ""
    var isStart = true
    for scalar in unicodeScalars {
      if isBoundary(scalar) {
        out.unicodeScalars.append(scalar)
        isStart = true
      } else {
        out += isStart ? scalar.properties.titlecaseMapping : scalar.properties.lowercaseMapping
        isStart = false
      }
    }
    return out
  }

  func capitalizedLikePython() -> String {
    guard let first = unicodeScalars.first else { return "" }
    return first.properties.titlecaseMapping + String(unicodeScalars.dropFirst()).lowercased()
  }

  /// `str.splitlines()`.
  func pythonLines() -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var isOpen = false
    var previous: Unicode.Scalar?
    for scalar in unicodeScalars {
      defer { previous = scalar }
      if scalar == "\n", previous == "\r" { continue }
      if scalar.isLineBreak {
        lines.append(String(line))
        line = String.UnicodeScalarView()
        isOpen = false
      } else {
        line.append(scalar)
        isOpen = true
      }
    }
    if isOpen { lines.append(String(line)) }
    return lines
  }

  /// `str.split()`: between runs of white space, at most `limit` times, from the left.
  func splitAtWhiteSpace(limit: Int) -> [String] {
    var parts: [String] = []
    var rest = unicodeScalars[...].drop(while: \.isPythonSpace)
    while !rest.isEmpty {
      guard parts.count < limit, let end = rest.firstIndex(where: \.isPythonSpace) else {
        // What is left keeps its inner white space, not that at the end when it was split.
        parts.append(String(rest).trimmedEnd(parts.count < limit))
        break
      }
      parts.append(String(rest[..<end]))
      rest = rest[end...].drop(while: \.isPythonSpace)
    }
    return parts
  }

  private func trimmedEnd(_ trims: Bool) -> String {
    trims ? stripped(left: false, right: true) { $0.isPythonSpace } : self
  }

  /// `str.rsplit()` without a separator.
  func splitAtWhiteSpaceFromTheEnd(limit: Int) -> [String] {
    var reversed = String.UnicodeScalarView()
    reversed.append(contentsOf: unicodeScalars.reversed())
    return String(reversed).splitAtWhiteSpace(limit: limit).reversed().map { part in
      var forward = String.UnicodeScalarView()
      forward.append(contentsOf: part.unicodeScalars.reversed())
      return String(forward)
    }
  }
}
