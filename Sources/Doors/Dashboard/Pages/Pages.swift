import Billing
import Ledger
import Mustache

/// What the pages read from and write with; each page is an extension in a file of its own.
struct Pages: Sendable {
  let configuration: DashboardConfiguration
  let books: any BooksReader
  let live: @Sendable () -> LiveFigures
  let templates: MustacheLibrary
  let assets: Assets

  func render(_ template: String, _ fields: [String: Any]) -> String {
    guard let html = templates.render(fields, withTemplate: template) else {
      preconditionFailure("template \(template) is not registered")
    }
    return html
  }

  func frame(_ visit: Visit, title: String, section: String) -> [String: Any] {
    Frame.fields(
      visit, title: title, section: section, business: configuration.title, assets: assets)
  }

  /// A page of a section, its fields beside the frame's.
  func page(
    _ template: String, _ visit: Visit, title: String, section: String, _ fields: [String: Any]
  ) -> String {
    render(template, frame(visit, title: title, section: section).merging(fields) { $1 })
  }

  /// A customer's name by id; an id the books do not know names itself.
  func names(_ customers: [CustomerBalance]) -> [String: String] {
    Dictionary(customers.map { ($0.customer.id, $0.customer.name) }) { first, _ in first }
  }
}

/// Nothing has the id that an address names.
struct NotFound: Error {
  let what: String
}

/// A figure with what it is made of behind it.
struct Figure: ViewModel, Hashable, Sendable {
  let key: String
  let label: String
  let value: String
  var link: String?
  var exact: String?
  /// Small, under the figure.
  var note: String?
  var tone: Tone?
}

/// A row of a description list.
struct Fact: ViewModel, Hashable, Sendable {
  let label: String
  let value: String
  var link: String?
  var code = false

  init(_ label: String, _ value: String, link: String? = nil, code: Bool = false) {
    self.label = label
    self.value = value
    self.link = link
    self.code = code
  }
}

extension Pages {
  /// "2 running, 1 waiting · 31 tokens/s", or that the engine is idle.
  static func liveWords(_ figures: LiveFigures, _ text: TextCatalogue) -> String {
    guard figures.running + figures.waiting > 0 || figures.tokensPerSecond > 0 else {
      return text("live_idle")
    }
    return text(
      "live_busy",
      [
        "running": String(figures.running), "waiting": String(figures.waiting),
        "tokens": String(Int(figures.tokensPerSecond.rounded())),
      ])
  }
}
