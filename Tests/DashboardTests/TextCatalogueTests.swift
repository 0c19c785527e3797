import Foundation
import Ledger
import Testing

@testable import Dashboard

@Suite struct TextCatalogueTests {
  private static let sources = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/Doors/Dashboard")

  @Test func `both languages hold the same keys, with the same places to fill`() throws {
    let english = try TextCatalogue(language: .english)
    let chinese = try TextCatalogue(language: .chinese)
    #expect(Set(english.texts.keys) == Set(chinese.texts.keys))
    for (key, text) in english.texts {
      func places(_ text: String) -> Set<String> {
        Set(text.matches(of: /\{[a-z_]+\}/).map { String($0.0) })
      }
      #expect(places(text) == places(chinese(key)), "\(key)")
      #expect(!text.isEmpty && !chinese(key).isEmpty)
    }
  }

  @Test func `every key that a template names exists`() throws {
    let text = try TextCatalogue(language: .english)
    var found = 0
    for name in Resources.templateNames {
      for match in try Resources.text("templates/\(name).mustache").matches(
        of: /\{\{t\.([a-z_0-9]+)\}\}/)
      {
        #expect(text.texts[String(match.1)] != nil, "\(name): \(match.1)")
        found += 1
      }
    }
    #expect(found > 40)
  }

  @Test func `every key that the code names exists`() throws {
    let text = try TextCatalogue(language: .english)
    var found = 0
    let files = try #require(
      FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "swift" {
      let source = try String(contentsOf: file, encoding: .utf8)
      for match in source.matches(of: /(?:text|pieces)\(\s*"([a-z_0-9]+)"/)
      where !match.1.hasSuffix("_") {
        #expect(text.texts[String(match.1)] != nil, "\(file.lastPathComponent): \(match.1)")
        found += 1
      }
    }
    #expect(found > 100)
  }

  @Test func `every account, kind, range and section has its words`() throws {
    let text = try TextCatalogue(language: .chinese)
    let keys =
      Account.allCases.map { "account_\($0.rawValue)" }
      + Account.Kind.allCases.map { "kind_\($0.rawValue)" }
      + Period.Name.allCases.flatMap { ["range_\($0.rawValue)", "words_\($0.rawValue)"] }
      + Frame.sections.map { "nav_\($0)" } + Theme.allCases.map { "theme_\($0.rawValue)" }
    for key in keys { #expect(text.texts[key] != nil, "\(key)") }
  }

  @Test func `a place without a value stays, and braces in a value are not filled again`() throws {
    let text = TextCatalogue(language: .english, texts: ["a": "x {one} {two} {"])
    #expect(text("a", ["one": "{two}"]) == "x {two} {two} {")
  }

  @Test func `our own script and style stay under 60 kB`() throws {
    let bytes =
      try Resources.text("dashboard.css").utf8.count + Resources.text("dashboard.js").utf8.count
    #expect(bytes < 60_000)
  }
}
