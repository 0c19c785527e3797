import Foundation
import Mustache

/// The files that come with this target: texts, templates, one style sheet, one script.
enum Resources {
  static func url(_ path: String) -> URL {
    Bundle.module.bundleURL.appending(path: "Resources").appending(path: path)
  }

  static func text(_ path: String) throws(DashboardError) -> String {
    let url = url(path)
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw .missingResource(url.path)
    }
    return text
  }

  /// The pages and the parts they share, by file name.
  static let templateNames = [
    "layout", "part", "answer", "controls", "figures", "capacity", "chart", "table", "filters",
    "facts", "overview",
    "customers", "customer", "models", "model", "requests", "request", "ledger", "statements",
    "verification", "signin", "notice", "plan", "plantabs", "planblocks",
    "plan-forecast", "plan-part", "plan-choices", "plan-chosen", "plan-advisor", "plan-file",
  ]

  static func templates() throws(DashboardError) -> MustacheLibrary {
    var library = MustacheLibrary()
    for name in templateNames {
      let text = try text("templates/\(name).mustache")
      do {
        try library.register(text, named: name)
      } catch {
        throw DashboardError(.invalidTemplate, "template \(name): \(error)")
      }
    }
    return library
  }
}
