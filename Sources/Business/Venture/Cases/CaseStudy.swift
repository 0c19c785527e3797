/// What happened to someone else: a venture or product with dated, sourced figures.
package struct CaseStudy: Sendable, Hashable, Codable {
  /// A text in the two languages of the program; one given by the user serves for both.
  package struct Text: Sendable, Hashable, Codable {
    package var en: String
    package var zh: String
    package init(en: String, zh: String) {
      self.en = en
      self.zh = zh
    }
  }

  /// How the venture came to its product (the three paths).
  package enum Path: String, Sendable, Hashable, Codable, CaseIterable {
    case technology, market, innovation
  }

  package enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
    /// Earns more than it costs; grows at a loss; used, but never paid for itself; ended.
    case profitable, growing, unprofitable, ended
  }

  package var id: String
  package var name: Text
  package var summary: Text
  package var lesson: Text
  package var path: Path?
  package var outcome: Outcome
  /// `2015` or `2014-11`: when it began; empty when that is not known.
  package var founded: String
  package var figures: [CaseFigure]
  /// Of the plan's own `cases:`, not of the library.
  package var isOwn: Bool
}
