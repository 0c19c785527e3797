/// A language of the plan's pages and report.
package enum ReportLanguage: String, Sendable, Hashable, Codable, CaseIterable {
  case english = "en"
  case chinese = "zh"

  /// BCP 47.
  package var tag: String { self == .english ? "en" : "zh-CN" }
}

/// The texts of one language, from the catalogue that the program has: this room holds keys only.
package struct Words: Sendable {
  package let language: ReportLanguage
  private let lookup: @Sendable (String) -> String?

  package init(language: ReportLanguage, lookup: @escaping @Sendable (String) -> String?) {
    self.language = language
    self.lookup = lookup
  }

  /// A key without a text shows itself.
  package func callAsFunction(_ key: String) -> String { lookup(key) ?? key }

  package func has(_ key: String) -> Bool { lookup(key) != nil }

  /// `Small shops · churn` in the reader's words: names as the plan gives them, fields and indicators
  /// by the catalogue.
  package func driver(_ label: String) -> String {
    label.split(separator: " · ").map { field(String($0)) ?? String($0) }.joined(separator: " · ")
  }

  /// A field's name or an indicator's.
  func field(_ name: String) -> String? {
    ["report_field_\(name)", "plan_indicator_\(name)"].lazy.compactMap(lookup).first
  }

  /// With `{name}` filled in; a name without a value stays as written.
  package func callAsFunction(_ key: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = Substring(self(key))
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      result += rest[..<open]
      result += values[name] ?? String(rest[open...close])
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
