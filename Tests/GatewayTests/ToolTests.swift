import Billing
import Foundation
import Gateway
import Inference
import Ledger
import Store
import TestSupport
import Testing

/// Calls of tools by the own engine's model, in each form. The toy model says back what stands
/// between `say(` and `)say` in the prompt.
@Suite(.timeLimit(.minutes(20))) struct ToolTests {
  static let tools =
    #""tools":[{"type":"function","function":{"name":"weather","description":"w","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}},{"type":"function","function":{"name":"time"}}]"#
  static let two =
    #"Look: <tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>\n<tool_call>\n{\"name\": \"time\", \"arguments\": {}}\n</tool_call>"#

  static func chat(_ said: String, _ more: String = "") -> String {
    Harness.chat("say(\(said))say", tools + (more.isEmpty ? "" : "," + more))
  }

  static func calls(_ message: [String: Any]?) -> [String] {
    (message?["tool_calls"] as? [[String: Any]] ?? []).map { call in
      let function = call["function"] as? [String: Any]
      return "\(function?["name"] ?? "")\(function?["arguments"] ?? "")"
    }
  }

  @Test func `an answer's calls are told apart from its text`() async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(Self.chat(Self.two))
      #expect(answer.status == 200, "\(answer.text)")
      let choice = answer.choices[0]
      #expect(choice["finish_reason"] as? String == "tool_calls")
      let message = choice["message"] as? [String: Any]
      #expect(message?["content"] as? String == "Look: ")
      #expect(Self.calls(message) == [#"weather{"city": "Oslo"}"#, "time{}"])
      let ids = (message?["tool_calls"] as? [[String: Any]])?.compactMap { $0["id"] as? String }
      #expect(Set(ids ?? []).count == 2)
      #expect(ids?.allSatisfy { $0.hasPrefix("call_") } == true)
      let request = try #require(gateway.model.lastRequest)
      #expect(request.grammar != nil)
    }
  }

  @Test func `only calls leave the content null`() async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(
        Self.chat(
          #"<tool_call>\n{\"name\": \"time\", \"arguments\": {}}\n</tool_call>"#,
          #""tool_choice":"required""#))
      let message = answer.choices[0]["message"] as? [String: Any]
      #expect(message?["content"] is NSNull)
      #expect(Self.calls(message) == ["time{}"])
    }
  }

  @Test func `a stream's deltas add up to the same calls`() async throws {
    try await Harness.run { gateway in
      let stream = try await gateway.send(Self.chat(Self.two, #""stream":true"#))
      var text = ""
      var calls: [(id: String, name: String, arguments: String)] = []
      var reasons: [String] = []
      for event in stream.events.dropLast() {
        let choice = Harness.Answer(status: 200, headers: [:], text: event).choices[0]
        let delta = choice["delta"] as? [String: Any]
        text += delta?["content"] as? String ?? ""
        if let reason = choice["finish_reason"] as? String { reasons.append(reason) }
        for call in delta?["tool_calls"] as? [[String: Any]] ?? [] {
          let index = try #require(call["index"] as? Int)
          let function = call["function"] as? [String: Any]
          if let id = call["id"] as? String {
            #expect(index == calls.count)
            #expect(call["type"] as? String == "function")
            calls.append((id, function?["name"] as? String ?? "", ""))
          }
          calls[index].arguments += function?["arguments"] as? String ?? ""
        }
      }
      #expect(text == "Look: ")
      #expect(calls.map { $0.name + $0.arguments } == [#"weather{"city": "Oslo"}"#, "time{}"])
      #expect(reasons == ["tool_calls"])
      #expect(stream.events.last == "[DONE]")
    }
  }

  @Test func `messages and responses tell the same calls in their own form`() async throws {
    try await Harness.run { gateway in
      let message = try await gateway.send(
        MessagesTests.body(
          #"[{"role":"user","content":"say(\#(Self.two))say"}]"#,
          #""tools":[{"name":"weather","input_schema":{"type":"object"}},{"name":"time","input_schema":{"type":"object"}}]"#
        ), to: MessagesTests.path)
      let blocks = message.json["content"] as? [[String: Any]]
      #expect(blocks?.map { $0["type"] as? String } == ["text", "tool_use", "tool_use"])
      #expect((blocks?[1]["input"] as? [String: String]) == ["city": "Oslo"])
      #expect((blocks?[1]["id"] as? String)?.hasPrefix("toolu_") == true)
      #expect(message.json["stop_reason"] as? String == "tool_use")
      let response = try await gateway.send(
        ResponsesTests.body(
          #""say(\#(Self.two))say""#,
          #""tools":[{"type":"function","name":"weather","parameters":{"type":"object"}},{"type":"function","name":"time"}]"#
        ), to: ResponsesTests.path)
      let items = response.json["output"] as? [[String: Any]]
      #expect(
        items?.map { $0["type"] as? String } == ["message", "function_call", "function_call"])
      #expect(items?[1]["arguments"] as? String == #"{"city": "Oslo"}"#)
    }
  }

  @Test func `what looks like a call is text when no tool may be called`() async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(Self.chat(Self.two, #""tool_choice":"none""#))
      let message = answer.choices[0]["message"] as? [String: Any]
      #expect((message?["content"] as? String)?.contains("<tool_call>") == true)
      #expect(message?["tool_calls"] == nil)
      #expect(answer.choices[0]["finish_reason"] as? String == "stop")
      #expect(gateway.model.lastRequest?.grammar == nil)
    }
  }

  @Test func `a model without tools in its template is told them, earlier calls and results`()
    async throws
  {
    try await Harness.run(model: ToyModel(toolCallFormat: .generic)) { gateway in
      let answer = try await gateway.send(
        #"{"model":"small","messages":[{"role":"system","content":"s"},{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]},{"role":"tool","tool_call_id":"c","content":"4 degrees"}],\#(Self.tools)}"#
      )
      #expect(answer.status == 200, "\(answer.text)")
      let prompt = gateway.model.lastRequest.map { gateway.model.text(of: $0.prompt) } ?? ""
      #expect(prompt.hasPrefix("<system>s\n\nYou can call"))
      #expect(prompt.contains(#""name": "weather""#) && prompt.contains(#""name": "time""#))
      #expect(prompt.contains(#"<assistant><tool_call>"#))
      #expect(prompt.contains(#""city":"Oslo""#))
      #expect(prompt.contains("<user><tool_response>\n4 degrees\n</tool_response>"))
    }
  }

  @Test func `a wrong schema of a tool is refused by its place, in each form's words`()
    async throws
  {
    let schema = #"{"type":"object","properties":{"a":{"type":5}}}"#
    try await Harness.run { gateway in
      let chat = try await gateway.send(
        Harness.chat(
          "hi", #""tools":[{"type":"function","function":{"name":"f","parameters":\#(schema)}}]"#))
      #expect(chat.status == 400)
      #expect(chat.param == "tools[0].function.parameters.properties.a.type", "\(chat.text)")
      let message = try await gateway.send(
        MessagesTests.body(
          MessagesTests.plain, #""tools":[{"name":"f","input_schema":\#(schema)}]"#),
        to: MessagesTests.path)
      #expect(
        (message.error["message"] as? String)?.hasPrefix("tools[0].input_schema.properties.a")
          == true, "\(message.text)")
      let response = try await gateway.send(
        ResponsesTests.body(
          #""a""#, #""tools":[{"type":"function","name":"f","parameters":\#(schema)}]"#),
        to: ResponsesTests.path)
      #expect(response.param == "tools[0].parameters.properties.a.type", "\(response.text)")
    }
  }

  @Test func `a form for the answer and tools it may call, and logprobs beside, are refused`()
    async throws
  {
    try await Harness.run { gateway in
      let form = try await gateway.send(
        Self.chat("a", #""response_format":{"type":"json_object"}"#))
      #expect(form.status == 400 && form.param == "response_format")
      let logprobs = try await gateway.send(Self.chat("a", #""logprobs":true"#))
      #expect(logprobs.status == 400 && logprobs.param == "logprobs")
    }
  }

  @Test func `a form reaches the engine, from each API`() async throws {
    let schema =
      #"{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}"#
    try await Harness.run { gateway in
      for (body, path) in [
        (
          Harness.chat(
            "hi",
            #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":\#(schema)}}"#
          ), "/v1/chat/completions"
        ),
        (Harness.chat("hi", #""response_format":{"type":"json_object"}"#), "/v1/chat/completions"),
        (
          #"{"model":"small","prompt":"hi","grammar":"root ::= \"a\""}"#, "/v1/completions"
        ),
        (
          MessagesTests.body(
            MessagesTests.plain,
            #""output_config":{"format":{"type":"json_schema","schema":\#(schema)}}"#),
          MessagesTests.path
        ),
        (
          ResponsesTests.body(
            #""hi""#,
            #""text":{"format":{"type":"json_schema","name":"n","schema":\#(schema)}}"#),
          ResponsesTests.path
        ),
      ] {
        let answer = try await gateway.send(body, to: path)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(gateway.model.lastRequest?.grammar != nil, "\(path)")
        let free = try await gateway.send(Harness.chat())
        #expect(free.status == 200 && gateway.model.lastRequest?.grammar == nil)
      }
    }
  }

  @Test func `the engine is told whose request it is and the weight of its plan`() async throws {
    var configuration = GatewayConfiguration()
    configuration.planWeights = ["pro": 4]
    try await Harness.run(configuration: configuration) { gateway in
      try await gateway.books.createCustomer(
        Sample.customer("big", terms: .onAccount, plan: "pro"))
      try await gateway.books.createKey(
        Harness.apiKey("key_big", text: "sk-be-big", customer: "big"), credit: nil)
      _ = try await gateway.send(Harness.chat())
      #expect(gateway.model.lastRequest?.customer == "acme")
      #expect(gateway.model.lastRequest?.weight == 1)
      _ = try await gateway.send(Harness.chat(), key: "sk-be-big")
      #expect(gateway.model.lastRequest?.customer == "big")
      #expect(gateway.model.lastRequest?.weight == 4)
    }
  }
}
