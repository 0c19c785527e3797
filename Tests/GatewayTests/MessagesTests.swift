import Billing
import Foundation
import Gateway
import Ledger
import Store
import TestSupport
import Testing

/// Anthropic's Messages API, as its reference writes it.
@Suite(.timeLimit(.minutes(20))) struct MessagesTests {
  static let path = "/v1/messages"

  static func body(
    _ messages: String = #"[{"role":"user","content":"hello"}]"#, _ more: String = "",
    model: String = "small", limit: Int? = 100
  ) -> String {
    let limit = limit.map { #","max_tokens":\#($0)"# } ?? ""
    return
      #"{"model":"\#(model)","messages":\#(messages)\#(limit)\#(more.isEmpty ? "" : "," + more)}"#
  }

  @Test func `a message has Anthropic's shape and is charged as a chat is`() async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(Self.body(), to: Self.path)
      #expect(answer.status == 200, "\(answer.text)")
      #expect((answer.json["id"] as? String)?.hasPrefix("msg_") == true)
      #expect(answer.json["type"] as? String == "message")
      #expect(answer.json["role"] as? String == "assistant")
      #expect(answer.json["model"] as? String == "small")
      #expect(answer.json["stop_reason"] as? String == "end_turn")
      #expect(answer.json["stop_sequence"] is NSNull)
      let content = answer.json["content"] as? [[String: Any]]
      #expect(content?.map { $0["text"] as? String } == ["w0 w1 w2 w3 w4 "])
      #expect(answer.usage("input_tokens") == "<user>hello".utf8.count)
      #expect(answer.usage("cache_read_input_tokens") == 0)
      #expect(answer.usage("output_tokens") == 5)
      let event = try #require(try await gateway.usageEvents.first)
      #expect(event.usage == TokenUsage(prompt: 11, cached: 0, output: 5))
      #expect(event.charge == Sample.money("0.000026"))
      #expect("msg_\(event.id)" == answer.json["id"] as? String)
      #expect(try await gateway.held().isZero)
    }
  }

  @Test func `a stream's events come in Anthropic's order and hold the same answer`() async throws {
    try await Harness.run { gateway in
      let stream = try await gateway.send(
        Self.body(#"[{"role":"user","content":"hello"}]"#, #""stream":true"#), to: Self.path)
      let events = stream.namedEvents
      #expect(
        events.map(\.name) == ["message_start", "ping", "content_block_start"]
          + [String](repeating: "content_block_delta", count: 5)
          + ["content_block_stop", "message_delta", "message_stop"])
      #expect(events.allSatisfy { $0.json["type"] as? String == $0.name })
      let texts = events.compactMap { ($0.json["delta"] as? [String: Any])?["text"] as? String }
      #expect(texts.joined() == "w0 w1 w2 w3 w4 ")
      let message = events[0].json["message"] as? [String: Any]
      #expect((message?["usage"] as? [String: Any])?["input_tokens"] as? Int == 11)
      #expect((message?["content"] as? [Any])?.isEmpty == true)
      let delta = events[events.count - 2].json
      #expect((delta["delta"] as? [String: Any])?["stop_reason"] as? String == "end_turn")
      #expect((delta["usage"] as? [String: Any])?["output_tokens"] as? Int == 5)
      #expect(try await gateway.usageEvents.first?.streamed == true)
    }
  }

  @Test func `system, blocks and tool results become the chat that they mean`() async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(
        Self.body(
          #"""
          [{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]},
           {"role":"assistant","content":[{"type":"text","text":"c"},{"type":"tool_use","id":"t1","name":"f","input":{"x":1}}]},
           {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"d"}]},{"type":"text","text":"e"}]}]
          """#, #""system":[{"type":"text","text":"s"}]"#), to: Self.path)
      #expect(answer.status == 200, "\(answer.text)")
      let said = "<system>s<user>a\nb<assistant>c<tool>d<user>e"
      #expect(answer.usage("input_tokens") == said.utf8.count)
    }
  }

  @Test func `a stop sequence and a limit are told apart from an end`() async throws {
    try await Harness.run { gateway in
      let stopped = try await gateway.send(
        Self.body(
          #"[{"role":"user","content":"hello"}]"#, #""stop_sequences":["x","y","z","q","w3"]"#),
        to: Self.path)
      #expect(stopped.json["stop_reason"] as? String == "stop_sequence")
      #expect(stopped.json["stop_sequence"] as? String == "w3")
      let short = try await gateway.send(Self.body(limit: 2), to: Self.path)
      #expect(short.json["stop_reason"] as? String == "max_tokens")
      #expect(short.json["stop_sequence"] is NSNull)
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let body: String
    let status: Int
    let type: String
    let names: String
    var testDescription: String { names }
  }

  static func one(_ message: String) -> String { "[\(message)]" }
  static let plain = #"[{"role":"user","content":"hello"}]"#

  static let cases: [Case] = [
    Case(body: "{", status: 400, type: "invalid_request_error", names: "JSON"),
    Case(
      body: body(limit: nil), status: 400, type: "invalid_request_error", names: "max_tokens"),
    Case(
      body: body(limit: 0), status: 400, type: "invalid_request_error", names: "max_tokens"),
    Case(
      body: body(model: "nope"), status: 404, type: "not_found_error", names: "'nope'"),
    Case(body: body("[]"), status: 400, type: "invalid_request_error", names: "messages"),
    Case(
      body: body(one(#"{"role":"system","content":"x"}"#)), status: 400,
      type: "invalid_request_error", names: "messages[0].role"),
    Case(
      body: body(one(#"{"role":"user"}"#)), status: 400, type: "invalid_request_error",
      names: "messages[0].content"),
    Case(
      body: body(one(#"{"role":"user","content":[{"type":"image","source":{}}]}"#)), status: 400,
      type: "invalid_request_error", names: "messages[0].content[0].type"),
    Case(
      body: body(one(#"{"role":"user","content":[{"type":"tool_result"}]}"#)), status: 400,
      type: "invalid_request_error", names: "messages[0].content[0].tool_use_id"),
    Case(
      body: body(#"[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]"#),
      status: 400, type: "invalid_request_error", names: "messages[1].role"),
    Case(
      body: body(plain, #""thinking":{"type":"enabled","budget_tokens":1024}"#), status: 400,
      type: "invalid_request_error", names: "thinking"),
    Case(
      body: body(plain, #""temperature":3"#), status: 400, type: "invalid_request_error",
      names: "temperature"),
    Case(
      body: body(plain, #""stop_sequences":[1]"#), status: 400, type: "invalid_request_error",
      names: "stop_sequences"),
    Case(
      body: body(plain, #""metadata":{"user_id":3}"#), status: 400, type: "invalid_request_error",
      names: "metadata.user_id"),
    Case(
      body: body(plain, #""tools":[{"type":"web_search_20250305","name":"s"}]"#), status: 400,
      type: "invalid_request_error", names: "tools[0].type"),
    Case(
      body: body(plain, #""tools":[{"name":"s"}]"#), status: 400, type: "invalid_request_error",
      names: "tools[0].input_schema"),
    Case(
      body: body(plain, #""tools":[{"name":"a b","input_schema":{"type":"object"}}]"#),
      status: 400, type: "invalid_request_error", names: "tools[0].name"),
    Case(
      body: body(plain, #""tool_choice":{"type":"auto"}"#), status: 400,
      type: "invalid_request_error", names: "tool_choice"),
    Case(
      body: body(plain, #""mcp_servers":[{}]"#), status: 400, type: "invalid_request_error",
      names: "mcp_servers"),
    Case(
      body: body(one(#"{"role":"user","content":"full"}"#)), status: 503,
      type: "overloaded_error", names: "queue"),
  ]

  @Test func `each bad request is refused in Anthropic's shape, by its field, at no cost`()
    async throws
  {
    try await Harness.run { gateway in
      for bad in Self.cases {
        let answer = try await gateway.send(bad.body, to: Self.path)
        #expect(answer.status == bad.status, "\(bad.names): \(answer.text)")
        #expect(answer.json["type"] as? String == "error")
        #expect(answer.error["type"] as? String == bad.type, "\(bad.names): \(answer.text)")
        let message = answer.error["message"] as? String ?? ""
        #expect(message.contains(bad.names), "\(bad.names): \(message)")
        #expect(answer.json["request_id"] as? String == answer.headers["x-request-id"])
      }
      #expect(try await gateway.usageEvents.isEmpty)
      #expect(try await gateway.held().isZero)
    }
  }

  @Test func `the key may come as x-api-key, and an unknown version is refused`() async throws {
    try await Harness.run { gateway in
      let own = ["x-api-key": Harness.key, "anthropic-version": "2023-06-01"]
      #expect(
        try await gateway.send(Self.body(), to: Self.path, key: nil, headers: own).status == 200)
      let wrong = try await gateway.send(
        Self.body(), to: Self.path, key: nil, headers: ["x-api-key": "sk-be-unknown"])
      #expect(wrong.status == 401)
      #expect(wrong.error["type"] as? String == "authentication_error")
      let later = try await gateway.send(
        Self.body(), to: Self.path, headers: ["anthropic-version": "2026-10-21"])
      #expect(later.status == 200)
      for version in ["2023-01-01", "latest", "2026-13-01"] {
        let refused = try await gateway.send(
          Self.body(), to: Self.path, headers: ["anthropic-version": version])
        #expect(refused.status == 400)
        #expect((refused.error["message"] as? String)?.contains("2023-06-01") == true)
      }
    }
  }

  @Test func `tokens are counted as they would be charged, for nothing`() async throws {
    try await Harness.run(upstreamURL: "http://127.0.0.1:9/v1") { gateway in
      let path = Self.path + "/count_tokens"
      let counted = try await gateway.send(
        Self.body(Self.plain, #""system":"s""#, limit: nil), to: path)
      #expect(counted.status == 200, "\(counted.text)")
      #expect(counted.json["input_tokens"] as? Int == "<system>s<user>hello".utf8.count)
      let upstream = try await gateway.send(Self.body(model: "vendor"), to: path)
      #expect(upstream.status == 400)
      #expect(upstream.error["type"] as? String == "invalid_request_error")
      #expect(try await gateway.usageEvents.isEmpty)
    }
  }

  @Test func `an engine's failure in a stream is an error event, and no message_stop`()
    async throws
  {
    try await Harness.run { gateway in
      let stream = try await gateway.send(
        Self.body(Self.one(#"{"role":"user","content":"break"}"#), #""stream":true"#),
        to: Self.path)
      let last = try #require(stream.namedEvents.last)
      #expect(last.name == "error")
      #expect((last.json["error"] as? [String: Any])?["type"] as? String == "api_error")
      #expect(!stream.text.contains("message_stop"))
    }
  }

  @Test func `an Idempotency-Key replays whole and streamed messages and charges once`()
    async throws
  {
    try await Harness.run { gateway in
      for (index, more) in ["", #""stream":true"#].enumerated() {
        let key = ["idempotency-key": "m-\(index)"]
        let first = try await gateway.send(
          Self.body(Self.plain, more), to: Self.path, headers: key)
        let again = try await gateway.send(
          Self.body(Self.plain, more), to: Self.path, headers: key)
        #expect(again.text == first.text && first.status == 200)
        #expect(again.headers["idempotency-replayed"] == "true")
      }
      #expect(try await gateway.usageEvents.count == 2)
    }
  }
}
