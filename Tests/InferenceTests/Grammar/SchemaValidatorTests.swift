import Foundation
import Testing

/// The tests' validator agrees with Python's `jsonschema`; the fixture is written by
/// `scripts/fixtures/schema_validity.py`.
struct SchemaValidatorTests {
  private struct Case: Decodable {
    var schema: String
    var instance: String
    var valid: Bool
  }

  @Test func `the validator says what jsonschema says`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/schema_validity.json")
    let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
    #expect(cases.count > 200)
    #expect(Set(cases.map(\.valid)).count == 2)
    for item in cases {
      let validator = try SchemaValidator(item.schema)
      let value = try TestJSON(item.instance)
      #expect(validator.fits(value) == item.valid, "\(item.schema) \(item.instance)")
    }
  }
}
