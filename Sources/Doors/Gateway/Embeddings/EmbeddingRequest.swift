import Inference

/// What a caller of `/v1/embeddings` asks. Source: OpenAI's API reference, "Create embeddings".
struct EmbeddingRequest: AskedRequest {
  enum Encoding: Sendable { case float, base64 }

  let fields: Fields
  let model: String
  let inputs: [EmbeddingInput]
  let encoding: Encoding
  /// Of each vector; nil leaves the model's.
  let dimensions: Int?

  var dialect: Dialect { .embeddings }
  var stream: Bool { false }

  /// - Throws: 400 naming the field at fault.
  init(_ document: JSONDocument, maximumInputs: Int) throws(GatewayError) {
    guard document.isObject else {
      throw .invalid(nil, "the body must be a JSON object", code: "invalid_json")
    }
    fields = Fields(document: document)
    guard let model = try fields.string("model"), !model.isEmpty else {
      throw .missing("model", "model: name the model to use")
    }
    self.model = model
    switch try fields.string("encoding_format") {
    case nil, "float": encoding = .float
    case "base64": encoding = .base64
    default: throw .invalid("encoding_format", "encoding_format: send float or base64")
    }
    dimensions = try fields.int("dimensions", 1...65_536)
    guard let input = try fields.value("input") else {
      throw .missing("input", "input: send a text, or an array of texts")
    }
    inputs = try Self.inputs(input, maximum: maximumInputs)
  }

  /// A text, an array of texts, the tokens of one, or an array of those.
  private static func inputs(
    _ value: JSONValue, maximum: Int
  ) throws(GatewayError) -> [EmbeddingInput] {
    if value.kind == .string { return [try input(value, "input")] }
    guard value.kind == .array else {
      throw .wrongType("input", expected: "a string or an array", got: value)
    }
    let elements = value.elements
    if elements.first?.kind == .number { return [try input(value, "input")] }
    guard (1...maximum).contains(elements.count) else {
      throw .invalid("input", "input: send 1 to \(maximum) texts in a request")
    }
    var inputs: [EmbeddingInput] = []
    for (index, element) in elements.enumerated() {
      inputs.append(try input(element, "input[\(index)]"))
    }
    return inputs
  }

  private static func input(
    _ value: JSONValue, _ place: String
  ) throws(GatewayError) -> EmbeddingInput {
    if let text = value.string {
      guard !text.isEmpty else { throw .invalid(place, "\(place): the text is empty") }
      return .text(text)
    }
    guard value.kind == .array else {
      throw .wrongType(place, expected: "a string or an array of tokens", got: value)
    }
    var tokens: [Int32] = []
    for (index, element) in value.elements.enumerated() {
      guard let token = element.int, let small = Int32(exactly: token), small >= 0 else {
        throw .invalid("\(place)[\(index)]", "\(place)[\(index)]: expected a token's number")
      }
      tokens.append(small)
    }
    guard !tokens.isEmpty else { throw .invalid(place, "\(place): at least one token is needed") }
    return .tokens(tokens)
  }
}
