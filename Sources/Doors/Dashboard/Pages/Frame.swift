import Foundation
import Ledger

/// What surrounds every page: navigation, the range and currency controls, language and theme.
enum Frame {
  struct Choice: ViewModel {
    let label: String
    let link: String
    let current: Bool
  }

  struct Field: ViewModel {
    let name: String
    let value: String
  }

  static let sections = [
    "overview", "plan", "customers", "models", "requests", "ledger", "statements",
  ]

  static func path(of section: String) -> String { section == "overview" ? "/" : "/" + section }

  /// The template's outermost names. A page adds its own beside them.
  static func fields(
    _ visit: Visit, title: String, section: String, business: String, assets: Assets
  ) -> [String: Any] {
    let text = visit.text
    var back = visit.query
    back = Query(back.fields.filter { $0.key != "lang" })
    let here = back.address(visit.path)
    func preference(_ name: String, _ value: String) -> String {
      Query(["back": here, name: value]).address("/preferences")
    }
    return [
      "t": text, "language": text.language.tag, "theme": visit.theme.rawValue,
      "title": title, "business": business, "here": here, "form_token": visit.formToken,
      "signed_in": true,
      "sections": sections.map {
        Choice(
          label: text("nav_\($0)"), link: visit.address(path(of: $0)), current: $0 == section)
      },
      "ranges": Period.Name.allCases.filter { $0 != .custom }.map {
        Choice(
          label: text("range_\($0.rawValue)"),
          link: visit.here(["range": $0.rawValue, "from": nil, "to": nil]),
          current: $0 == visit.period.name)
      },
      "custom": visit.period.name == .custom,
      "first_day": visit.period.firstDay.description, "last_day": visit.period.lastDay.description,
      "range_words": visit.format.days(visit.period.firstDay, visit.period.lastDay),
      "kept_fields": visit.query.fields.filter {
        !["range", "from", "to", "offset", "after"].contains($0.key)
      }
      .sorted { $0.key < $1.key }.map { Field(name: $0.key, value: $0.value) },
      "currencies": visit.currencies.map {
        Choice(
          label: $0.code, link: visit.here(["currency": $0.code]), current: $0 == visit.currency)
      },
      "currency": visit.currency.code,
      "languages": Language.allCases.map {
        Choice(
          label: $0 == .english ? "English" : "中文", link: preference("language", $0.rawValue),
          current: $0 == text.language)
      },
      "themes": Theme.allCases.map {
        Choice(
          label: text("theme_\($0.rawValue)"), link: preference("theme", $0.rawValue),
          current: $0 == visit.theme)
      },
      "as_of": text(
        "as_of", ["time": visit.format.clock(visit.now), "zone": visit.local.zone.identifier]),
      "assets": assets.addresses, "live_page": false, "is_plan": false,
      "events": Query([
        "page": section.isEmpty ? "notice" : section, "lang": text.language.rawValue,
      ])
      .address("/events"),
    ]
  }
}
