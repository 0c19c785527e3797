/// Nearest words, for the remedy of an error.
enum Spelling {
  /// At most three of the candidates, best first, that differ by at most a third of their letters.
  static func nearest(_ word: String, among candidates: [String]) -> [String] {
    let letters = Array(word.lowercased().prefix(40))
    let scored: [(word: String, distance: Int)] = candidates.compactMap { candidate in
      let other = Array(candidate.lowercased())
      guard abs(other.count - letters.count) <= 3 else { return nil }
      let distance = distance(letters, other)
      return distance <= max(1, max(letters.count, other.count) / 3) && distance < other.count
        ? (candidate, distance) : nil
    }
    return scored.sorted { ($0.distance, $0.word) < ($1.distance, $1.word) }.prefix(3).map(\.word)
  }

  /// Levenshtein's distance, O(n·m).
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }

  /// ` Did you mean a or b?`, or nothing.
  static func hint(_ words: [String]) -> String {
    words.isEmpty ? "" : "; did you mean \(words.joined(separator: " or "))?"
  }
}
