import Testing

@testable import Tokenizers

@Suite struct ChatTemplateModelsTests {
  @Test(
    "A model's template renders every conversation as Python does",
    arguments: ChatTemplateFixture.models)
  func rendersAsPython(model: String) throws {
    let template = try ChatTemplate(ChatTemplateFixture.text("\(model).jinja"))
    let expected = try #require(ChatTemplateFixture.json("expected.json")[model])
    guard case .object(let conversations) = try ChatTemplateFixture.json("conversations.json"),
      case .object(let outcomes)? = expected["outcomes"]
    else { throw ChatTemplateError(.json, "the fixtures have another shape") }
    #expect(outcomes.keys == conversations.keys && outcomes.count > 20)
    for (title, given) in zip(conversations.keys, conversations.values) {
      let outcome = try ChatTemplateFixture.outcome {
        try render(template, given, bos: expected["bos_token"], eos: expected["eos_token"])
      }
      #expect(outcome == outcomes[title], "\(model), \(title)")
    }
  }

  private func render(
    _ template: ChatTemplate, _ given: TemplateValue, bos: TemplateValue?, eos: TemplateValue?
  ) throws -> String {
    var extra: [String: TemplateValue] = [:]
    if case .object(let object) = given {
      for (key, value) in zip(object.keys, object.values)
      where !["messages", "tools", "add_generation_prompt"].contains(key) {
        extra[key] = value
      }
    }
    return try template.render(
      messages: given["messages"]?.arrayValue ?? [], tools: given["tools"]?.arrayValue,
      addGenerationPrompt: given["add_generation_prompt"] != false,
      bosToken: bos?.stringValue ?? "", eosToken: eos?.stringValue ?? "", extra: extra,
      now: { ChatTemplateFixture.now })
  }

  @Test("A message becomes what a template reads, with its parts and further keys")
  func messages() throws {
    let plain = ChatMessage(role: "user", content: "Hi")
    #expect(plain.templateValue == ["role": "user", "content": "Hi"])
    let call = ChatMessage(
      role: "assistant", content: .absent, extra: ["tool_calls": [], "role": "forged"])
    #expect(call.templateValue == ["role": "assistant", "content": nil, "tool_calls": []])
    let parts = ChatMessage(
      role: "user", content: .parts([.other(["type": "image"]), .text("What? ")]))
    let template = try ChatTemplate(ChatTemplateFixture.text("gemma3.jinja"))
    let text = try template.render(
      messages: [parts.templateValue], addGenerationPrompt: true, bosToken: "<bos>",
      eosToken: "", now: { ChatTemplateFixture.now })
    #expect(
      text == "<bos><start_of_turn>user\n<start_of_image>What?<end_of_turn>\n<start_of_turn>model\n"
    )
  }

  @Test("A variable given by name wins over the standard one")
  func extraWins() throws {
    let text = try ChatTemplate("{{ bos_token }}{{ add_generation_prompt }}").render(
      messages: [], addGenerationPrompt: true, bosToken: "a", eosToken: "b",
      extra: ["bos_token": "mine"], now: { ChatTemplateFixture.now })
    #expect(text == "mineTrue")
  }
}
