/// A text held against the facts: each figure is in the data or marked, each citation good or bad.
///
/// What it checks is that a figure stands in the data in a unit that fits, not that the sentence
/// around it is true: the source beside each figure is for the reader to see what it is the figure of.
package struct FigureCheck: Sendable {
  package enum Segment: Sendable, Hashable {
    case plain(String)
    /// Nil: not in the data.
    case figure(String, fact: String?)
    case citation(String, ids: [String], Verdict)

    package var text: String {
      switch self {
      case .plain(let text), .figure(let text, _), .citation(let text, _, _): text
      }
    }

    /// Whether a reader must be warned.
    package var isMarked: Bool {
      switch self {
      case .plain: false
      case .figure(_, let fact): fact == nil
      case .citation(_, _, let verdict): verdict != .good
      }
    }
  }

  package enum Verdict: String, Sendable, Hashable {
    case good
    /// There is no such fact.
    case missing
    /// The fact says none of the figures that it is cited for.
    case unrelated
  }

  package let facts: [Fact]
  private let byID: [String: Fact]

  package init(_ facts: [Fact]) {
    self.facts = facts
    byID = Dictionary(facts.map { ($0.id, $0) }) { first, _ in first }
  }

  /// The segments of `text` in order; together they are the text.
  package func segments(_ text: String) -> [Segment] {
    var splitter = SentenceSplitter()
    return (splitter.add(text) + splitter.finish()).flatMap(sentence)
  }

  /// Of one sentence, as `SentenceSplitter` cuts them.
  package func sentence(_ sentence: String) -> [Segment] {
    let scanner = FigureScanner(sentence)
    let cited = Set(scanner.citations.flatMap(\.ids))
    let sources = scanner.figures.map { source(of: $0, cited: cited) }
    var marks: [(range: Range<Int>, segment: Segment)] = []
    let original = Array(sentence.unicodeScalars)
    for (figure, source) in zip(scanner.figures, sources) {
      marks.append((figure.range, .figure(original.text(figure.range), fact: source)))
    }
    for citation in scanner.citations {
      marks.append(
        (
          citation.range,
          .citation(
            original.text(citation.range), ids: citation.ids,
            verdict(citation, figures: claimed(by: citation, scanner)))
        ))
    }
    marks.sort { $0.range.lowerBound < $1.range.lowerBound }
    var segments: [Segment] = []
    var place = 0
    for mark in marks where mark.range.lowerBound >= place {
      if mark.range.lowerBound > place {
        segments.append(.plain(original.text(place..<mark.range.lowerBound)))
      }
      segments.append(mark.segment)
      place = mark.range.upperBound
    }
    if place < original.count { segments.append(.plain(original.text(place..<original.count))) }
    return segments
  }

  /// A cited fact first, then the first in the list.
  private func source(of figure: WrittenFigure, cited: Set<String>) -> String? {
    let holding = facts.filter { $0.holds(figure) }
    return (holding.first { cited.contains($0.id) } ?? holding.first)?.id
  }

  /// The figures between the citation and the one before it; citations side by side share theirs.
  private func claimed(
    by citation: FigureScanner.Citation, _ scanner: FigureScanner
  ) -> [WrittenFigure] {
    var end = citation.range.lowerBound
    for other in scanner.citations.reversed() where other.range.upperBound <= end {
      let between = other.range.upperBound..<end
      let figures = scanner.figures.filter {
        between.contains($0.range.lowerBound) && $0.range.upperBound <= citation.range.lowerBound
      }
      if !figures.isEmpty { return figures }
      let words = scanner.text(between).contains { $0.isLetter }
      // A citation of words alone.
      if words { return [] }
      end = other.range.lowerBound
    }
    return scanner.figures.filter { $0.range.upperBound <= end }
  }

  private func verdict(
    _ citation: FigureScanner.Citation, figures: [WrittenFigure]
  ) -> Verdict {
    let cited = citation.ids.map { byID[$0] }
    guard cited.allSatisfy({ $0 != nil }) else { return .missing }
    guard !figures.isEmpty else { return .good }
    return cited.contains { fact in figures.contains { fact?.holds($0) ?? false } }
      ? .good : .unrelated
  }
}

/// Cuts a text that arrives in pieces into sentences, so that each is checked whole and once.
package struct SentenceSplitter: Sendable {
  private var rest: [Unicode.Scalar] = []

  /// A text without any end of sentence is cut at a space after this many scalars.
  private static let longest = 2_000

  package init() {}

  /// The sentences that are complete; together with what follows they are the text.
  package mutating func add(_ piece: String) -> [String] {
    rest.append(contentsOf: piece.unicodeScalars)
    var sentences: [String] = []
    while let end = Self.end(rest) {
      sentences.append(rest.text(0..<end))
      rest.removeFirst(end)
    }
    return sentences
  }

  /// What is left.
  package mutating func finish() -> [String] {
    defer { rest = [] }
    return rest.isEmpty ? [] : [rest.text(0..<rest.count)]
  }

  /// Behind the end of the first sentence and the space after it. Nothing is complete before the
  /// next scalar is there: `1.` may go on as `1.5`.
  private static func end(_ scalars: [Unicode.Scalar]) -> Int? {
    for (index, scalar) in scalars.enumerated() {
      guard index + 1 < scalars.count else { return nil }
      let next = scalars[index + 1]
      switch scalar {
      case "\n" where next != "\n": return index + 1
      case "。", "！", "？", "；":
        if !"”」』）)[【".unicodeScalars.contains(next), next != "\n", next != " " {
          return index + 1
        }
      case ".", "!", "?":
        guard next == " " else { continue }
        var after = index + 1
        while after < scalars.count, scalars[after] == " " { after += 1 }
        guard after < scalars.count else { return nil }
        // A citation behind the full stop belongs to its sentence, "1. " and "approx. 5" go on.
        if "[【(".unicodeScalars.contains(scalars[after]) || scalars.isDigit(after) { continue }
        if scalars[..<index].allSatisfy({ !($0.properties.isAlphabetic) }) { continue }
        return after
      default:
        if index > longest, scalar == " ", !scalars.isDigit(index + 1) { return index + 1 }
      }
    }
    return nil
  }
}
