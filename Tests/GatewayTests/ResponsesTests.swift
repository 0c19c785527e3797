import Billing
import Foundation
import Gateway
import Ledger
import Store
import TestSupport
import Testing

/// OpenAI's Responses API, the part that needs no memory.
@Suite(.timeLimit(.minutes(20))) struct ResponsesTests {
  static let path = "/v1/responses"

  static func body(
    _ input: String = #""hello""#, _ more: String = "", model: String = "small"
  ) -> String {
    #"{"model":"\#(model)","input":\#(input)\#(more.isEmpty ? "" : "," + more)}"#
  }

  static func text(_ answer: Harness.Answer) -> String? {
    let item = (answer.json["output"] as? [[String: Any]])?.first
    return (item?["content"] as? [[String: Any]])?.first?["text"] as? String
  }

  @Test func `a response has OpenAI's shape and is charged as a chat is`() async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(
        Self.body(#""hello""#, #""metadata":{"a":"b"},"temperature":0.5"#), to: Self.path)
      #expect(answer.status == 200, "\(answer.text)")
      #expect((answer.json["id"] as? String)?.hasPrefix("resp_") == true)
      #expect(answer.json["object"] as? String == "response")
      #expect(answer.json["status"] as? String == "completed")
      #expect(answer.json["store"] as? Bool == false)
      #expect(answer.json["temperature"] as? Double == 0.5)
      #expect((answer.json["metadata"] as? [String: String]) == ["a": "b"])
      #expect(answer.json["error"] is NSNull && answer.json["incomplete_details"] is NSNull)
      #expect(Self.text(answer) == "w0 w1 w2 w3 w4 ")
      #expect(answer.usage("input_tokens") == 11)
      #expect(answer.usage("output_tokens") == 5)
      #expect(answer.usage("total_tokens") == 16)
      let event = try #require(try await gateway.usageEvents.first)
      #expect(event.charge == Sample.money("0.000026"))
      #expect("resp_\(event.id)" == answer.json["id"] as? String)
    }
  }

  @Test func `a stream has every event of OpenAI's, numbered, and ends with the whole response`()
    async throws
  {
    try await Harness.run { gateway in
      let stream = try await gateway.send(
        Self.body(#""hello""#, #""stream":true"#), to: Self.path)
      let events = stream.namedEvents
      #expect(
        events.map(\.name) == [
          "response.created", "response.in_progress", "response.output_item.added",
          "response.content_part.added",
        ] + [String](repeating: "response.output_text.delta", count: 5) + [
          "response.output_text.done", "response.content_part.done", "response.output_item.done",
          "response.completed",
        ])
      #expect(events.map { $0.json["sequence_number"] as? Int } == Array(0..<events.count))
      #expect(
        events.compactMap { $0.json["delta"] as? String }.joined() == "w0 w1 w2 w3 w4 ")
      let whole = try #require(events.last?.json["response"] as? [String: Any])
      #expect(whole["status"] as? String == "completed")
      #expect((whole["usage"] as? [String: Any])?["output_tokens"] as? Int == 5)
      #expect((whole["output"] as? [[String: Any]])?.count == 1)
      #expect(!stream.text.contains("[DONE]"))
    }
  }

  @Test func `an answer that reached its limit is incomplete`() async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(
        Self.body(#""hello""#, #""max_output_tokens":2"#), to: Self.path)
      #expect(answer.json["status"] as? String == "incomplete")
      let details = answer.json["incomplete_details"] as? [String: Any]
      #expect(details?["reason"] as? String == "max_output_tokens")
      let stream = try await gateway.send(
        Self.body(#""hello""#, #""max_output_tokens":2,"stream":true"#), to: Self.path)
      #expect(stream.namedEvents.last?.name == "response.incomplete")
    }
  }

  @Test func `instructions and items become the chat that they mean`() async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(
        Self.body(
          #"""
          [{"role":"user","content":[{"type":"input_text","text":"a"}]},
           {"type":"message","role":"assistant","content":[{"type":"output_text","text":"b"}]},
           {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
           {"type":"function_call_output","call_id":"c1","output":"d"},
           {"role":"developer","content":"e"}]
          """#, #""instructions":"s""#), to: Self.path)
      #expect(answer.status == 200, "\(answer.text)")
      let said = "<system>s<user>a<assistant>b<tool>d<system>e"
      #expect(answer.usage("input_tokens") == said.utf8.count)
    }
  }

  @Test(arguments: [
    ("", "null", "missing_required_parameter", "input"),
    ("", "[]", "invalid_value", "input"),
    ("", "3", "invalid_type", "input"),
    ("", #"[{"role":"king","content":"a"}]"#, "invalid_value", "input[0].role"),
    (
      "", #"[{"role":"user","content":[{"type":"input_image"}]}]"#, "unsupported_parameter",
      "input[0].content[0].type"
    ),
    ("", #"[{"type":"item_reference","id":"x"}]"#, "unsupported_parameter", "input[0].type"),
    (
      "", #"[{"type":"function_call","name":"f","arguments":"{}"}]"#,
      "missing_required_parameter", "input[0].call_id"
    ),
    (#""store":true"#, #""a""#, "unsupported_parameter", "store"),
    (#""background":true"#, #""a""#, "unsupported_parameter", "background"),
    (
      #""previous_response_id":"resp_1""#, #""a""#, "unsupported_parameter",
      "previous_response_id"
    ),
    (#""conversation":"c""#, #""a""#, "unsupported_parameter", "conversation"),
    (#""truncation":"auto""#, #""a""#, "unsupported_parameter", "truncation"),
    (#""include":["file_search_call.results"]"#, #""a""#, "unsupported_parameter", "include[0]"),
    (#""tools":[{"type":"web_search"}]"#, #""a""#, "unsupported_parameter", "tools[0].type"),
    (
      #""tools":[{"type":"function","name":"a b"}]"#, #""a""#, "invalid_value",
      "tools[0].name"
    ),
    (#""max_output_tokens":0"#, #""a""#, "invalid_value", "max_output_tokens"),
    (#""temperature":"hot""#, #""a""#, "invalid_type", "temperature"),
    (#""text":{"format":{"type":"xml"}}"#, #""a""#, "invalid_value", "text.format.type"),
    (
      #""text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object","properties":{"b":{"type":5}}}}}"#,
      #""a""#, "invalid_json_schema", "text.format.schema.properties.b.type"
    ),
    (#""reasoning":{"effort":"high"}"#, #""a""#, "unsupported_parameter", "reasoning.effort"),
    (#""max_output_tokens":9999"#, #""a""#, "context_length_exceeded", "input"),
  ])
  func `each bad request is refused by its field in the words of this API`(
    more: String, input: String, code: String, param: String
  ) async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(Self.body(input, more), to: Self.path)
      #expect(answer.status == 400, "\(answer.text)")
      #expect(answer.code == code, "\(answer.text)")
      #expect(answer.param == param, "\(answer.text)")
      #expect(try await gateway.usageEvents.isEmpty)
    }
  }

  @Test func `an engine's failure in a stream is response.failed`() async throws {
    try await Harness.run { gateway in
      let stream = try await gateway.send(
        Self.body(#""break""#, #""stream":true"#), to: Self.path)
      let last = try #require(stream.namedEvents.last)
      #expect(last.name == "response.failed")
      let response = last.json["response"] as? [String: Any]
      #expect(response?["status"] as? String == "failed")
      #expect((response?["error"] as? [String: Any])?["code"] as? String == "engine_failed")
    }
  }
}
