import Testing

@testable import Tokenizers

@Suite struct ChatTemplateFuzzTests {
  /// SplitMix64.
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let pieces = [
    "{{", "}}", "{%", "%}", "-", "{#", "#}", "'", "\"", "\\", "(", ")", "[", "]", "[::-1]", "|",
    " is ", " in ", " not ", "loop.", "if", "else", "endif", "endfor", ".items()", "|tojson",
    "9223372036854775807", "-1", "e9", "0", "none", "messages", "~", "*", "**", "//", "%", "\u{0}",
    "é", "{% set x = messages %}", "{% for a, b in messages %}", ":", ",", "=", "\n", "\r\n",
  ]

  private func mutated(_ source: String, using generator: inout Generator) -> String {
    var scalars = Array(source.unicodeScalars)
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      let place = Int.random(in: 0...scalars.count, using: &generator)
      let end = min(scalars.count, place + Int.random(in: 0...12, using: &generator))
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: scalars.removeSubrange(place..<end)
      case 1:
        let piece = Self.pieces.randomElement(using: &generator) ?? ""
        scalars.insert(contentsOf: Array(piece.unicodeScalars), at: place)
      case 2: scalars.insert(contentsOf: Array(scalars[place..<end]), at: place)
      default:
        let other = Int.random(in: 0...scalars.count, using: &generator)
        let otherEnd = min(scalars.count, other + Int.random(in: 0...40, using: &generator))
        scalars.insert(contentsOf: Array(scalars[other..<otherEnd]), at: place)
      }
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private static let variables: [String: TemplateValue] = [
    "messages": [
      ["role": "user", "content": "Hi"],
      ["role": "assistant", "content": nil, "tool_calls": [["function": ["name": "f"]]]],
    ],
    "tools": [["function": ["name": "f", "parameters": ["type": "object"]]]],
    "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": true,
  ]

  private func renderOrFail(_ source: String) throws {
    var limits = ChatTemplate.Limits.default
    limits.maximumSteps = 20_000
    do {
      _ = try ChatTemplateFixture.render(source, Self.variables, limits: limits)
    } catch is ChatTemplateError {}
  }

  @Test(
    "A mutated template renders or throws, and never traps",
    arguments: ChatTemplateFixture.models)
  func models(model: String) throws {
    let source = try ChatTemplateFixture.text("\(model).jinja")
    var generator = Generator(state: UInt64(source.utf8.count))
    for _ in 0..<40 { try renderOrFail(mutated(source, using: &generator)) }
  }

  @Test("A mutated snippet renders or throws, and never traps")
  func snippets() throws {
    let rows = try #require(ChatTemplateFixture.json("snippets.json")["rows"]?.arrayValue)
    var generator = Generator(state: 7)
    for row in rows {
      let source = try #require(row.arrayValue?.first?.stringValue)
      for _ in 0..<4 { try renderOrFail(mutated(source, using: &generator)) }
    }
  }

  @Test("Random bytes render or throw, and never trap", arguments: 0..<8 as Range<UInt64>)
  func bytes(seed: UInt64) throws {
    var generator = Generator(state: seed)
    for _ in 0..<100 {
      let bytes = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
      try renderOrFail(String(decoding: bytes, as: UTF8.self))
      var source = "{{ "
      for _ in 0..<12 { source += Self.pieces.randomElement(using: &generator) ?? "" }
      try renderOrFail(source)
      _ = try? TemplateValue(json: source)
    }
  }
}
