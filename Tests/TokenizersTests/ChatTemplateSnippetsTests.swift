import Testing

@testable import Tokenizers

@Suite struct ChatTemplateSnippetsTests {
  /// Where ours differs from Python by design; everything else must be equal.
  private static let differing: [String: TemplateValue] = [
    // Format specifications are not supported.
    "{{ '{:>4}'.format(1) }}": ["fails"]
  ]

  @Test("A small template renders as in jinja2, or fails where jinja2 fails")
  func snippets() throws {
    let fixture = try ChatTemplateFixture.json("snippets.json")
    guard case .object(let context)? = fixture["context"] else {
      throw ChatTemplateError(.json, "no context")
    }
    let variables = Dictionary(uniqueKeysWithValues: zip(context.keys, context.values))
    let rows = try #require(fixture["rows"]?.arrayValue)
    #expect(rows.count > 400)
    for row in rows {
      let cells = try #require(row.arrayValue)
      let source = try #require(cells[0].stringValue)
      let outcome = try ChatTemplateFixture.outcome {
        try ChatTemplateFixture.render(source, variables)
      }
      let expected = Self.differing[source] ?? .array(Array(cells.dropFirst()))
      #expect(outcome == expected, "\(source)")
    }
  }

  @Test(
    "A date is written as strftime writes it",
    arguments: [
      (0, "1970-01-01 Thursday 001"), (951_782_400, "2000-02-29 Tuesday 060"),
      (1_709_164_800, "2024-02-29 Thursday 060"), (1_735_603_200, "2024-12-31 Tuesday 366"),
      (-1, "1969-12-31 Wednesday 365"), (4_107_542_400, "2100-03-01 Monday 060"),
    ])
  func dates(unixSeconds: Int, text: String) throws {
    #expect(try TemplateDate(unixSeconds: unixSeconds).formatted("%Y-%m-%d %A %j") == text)
  }

  @Test("JSON is read in the order of its keys")
  func json() throws {
    let value = try TemplateValue(
      json: #" {"b": [1, -2.5e1, true, null], "a": "\u00e9\ud83c\udf26\n", "b2": {}} "#)
    #expect(value == ["b": [1, -25.0, true, nil], "a": "é🌦\n", "b2": [:]])
    guard case .object(let object) = value else { throw ChatTemplateError(.json, "no object") }
    #expect(object.keys == ["b", "a", "b2"])
  }

  @Test(
    "What is not JSON is refused",
    arguments: [
      "", "{", "[1,]", "01", "1.", "\"\n\"", "\"\\q\"", "tru", "{\"a\" 1}", "[1] 2", "-", "\"a",
      String(repeating: "[", count: 100_000),
    ])
  func noJSON(text: String) {
    #expect(throws: ChatTemplateError.self) { try TemplateValue(json: text) }
  }
}
