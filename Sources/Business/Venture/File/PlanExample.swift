import Foundation

/// The plans that the program brings.
package enum PlanExample {
  /// The customer-service start-up; in Chinese for `zh`, otherwise in English, with the same numbers.
  package static func venture(language: String) -> String {
    text(language.hasPrefix("zh") ? "venture.zh" : "venture.en")
  }

  /// One segment, one stream, cash: what a plan needs at least.
  package static var minimal: String { text("minimal") }

  private static func text(_ name: String) -> String {
    let url = Bundle.module.url(
      forResource: name, withExtension: "yaml", subdirectory: "Resources")
    guard let url, let text = try? String(contentsOf: url, encoding: .utf8) else {
      preconditionFailure("the program was built without its resource \(name).yaml")
    }
    return text
  }
}
