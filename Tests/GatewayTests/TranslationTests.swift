import Billing
import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Store
import TestSupport
import Testing

/// Messages and responses of models that an upstream runs, which speaks chat only.
@Suite(.timeLimit(.minutes(20))) struct TranslationTests {
  static let calls =
    #"{"id":"x","object":"chat.completion","model":"their-model","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]},"finish_reason":"tool_calls"}]"#

  static func chunk(_ delta: String, finish: String? = nil) -> String {
    #"{"id":"x","object":"chat.completion.chunk","model":"their-model","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(finish.map { "\"\($0)\"" } ?? "null")}]}"#
  }

  static let stream = [
    chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"content":"I "}"#),
    chunk(#"{"content":"look"}"#),
    chunk(
      #"{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"weather","arguments":""}}]}"#
    ), chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}"#),
    chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"\"Oslo\"}"}}]}"#),
    chunk(
      #"{"tool_calls":[{"index":1,"id":"c2","type":"function","function":{"name":"time","arguments":"{}"}}]}"#
    ), chunk("{}", finish: "tool_calls"), TestUpstream.usageChunk, "[DONE]",
  ]

  static let messages =
    #"[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{"x":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"d","is_error":true}]}]"#
  static let settings =
    #""system":"s","stop_sequences":["x"],"top_k":4,"metadata":{"user_id":"u"},"tools":[{"name":"weather","description":"w","input_schema":{"type":"object"}}],"tool_choice":{"type":"any","disable_parallel_tool_use":true},"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}"#

  @Test func `a message's request reaches the upstream as a chat, and its answer comes back`()
    async throws
  {
    try await TestUpstream.run({ _ in
      TestUpstream.json(Self.calls + "," + TestUpstream.usage + "}")
    }) { upstream, url in
      try await Harness.run(upstreamURL: url) { gateway in
        let answer = try await gateway.send(
          MessagesTests.body(Self.messages, Self.settings, model: "vendor"),
          to: MessagesTests.path)
        #expect(answer.status == 200, "\(answer.text)")
        let sent = Harness.Answer(status: 0, headers: [:], text: upstream.asked[0].body).json
        let expected = #"""
          {"model":"their-model","max_tokens":100,"stop":["x"],"top_k":4,"user":"u",
           "tools":[{"type":"function","function":{"name":"weather","description":"w","parameters":{"type":"object"}}}],
           "tool_choice":"required","parallel_tool_calls":false,
           "response_format":{"type":"json_schema","json_schema":{"name":"output","schema":{"type":"object"}}},
           "messages":[{"role":"system","content":"s"},{"role":"user","content":"hi"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},
            {"role":"tool","tool_call_id":"t1","content":"Error: d"}]}
          """#
        #expect(
          sent as NSDictionary
            == Harness.Answer(status: 0, headers: [:], text: expected).json as NSDictionary)
        #expect(answer.json["model"] as? String == "vendor")
        #expect(answer.json["stop_reason"] as? String == "tool_use")
        let content = try #require(answer.json["content"] as? [[String: Any]])
        #expect(content.map { $0["type"] as? String } == ["tool_use"])
        #expect(content[0]["id"] as? String == "c1")
        #expect((content[0]["input"] as? [String: String]) == ["city": "Oslo"])
        #expect(answer.usage("input_tokens") == 12)
        #expect(answer.usage("cache_read_input_tokens") == 8)
        let event = try #require(try await gateway.usageEvents.first)
        #expect(event.usage == TokenUsage(prompt: 20, cached: 8, output: 10))
        #expect(event.charge == Sample.money("0.0000428"))
      }
    }
  }

  @Test func `a message's stream has a block for the text and one for each call`() async throws {
    try await TestUpstream.run({ _ in TestUpstream.events(Self.stream) }) { _, url in
      try await Harness.run(upstreamURL: url) { gateway in
        let answer = try await gateway.send(
          MessagesTests.body(MessagesTests.plain, #""stream":true"#, model: "vendor"),
          to: MessagesTests.path)
        let events = answer.namedEvents
        #expect(
          events.map(\.name) == [
            "message_start", "ping", "content_block_start", "content_block_delta",
            "content_block_delta", "content_block_stop", "content_block_start",
            "content_block_delta", "content_block_delta", "content_block_stop",
            "content_block_start", "content_block_delta", "content_block_stop", "message_delta",
            "message_stop",
          ])
        let blocks = events.filter { $0.name == "content_block_start" }
          .compactMap { $0.json["content_block"] as? [String: Any] }
        #expect(blocks.map { $0["type"] as? String } == ["text", "tool_use", "tool_use"])
        #expect(blocks.map { $0["name"] as? String } == [nil, "weather", "time"])
        #expect(
          events.filter { $0.name == "content_block_start" }
            .map { $0.json["index"] as? Int } == [0, 1, 2])
        let pieces = events.compactMap {
          ($0.json["delta"] as? [String: Any])?["partial_json"] as? String
        }
        #expect(pieces.joined() == #"{"city":"Oslo"}{}"#)
        let delta = events[events.count - 2].json
        #expect((delta["delta"] as? [String: Any])?["stop_reason"] as? String == "tool_use")
        #expect((delta["usage"] as? [String: Any])?["input_tokens"] as? Int == 12)
        let event = try #require(try await gateway.usageEvents.first)
        #expect(event.usage == TokenUsage(prompt: 20, cached: 8, output: 10))
        #expect(event.streamed && event.outcome == .completed)
      }
    }
  }

  @Test func `a response's stream has an item for the text and one for each call`() async throws {
    try await TestUpstream.run({ _ in TestUpstream.events(Self.stream) }) { upstream, url in
      try await Harness.run(upstreamURL: url) { gateway in
        let answer = try await gateway.send(
          ResponsesTests.body(
            #""hi""#,
            #""stream":true,"tools":[{"type":"function","name":"weather","parameters":{"type":"object"}}],"tool_choice":{"type":"function","name":"weather"},"text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}}"#,
            model: "vendor"), to: ResponsesTests.path)
        let sent = Harness.Answer(status: 0, headers: [:], text: upstream.asked[0].body).json
        let tool = (sent["tools"] as? [[String: Any]])?.first?["function"] as? [String: Any]
        #expect(tool?["name"] as? String == "weather")
        #expect(
          ((sent["tool_choice"] as? [String: Any])?["function"] as? [String: String]) == [
            "name": "weather"
          ])
        let format = (sent["response_format"] as? [String: Any])?["json_schema"] as? [String: Any]
        #expect(format?["name"] as? String == "n" && format?["strict"] as? Bool == true)
        let events = answer.namedEvents
        let done = events.filter { $0.name == "response.output_item.done" }
          .compactMap { $0.json["item"] as? [String: Any] }
        #expect(
          done.map { $0["type"] as? String } == ["message", "function_call", "function_call"])
        #expect(done.map { $0["call_id"] as? String } == [nil, "c1", "c2"])
        #expect(
          done.map { $0["arguments"] as? String } == [nil, #"{"city":"Oslo"}"#, "{}"])
        let pieces = events.filter { $0.name == "response.function_call_arguments.delta" }
        #expect(
          pieces.compactMap { $0.json["delta"] as? String }.joined() == #"{"city":"Oslo"}{}"#)
        let whole = try #require(events.last?.json["response"] as? [String: Any])
        #expect((whole["output"] as? [[String: Any]])?.count == 3)
        #expect((whole["usage"] as? [String: Any])?["total_tokens"] as? Int == 30)
        #expect(try await gateway.usageEvents.first?.charge == Sample.money("0.0000428"))
      }
    }
  }

  @Test func `a whole response has its calls as items`() async throws {
    try await TestUpstream.run({ _ in
      TestUpstream.json(Self.calls + "," + TestUpstream.usage + "}")
    }) { _, url in
      try await Harness.run(upstreamURL: url) { gateway in
        let answer = try await gateway.send(
          ResponsesTests.body(model: "vendor"), to: ResponsesTests.path)
        let items = answer.json["output"] as? [[String: Any]]
        #expect(items?.map { $0["type"] as? String } == ["function_call"])
        #expect(items?.first?["arguments"] as? String == #"{"city":"Oslo"}"#)
        #expect(answer.json["status"] as? String == "completed")
      }
    }
  }

  @Test func `an upstream that breaks off ends a translated stream with the form's error`()
    async throws
  {
    try await TestUpstream.run({ _ in
      Response(
        status: .ok, headers: [.contentType: "text/event-stream"],
        body: ResponseBody { writer in
          try await writer.write(ByteBuffer(string: "data: \(TestUpstream.chunk)\n\n"))
          throw CancellationError()
        })
    }) { _, url in
      try await Harness.run(upstreamURL: url) { gateway in
        let message = try await gateway.send(
          MessagesTests.body(MessagesTests.plain, #""stream":true"#, model: "vendor"),
          to: MessagesTests.path)
        #expect(message.namedEvents.last?.name == "error")
        let response = try await gateway.send(
          ResponsesTests.body(#""hi""#, #""stream":true"#, model: "vendor"),
          to: ResponsesTests.path)
        #expect(response.namedEvents.last?.name == "response.failed")
        let events = try await gateway.usageEvents
        #expect(events.map(\.outcome) == [.failed, .failed])
        #expect(events.allSatisfy { $0.usage == nil })
      }
    }
  }

  @Test func `calls that come mixed are an error, never a wrong call`() async throws {
    let mixed = [
      Self.chunk(
        #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]}"#),
      Self.chunk(
        #"{"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"{"}}]}"#),
      Self.chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]}"#),
      TestUpstream.usageChunk, "[DONE]",
    ]
    try await TestUpstream.run({ _ in TestUpstream.events(mixed) }) { _, url in
      try await Harness.run(upstreamURL: url) { gateway in
        let answer = try await gateway.send(
          MessagesTests.body(MessagesTests.plain, #""stream":true"#, model: "vendor"),
          to: MessagesTests.path)
        #expect(answer.namedEvents.last?.name == "error")
        let event = try #require(try await gateway.usageEvents.first)
        #expect(event.outcome == .failed && event.usage?.output == 10)
      }
    }
  }
}
