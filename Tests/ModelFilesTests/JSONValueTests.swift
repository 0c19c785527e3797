import ModelFiles
import Testing

@Suite("JSON configuration")
struct JSONValueTests {
  private func read(_ text: String) throws -> JSONValue {
    let folder = try TemporaryFolder()
    return try JSONValue(path: try folder.write(Array(text.utf8)))
  }

  @Test("every kind of value is read")
  func kinds() throws {
    let value = try read(
      #" { "a" : [ 1, -2.5e1, true, false, null, "x\n\u0041\/" ], "b": {}, "c": [], "d": 1e-6 } "#)
    #expect(
      value["a"]
        == .array([.int(1), .double(-25), .bool(true), .bool(false), .null, .string("x\nA/")]))
    #expect(value["b"] == .object([:]))
    #expect(value["c"] == .array([]))
    #expect(value["d"]?.asDouble == 1e-6)
    #expect(value["e"] == nil)
  }

  @Test(
    "text that is not JSON is refused",
    arguments: [
      "", " ", "{", "}", "[1,]", "{,}", #"{"a"}"#, #"{"a":}"#, "01", "1.", ".5", "-", "+1", "1e",
      "tru", "nul", "'a'", #""\x""#, #""\u12""#, "\"\u{1}\"", "1 2", "NaN", #"{"a":1,"a":2}"#,
      String(repeating: "[", count: 100_000), String(repeating: "1", count: 1000),
    ])
  func refused(_ text: String) {
    #expect(throws: ModelFileError.self) { try read(text) }
  }
}
