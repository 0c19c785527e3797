import Foundation
import Testing

@testable import Inference

struct ToolTests {
  private static let tools = [
    ToolDefinition(
      name: "get_weather", description: "Weather in a city",
      parameters: #"{"type":"object","properties":{"city":{"type":"string","maxLength":10},"#
        + #""unit":{"enum":["C","F"]}},"required":["city"],"additionalProperties":false}"#),
    ToolDefinition(name: "now"),
    ToolDefinition(name: "store", parameters: #"{"type":"object"}"#),
  ]
  static let formats: [ToolCallFormat] = [.hermes, .llama, .mistral, .generic]

  private func grammar(
    _ choice: ToolChoice, _ format: ToolCallFormat, parallel: Bool = true
  ) throws -> CompiledGrammar? {
    try ToolGrammar.grammar(tools: Self.tools, choice: choice, parallel: parallel, format: format)
  }

  /// The events of a text cut into pieces at random.
  private func events(
    _ text: String, _ format: ToolCallFormat, random: inout SplitMix
  ) -> [ToolCallParser.Event] {
    let ids = Counter()
    var parser = ToolCallParser(format: format) { "call_\(ids.next())" }
    var events: [ToolCallParser.Event] = []
    var rest = Substring(text)
    while !rest.isEmpty {
      let count = Int.random(in: 1...6, using: &random)
      events += parser.append(String(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return events + parser.finish()
  }

  private struct Call: Equatable {
    var id = ""
    var name = ""
    var arguments = ""
    var hasEnded = false
  }

  private func folded(_ events: [ToolCallParser.Event]) -> (text: String, calls: [Call]) {
    var (text, calls) = ("", [Call]())
    for event in events {
      switch event {
      case .text(let piece): text += piece
      case .callStarted(let index, let id, let name):
        #expect(index == calls.count)
        calls.append(Call(id: id, name: name))
      case .arguments(let index, let delta): calls[index].arguments += delta
      case .callEnded(let index): calls[index].hasEnded = true
      }
    }
    return (text, calls)
  }

  @Test func `without tools or with none the answer is free`() throws {
    let free = try grammar(.none, .hermes)
    #expect(free === nil)
    let empty = try ToolGrammar.grammar(tools: [], choice: .auto, format: .hermes)
    #expect(empty === nil)
    #expect(throws: GrammarError.self) { try grammar(.named("other"), .hermes) }
    #expect(throws: GrammarError.self) {
      try ToolGrammar.grammar(tools: [], choice: .required, format: .hermes)
    }
  }

  @Test(arguments: formats)
  func `what a grammar lets out, the parser finds, and the arguments fit`(
    format: ToolCallFormat
  ) throws {
    var random = SplitMix(seed: 8)
    for choice in [ToolChoice.auto, .required, .named("get_weather")] {
      let grammar = try #require(try grammar(choice, format))
      var found = 0
      for _ in 0..<25 {
        let answer = RandomAnswer(grammar, Self.vocabulary, patience: 80, random: &random)
        guard answer.hasEnded else { continue }
        // Free text may end inside a character; a call never does.
        let text = String(
          decoding: answer.text.filter { $0 != GrammarVocabulary.controlMark }, as: UTF8.self)
        let (_, calls) = folded(events(text, format, random: &random))
        found += calls.count
        if choice != .auto { #expect(calls.count > 0, "\(text)") }
        if case .named = choice { #expect(calls.map(\.name) == ["get_weather"]) }
        for call in calls {
          let tool = try #require(Self.tools.first { $0.name == call.name })
          let validator = try SchemaValidator(tool.parameters ?? #"{"additionalProperties":false}"#)
          let arguments = try TestJSON(call.arguments)
          #expect(call.hasEnded && validator.fits(arguments), "\(text)")
        }
      }
      if choice != .auto { #expect(found > 20) }
    }
  }

  /// Bytes, the tags as control tokens, and pieces of calls.
  private static let vocabulary: GrammarVocabulary = {
    struct Texts: TokenTexts {
      let endOfGeneration: Set<Int32> = [0]
      let bytes = ByteTexts()
      func outputBytes(of token: Int32) -> [UInt8] {
        token >= ByteTexts.size ? [] : bytes.outputBytes(of: token)
      }
      func controlSpelling(of token: Int32) -> String? {
        token >= ByteTexts.size
          ? ["<tool_call>", "</tool_call>", "[TOOL_CALLS]", "<|im_start|>"][
            Int(token) - ByteTexts.size] : nil
      }
    }
    return GrammarVocabulary(Texts(), size: ByteTexts.size + 4)
  }()

  @Test func `with auto text is free until an opening, which binds`() throws {
    let matcher = GrammarMatcher(
      try #require(try grammar(.auto, .hermes)), vocabulary: Self.vocabulary)
    let call = #"{"name": "now", "arguments": {}}"#
    for text in [
      "", "Hello {\"name\": 1} <tool", "<<tool_call>\n\(call)\n</tool_call>",
      "I look. <tool_call>\(call)</tool_call>\n<tool_call>\n\(call)\n</tool_call>",
    ] { #expect(matcher.accepts(text), "\(text)") }
    for text in [
      "<tool_call>", "<tool_call>{\"name\": \"other\"", "<tool_call>\(call)</tool_call> And more",
      "x<tool_call>hello",
    ] { #expect(!matcher.accepts(text), "\(text)") }
    // A control token is no text.
    let size = Int32(ByteTexts.size)
    var copy = matcher
    #expect(copy.mask().contains(size) && !copy.mask().contains(size + 3))
    let fits14 = copy.advance(size) && copy.advance(bytes: Array(call.utf8)[...])
    #expect(fits14)
    #expect(copy.mask().contains(size + 1) && !copy.mayEnd)
    let fits15 = copy.advance(size + 1) && copy.mayEnd
    #expect(fits15)
  }

  @Test func `one call only where they may not be parallel`() throws {
    let call = #"<tool_call>{"name": "now", "arguments": {}}</tool_call>"#
    for choice in [ToolChoice.auto, .required] {
      let one = try #require(try grammar(choice, .hermes, parallel: false))
      #expect(one.accepts(call) && !one.accepts(call + call))
      let many = try #require(try grammar(choice, .hermes))
      #expect(many.accepts(call + call))
    }
    let list = try #require(try grammar(.required, .mistral, parallel: false))
    let inner = #"{"name": "now", "arguments": {}}"#
    #expect(
      list.accepts("[TOOL_CALLS][\(inner)]") && !list.accepts("[TOOL_CALLS][\(inner), \(inner)]"))
  }

  @Test func `free keys of arguments do not repeat`() throws {
    for (choice, prefix) in [(ToolChoice.required, ""), (.auto, "say \"{[ ")] {
      let grammar = try #require(try grammar(choice, .hermes))
      let call = { (arguments: String) in
        prefix + #"<tool_call>{"name": "store", "arguments": \#(arguments)}</tool_call>"#
      }
      #expect(grammar.accepts(call(#"{"a":1,"b":2}"#)))
      #expect(!grammar.accepts(call(#"{"a":1,"a":2}"#)))
    }
  }

  @Test func `calls are told as they come, with text before them`() {
    var random = SplitMix(seed: 2)
    let arguments = [#"{"city": "Par\"is}", "unit": "C"}"#, "{}", #"{"a": [{"b": "☃"}]}"#]
    for format in Self.formats {
      for _ in 0..<50 {
        let count = format == .llama ? 1 : 3
        var text = format == .llama ? "" : "Let me <tool see.\n"
        if format == .mistral {
          let calls = arguments.map { #"{"name": "f\u0021", "arguments": \#($0)}"# }
          text += "[TOOL_CALLS][" + calls.joined(separator: ", ") + "]"
        } else {
          for item in arguments.prefix(count) {
            text += format.callText(name: "f!", arguments: item) + (count > 1 ? "\n" : "")
          }
        }
        let (before, calls) = folded(events(text, format, random: &random))
        #expect(before == (format == .llama ? "" : "Let me <tool see.\n"))
        #expect(calls.map(\.arguments) == Array(arguments.prefix(count)))
        #expect(calls.allSatisfy { $0.name == "f!" && $0.hasEnded })
        #expect(calls.map(\.id) == (0..<count).map { "call_\($0)" })
      }
    }
  }

  @Test func `what is no call is text, and nothing is lost`() {
    var random = SplitMix(seed: 3)
    for text in ["plain", "a <tool_cal", "1 < 2", "<tool_call", "ends <"] {
      let (told, calls) = folded(events(text, .hermes, random: &random))
      #expect(told == text && calls.isEmpty)
    }
    let (told, calls) = folded(events("x {\"name\": \"f\"", .llama, random: &random))
    #expect(told == "x {\"name\": \"f\"" && calls.isEmpty)
    let cut = folded(
      events(#"<tool_call>{"name": "f", "arguments": {"a": "b"#, .hermes, random: &random))
    #expect(cut.calls.map(\.arguments) == [#"{"a": "b"#] && cut.calls.first?.hasEnded == false)
  }

  @Test func `text is told at once unless it may begin an opening`() {
    var parser = ToolCallParser(format: .hermes) { "id" }
    #expect(parser.append("Hello ") == [.text("Hello ")])
    #expect(parser.append("<to") == [])
    #expect(parser.append("p>") == [.text("<top>")])
    #expect(parser.append("<tool_call>\n{\"name\":") == [])
    #expect(
      parser.append(" \"f\", \"arguments\": {\"a\"") == [
        .callStarted(index: 0, id: "id", name: "f"), .arguments(index: 0, delta: "{\"a\""),
      ])
    #expect(parser.append(": 1}") == [.arguments(index: 0, delta: ": 1}")])
    #expect(parser.append("}") == [.callEnded(index: 0)])
    #expect(parser.append("\n</tool_call>") == [] && parser.finish() == [])
  }

  @Test(arguments: [
    ("qwen2.5", ToolCallFormat.hermes), ("qwen3", .hermes), ("llama3.1", .llama),
    ("llama3.2", .llama), ("mistral", .mistral), ("smollm2", .generic), ("gemma3", .generic),
    ("deepseek-v3", .generic),
  ])
  func `the notation is that of the chat template`(name: String, format: ToolCallFormat) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appending(path: "TokenizersTests/Fixtures/ChatTemplates/\(name).jinja")
    let template = try String(contentsOf: file, encoding: .utf8)
    #expect(ToolCallFormat.detect(template: template) == format)
  }

  @Test func `a model without tools in its template is told of them`() {
    let text = ToolCallFormat.generic.systemMessage(Self.tools)
    for part in [
      "get_weather", "Weather in a city", #""maxLength":10"#, "<tool_call>",
      #"{"name": "now", "parameters": {}}"#,
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!ToolCallFormat.generic.isInTemplate && ToolCallFormat.hermes.isInTemplate)
  }
}

private final class Counter: @unchecked Sendable {
  private var count = -1
  func next() -> Int {
    count += 1
    return count
  }
}
