import Forecast
import Ledger

/// Writes the sections of a business plan, each in a file of its own. Every figure goes through
/// `figure`, with its source.
struct ReportWriter {
  typealias Inline = ReportDocument.Inline
  typealias Source = ReportDocument.Source

  let content: BusinessPlan.Content
  let words: Words
  let format: FigureFormat
  var document: ReportDocument
  private var section = 0

  var plan: Plan { content.plan }
  var outcome: Outcome { content.forecasted.outcome }

  init(_ content: BusinessPlan.Content, _ words: Words) {
    self.content = content
    self.words = words
    format = FigureFormat(language: words.language, currency: content.plan.currency)
    let position = content.forecasted.position.map { "\($0)" }
    document = ReportDocument(
      language: words.language, title: content.plan.name, subtitle: words("report_subtitle"),
      imprint: [
        words("report_imprint_date", ["date": content.date.description]),
        words(
          "report_imprint_run",
          ["paths": "\(content.paths)", "seed": "\(content.seed)"]),
        words("report_imprint_plan", ["hash": String(content.planHash.prefix(16))]),
        position.map { words("report_imprint_ledger", ["position": $0]) }
          ?? words("report_imprint_no_ledger"),
      ])
  }

  // MARK: Blocks

  mutating func chapter(_ key: String) {
    section += 1
    document.heading(2, "\(section)  \(words(key))")
  }

  mutating func heading(_ key: String) { document.heading(3, words(key)) }

  /// Says why a section is short and what to write into the plan.
  mutating func missing(_ key: String) { document.add(.note([.text(words(key))])) }

  mutating func paragraph(_ inlines: [Inline]) { document.add(.paragraph(inlines)) }

  mutating func paragraph(_ key: String, _ values: [String: Inline] = [:]) {
    document.add(.paragraph(text(key, values)))
  }

  mutating func table(_ columns: [String], numeric: Set<Int> = [], _ rows: [[[Inline]]]) {
    guard !rows.isEmpty else { return }
    document.add(.table(.init(columns: columns.map { words($0) }, numeric: numeric, rows: rows)))
  }

  mutating func chart(_ drawing: Drawing) {
    document.add(.chart(drawing, caption: drawing.title))
  }

  // MARK: Inlines

  /// A text of the catalogue with figures in the places of its names.
  func text(_ key: String, _ values: [String: Inline] = [:]) -> [Inline] {
    var result: [Inline] = []
    var rest = Substring(words(key))
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      if open > rest.startIndex { result.append(.text(String(rest[..<open]))) }
      result.append(values[name] ?? .text(String(rest[open...close])))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { result.append(.text(String(rest))) }
    return result
  }

  func money(_ value: Double, _ source: Source) -> Inline { .figure(format.money(value), source) }
  func share(_ value: Double, _ source: Source) -> Inline {
    .figure(format.percent(value), source)
  }
  func number(_ value: Double, _ source: Source) -> Inline {
    .figure(format.number(value), source)
  }
  /// A chance that is an estimate: never quite 0 or 100%.
  func chance(_ value: Double, _ source: Source) -> Inline {
    .figure(format.chance(value, words), source)
  }
  func month(_ index: Double, _ source: Source) -> Inline {
    guard index.isFinite else { return .text("–") }
    return .figure(
      format.month(outcome.start.advanced(by: Int(index.rounded(.down)))), source)
  }

  func list(_ items: [String]) -> String {
    items.joined(separator: words.language == .chinese ? "、" : ", ")
  }

  // MARK: Sources

  /// The forecast's own run.
  var run: Source { simulated(content.forecasted) }

  func simulated(_ forecasted: PlanDesk.Forecasted) -> Source {
    let key =
      forecasted.request.basis == .calibrated ? "report_source_calibrated" : "report_source_plan"
    return .simulation(
      words(
        key,
        [
          "paths": "\(forecasted.outcome.paths)", "seed": "\(forecasted.outcome.seed)",
          "position": "\(forecasted.position ?? 0)",
        ]))
  }

  /// Another run on the same seed: what it was, in the words of `key`.
  func run(_ key: String, paths: Int) -> Source {
    .simulation(
      words(
        "report_source_other",
        ["what": words(key), "paths": "\(paths)", "seed": "\(content.seed)"]))
  }

  /// A line of the plan; what no line says is a default of the program.
  func written(_ line: Int, _ field: String, _ text: String) -> Source {
    guard line > 0 else {
      return .simulation(words("report_source_default", ["field": field]))
    }
    return .plan(line: line, field: field, text: Self.short(text))
  }

  /// What the whole model gives without chance.
  var means: Source { .simulation(words("report_source_means")) }

  static func short(_ text: String, _ limit: Int = 120) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.count > limit ? line.prefix(limit - 1) + "…" : line
  }

  // MARK: Names

  func person(_ id: String) -> String {
    plan.team.people.first { $0.id == id }?.name ?? plan.team.hires.first { $0.id == id }?.name
      ?? id
  }

  /// A metric of the program has a name in the catalogue; another is called what the plan calls it.
  func metric(_ name: String) -> String {
    words.has("plan_metric_\(name)") ? words("plan_metric_\(name)") : name
  }

  /// A bound with the signs of print.
  static func signed(_ bound: String) -> String {
    if bound.hasPrefix(">=") { return "≥" + bound.dropFirst(2) }
    if bound.hasPrefix("<=") { return "≤" + bound.dropFirst(2) }
    return bound
  }

  func capability(_ id: String) -> String {
    plan.team.capabilities.first { $0.id == id }?.name ?? id
  }
}
