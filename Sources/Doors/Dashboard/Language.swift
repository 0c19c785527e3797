/// A language of the pages; the raw value names its text file.
package enum Language: String, CaseIterable, Sendable {
  case english = "en"
  case chinese = "zh-Hans"

  /// BCP 47 tag for `<html lang>`.
  var tag: String { self == .english ? "en" : "zh-CN" }

  /// The reader's first choice among ours by `Accept-Language` (RFC 9110 §12.5.4): the highest
  /// quality wins, the earlier of equals; English when none fits.
  init(acceptLanguage header: String?) {
    var best: (language: Language, quality: Double)?
    for part in (header ?? "").prefix(512).split(separator: ",") {
      let fields = part.split(separator: ";").map { $0.filter { $0 != " " } }
      guard let tag = fields.first?.lowercased() else { continue }
      let language: Language
      if tag == "zh" || tag.hasPrefix("zh-") {
        language = .chinese
      } else if tag == "en" || tag.hasPrefix("en-") || tag == "*" {
        language = .english
      } else {
        continue
      }
      let weight = fields.dropFirst().first { $0.hasPrefix("q=") }
      let quality = weight.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      if quality > 0, quality > best?.quality ?? 0 { best = (language, quality) }
    }
    self = best?.language ?? .english
  }
}

/// Light, dark, or as the reader's system says.
enum Theme: String, CaseIterable {
  case auto, light, dark
}
