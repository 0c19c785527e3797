import Inference

/// The form that an answer must have.
enum OutputFormat: Sendable, Equatable {
  case text
  /// Any JSON object.
  case json
  /// JSON that fits a schema, which stood at `place` in the request.
  case schema(String, place: String)
  /// A grammar in llama.cpp's notation.
  case grammar(String)

  var isFree: Bool { self == .text }

  /// Names the grammar; nil where there is none.
  var key: String? {
    switch self {
    case .text: nil
    case .json: "json"
    case .schema(let text, _): "schema\0" + text
    case .grammar(let text): "grammar\0" + text
    }
  }
}

extension CompletionRequest {
  private static let maximumNameBytes = 64

  /// `response_format`, or the extension `grammar`.
  func outputFormat() throws(GatewayError) -> OutputFormat {
    let grammar = try fields.string("grammar")
    guard let format = try fields.object("response_format") else {
      return grammar.map(OutputFormat.grammar) ?? .text
    }
    guard let type = format["type"], let name = type.string else {
      throw .missing(
        "response_format.type", "response_format.type: send text, json_object or json_schema")
    }
    if grammar != nil, name != "text" {
      throw .invalid("grammar", "grammar: not together with response_format; send one of them")
    }
    switch name {
    case "text": return grammar.map(OutputFormat.grammar) ?? .text
    case "json_object": return .json
    case "json_schema": return try Self.schema(format)
    default:
      throw .invalid(
        "response_format.type",
        "response_format.type: '\(name.prefix(40))' is none of text, json_object and json_schema")
    }
  }

  private static func schema(_ format: JSONValue) throws(GatewayError) -> OutputFormat {
    let place = "response_format.json_schema"
    guard let object = format["json_schema"], object.kind == .object else {
      throw .missing(place, "\(place): expected an object with name and schema")
    }
    guard let name = object["name"]?.string, isName(name) else {
      throw .invalid(
        "\(place).name", "\(place).name: send a name of 1 to 64 letters, digits, _ and -")
    }
    if let strict = object["strict"], !strict.isNull, strict.bool == nil {
      throw .wrongType("\(place).strict", expected: "true or false", got: strict)
    }
    guard let schema = object["schema"], schema.kind == .object else {
      throw .missing("\(place).schema", "\(place).schema: expected a JSON schema")
    }
    return .schema(String(decoding: schema.raw, as: UTF8.self), place: "\(place).schema")
  }

  /// OpenAI's rule for names of functions and formats.
  static func isName(_ name: String) -> Bool {
    (1...maximumNameBytes).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
