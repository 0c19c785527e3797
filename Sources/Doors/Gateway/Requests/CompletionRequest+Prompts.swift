/// One prompt of the text route.
enum TextPrompt: Sendable, Equatable {
  case text(String)
  case tokens([Int32])
}

extension CompletionRequest {
  func textPrompts(vocabularySize: Int) throws(GatewayError) -> [TextPrompt] {
    guard let prompt = try fields.value("prompt") else { return [] }
    if let text = prompt.string { return [.text(text)] }
    let elements = prompt.elements
    if elements.first?.kind == .number {
      return [.tokens(try Self.tokens(prompt, "prompt", vocabularySize))]
    }
    var prompts: [TextPrompt] = []
    for (index, element) in elements.enumerated() {
      let place = "prompt[\(index)]"
      if let text = element.string {
        prompts.append(.text(text))
      } else if element.kind == .array {
        prompts.append(.tokens(try Self.tokens(element, place, vocabularySize)))
      } else {
        throw .wrongType(place, expected: "a string or an array of tokens", got: element)
      }
    }
    return prompts
  }

  private static func tokens(
    _ array: JSONValue, _ place: String, _ vocabularySize: Int
  ) throws(GatewayError) -> [Int32] {
    var tokens: [Int32] = []
    for (index, element) in array.elements.enumerated() {
      guard element.kind == .number else {
        throw .wrongType("\(place)[\(index)]", expected: "a token's number", got: element)
      }
      guard let token = element.int, token >= 0, token < vocabularySize else {
        throw .invalid(
          "\(place)[\(index)]",
          "\(place)[\(index)]: not a token of this model; tokens are 0 to \(vocabularySize - 1)")
      }
      tokens.append(Int32(token))
    }
    return tokens
  }
}
