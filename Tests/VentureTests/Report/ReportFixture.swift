import Billing
import Forecast
import Foundation
import Ledger
import Venture

/// The example's report, gathered once a language, and the program's own texts.
enum ReportFixture {
  static let english = Task { try await content(PlanExample.venture(language: "en")) }
  static let chinese = Task { try await content(PlanExample.venture(language: "zh")) }

  static func content(_ language: ReportLanguage) async throws -> BusinessPlan.Content {
    try await (language == .english ? english : chinese).value
  }

  static func content(_ text: String, paths: Int = 256) async throws -> BusinessPlan.Content {
    try await BusinessPlan.gather(desk(text), paths: paths, seed: 7)
  }

  static func desk(_ text: String) -> PlanDesk {
    PlanDesk(
      PlanAccess(
        load: { text }, save: { _ in }, now: { Timestamp(seconds: 1_795_000_000) },
        hash: { "\($0.utf8.count)-0123456789abcdef" }, books: nil, forecasts: nil,
        offsetSeconds: 28_800,
        conversion: { currency in Conversion(target: currency) { _, _ in nil } },
        facts: { ProjectState(facts: [.planChecked]) }))
  }

  /// - Throws: when the catalogues are not where the pages keep them.
  static func words(_ language: ReportLanguage) throws -> Words {
    let name = language == .english ? "en" : "zh-Hans"
    let root = URL(filePath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appending(path: "Sources/Doors/Dashboard/Resources/\(name).json")
    let texts = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: file))
    return Words(language: language) { texts[$0] }
  }

  static func document(_ language: ReportLanguage) async throws -> ReportDocument {
    BusinessPlan.document(try await content(language), try words(language))
  }
}

extension ReportDocument.Inline {
  var said: String {
    switch self {
    case .text(let text), .strong(let text), .figure(let text, _): text
    }
  }
}

extension ReportDocument {
  /// All that a reader sees, but the list of sources.
  var said: [String] {
    [title, subtitle] + imprint
      + blocks.flatMap { block -> [String] in
        switch block {
        case .heading(_, let text): [text]
        case .chart(let drawing, let caption): [caption, drawing.title] + drawing.said
        case .table(let table): table.columns + block.inlines.map(\.said)
        default: block.inlines.map(\.said)
        }
      }
  }
}

extension Drawing {
  var said: [String] {
    shapes.compactMap { shape in
      if case .text(let text, _, _, _, _, _) = shape { text } else { nil }
    }
  }
}

/// Whether every element of a markup text is closed in its place.
struct MarkupCheck {
  private(set) var fault: String?
  private(set) var tags: [String] = []

  init(_ text: String, void: Set<String> = []) {
    var open: [String] = []
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "<") {
      guard let end = rest[start...].firstIndex(of: ">") else {
        fault = "unclosed '<'"
        return
      }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("!") || tag.hasPrefix("?") { continue }
      tags.append(String(tag))
      let name = String(tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" })
      if tag.hasPrefix("/") {
        guard open.popLast() == name else {
          fault = "</\(name)> closes nothing"
          return
        }
      } else if !tag.hasSuffix("/"), !void.contains(name) {
        open.append(name)
      }
    }
    if let last = open.last { fault = "<\(last)> is not closed" }
  }
}
