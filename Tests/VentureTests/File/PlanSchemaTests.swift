import Foundation
import Testing

@testable import Venture

@Suite struct PlanSchemaTests {
  /// Patterns that the readers of a text asked for.
  private func asked(_ text: String) throws -> Set<String> {
    let problems = PlanProblems()
    let document = try #require(PlanDocument(text: text, problems: problems))
    let plan = Plan.read(document, text: text, problems: problems).plan
    #expect(plan != nil, "\(problems.all)")
    return problems.asked
  }

  @Test func theSchemaHasWhatTheReadersAskFor() throws {
    let table = PlanField.Kind.mapping(PlanFields.root).patterns(at: "")
    let exact = Set(table.map(\.pattern))
    let open = table.filter { !$0.isExact }.map(\.pattern)
    let asked = try asked(PlanExample.venture(language: "en"))
    for pattern in asked where !open.contains(where: { pattern.hasPrefix($0) }) {
      // A name within a mapping whose names are the user's.
      let parent = pattern.split(separator: ".").dropLast().joined(separator: ".")
      #expect(exact.contains(pattern) || exact.contains(parent + ".*"), "\(pattern)")
    }
  }

  @Test func theReadersAskForWhatTheSchemaHas() throws {
    let asked = try asked(PlanExample.venture(language: "en"))
    let table = PlanField.Kind.mapping(PlanFields.root).patterns(at: "")
    // The price list is Billing's to read; the example weighs by pairs; openings of other forms.
    let others = ["prices.", "opportunities.weights.swing.", "opportunities.weights.direct."]
    // Written as a text in the example, so that nothing below was asked for.
    let texts = PlanField.Kind.mapping(PlanFields.root).textPatterns(at: "").filter { text in
      !asked.contains { $0.hasPrefix(text + ".") }
    }
    #expect(texts.count < 20)
    for (pattern, _) in table where !pattern.isEmpty && !others.contains(where: pattern.hasPrefix) {
      if texts.contains(where: { pattern.hasPrefix($0 + ".") }) { continue }
      #expect(
        asked.contains(pattern) || pattern.hasSuffix(".*") || pattern.contains(".*."),
        "\(pattern)")
    }
  }

  @Test func theSchemaIsJSONOfItsDraft() throws {
    let object = try JSONSerialization.jsonObject(with: Data(Plan.schema().utf8))
    let schema = try #require(object as? [String: Any])
    #expect(schema["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
    let properties = try #require(schema["properties"] as? [String: Any])
    #expect(properties.keys.contains("forecast") && properties.count == PlanFields.root.count)
    for language in ["en", "zh"] {
      let first = PlanExample.venture(language: language).prefix { $0 != "\n" }
      #expect(first == "# yaml-language-server: $schema=\(Plan.schemaName)")
    }
  }
}
