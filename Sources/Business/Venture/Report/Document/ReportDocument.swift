/// A document as blocks: written once, set as HTML or as printed pages.
package struct ReportDocument: Sendable {
  /// Where a figure comes from.
  package enum Source: Hashable, Sendable {
    /// A field of the plan's file, as written there.
    case plan(line: Int, field: String, text: String)
    case ledger(String)
    case simulation(String)
    /// A published figure with its mark (✔ seen, ○ press, △ unverified).
    case published(String)
  }

  package enum Inline: Sendable {
    case text(String)
    case strong(String)
    /// A figure that opens its source.
    case figure(String, Source)
  }

  package struct Table: Sendable {
    package var columns: [String]
    /// Indices of the columns of numbers, set right.
    package var numeric: Set<Int>
    package var rows: [[[Inline]]]
    package init(columns: [String], numeric: Set<Int> = [], rows: [[[Inline]]]) {
      self.columns = columns
      self.numeric = numeric
      self.rows = rows
    }
  }

  package enum Block: Sendable {
    case heading(level: Int, String)
    case paragraph([Inline])
    case bullets([[Inline]])
    case table(Table)
    case chart(Drawing, caption: String)
    case note([Inline])
    case pageBreak
  }

  package let language: ReportLanguage
  package let title: String
  package let subtitle: String
  /// Lines under the title: date of the data, seed, plan hash, ledger position.
  package let imprint: [String]
  package private(set) var blocks: [Block] = []
  /// In order of first mention; a figure's number is its index + 1.
  package private(set) var sources: [Source] = []
  private var numbers: [Source: Int] = [:]

  package init(language: ReportLanguage, title: String, subtitle: String, imprint: [String]) {
    self.language = language
    self.title = title
    self.subtitle = subtitle
    self.imprint = imprint
  }

  package mutating func add(_ block: Block) {
    blocks.append(block)
    switch block {
    case .paragraph(let inlines), .note(let inlines): inlines.forEach { register($0) }
    case .bullets(let items): items.joined().forEach { register($0) }
    case .table(let table): table.rows.joined().joined().forEach { register($0) }
    case .heading, .chart, .pageBreak: break
    }
  }

  package func number(of source: Source) -> Int { numbers[source] ?? 0 }

  private mutating func register(_ inline: Inline) {
    guard case .figure(_, let source) = inline, numbers[source] == nil else { return }
    sources.append(source)
    numbers[source] = sources.count
  }
}

extension ReportDocument.Inline: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self = .text(value) }
}

extension ReportDocument {
  package mutating func heading(_ level: Int, _ text: String) {
    add(.heading(level: level, text))
  }

  package mutating func paragraph(_ inlines: Inline...) { add(.paragraph(inlines)) }

  /// A text of the plan: a paragraph for each line that is not empty.
  package mutating func prose(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) where !line.allSatisfy(\.isWhitespace) {
      add(.paragraph([.text(String(line))]))
    }
  }

  /// What a source is called in the list of sources.
  package static func describe(_ source: Source, _ words: Words) -> String {
    switch source {
    case .plan(let line, let field, let text):
      words("source_plan", ["line": "\(line)", "field": field, "text": text])
    case .ledger(let what): words("source_ledger", ["what": what])
    case .simulation(let what): words("source_simulation", ["what": what])
    case .published(let what): words("source_published", ["what": what])
    }
  }
}
