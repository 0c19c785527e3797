import Billing
import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Store
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct UpstreamTests {
  @Test func `a whole answer is renamed, rated by its own usage and its cost booked`() async throws
  {
    try await TestUpstream.run({ _ in
      TestUpstream.json(TestUpstream.whole + "," + TestUpstream.usage + "}")
    }) { upstream, url in
      try await Harness.run(upstreamURL: url, upstreamKey: "secret-key") { gateway in
        let answer = try await gateway.send(
          Harness.chat("hi", #""temperature":0.5"#, model: "vendor"))
        #expect(answer.status == 200)
        #expect(answer.json["model"] as? String == "vendor")
        #expect((answer.choices[0]["message"] as? [String: Any])?["content"] as? String == "hello")
        let asked = try #require(upstream.asked.first)
        #expect(asked.authorization == "Bearer secret-key")
        let sent = Harness.Answer(status: 0, headers: [:], text: asked.body).json
        #expect(sent["model"] as? String == "their-model")
        #expect(sent["max_tokens"] as? Int == 4096)
        #expect(sent["temperature"] as? Double == 0.5)
        let event = try #require(try await gateway.usageEvents.first)
        // 12 × 1 + 8 × 0.1 + 10 × 3 and 12 × 0.5 + 8 × 0.05 + 10 × 1.5, in millionths.
        #expect(event.usage == TokenUsage(prompt: 20, cached: 8, output: 10))
        #expect(event.charge == Sample.money("0.0000428"))
        #expect(event.upstreamCost == Sample.money("0.0000214"))
        #expect(event.vendor == "vendor")
      }
    }
  }

  @Test(arguments: [
    (#""max_tokens":7"#, #""max_tokens":7"#),
    (#""max_completion_tokens":7"#, #""max_completion_tokens":7"#),
    (#""max_tokens":null"#, #""max_tokens":4096"#),
    (#""max_tokens":9,"max_completion_tokens":7"#, #""max_tokens":7"#),
  ])
  func `the upstream always gets the limit that was held`(given: String, sent: String) async throws
  {
    try await TestUpstream.run({ _ in
      TestUpstream.json(TestUpstream.whole + "," + TestUpstream.usage + "}")
    }) { upstream, url in
      try await Harness.run(upstreamURL: url) { gateway in
        #expect(try await gateway.send(Harness.chat("hi", given, model: "vendor")).status == 200)
        let body = try #require(upstream.asked.first?.body)
        #expect(body.contains(sent), "\(body)")
        #expect(body.components(separatedBy: #""max_tokens""#).count <= 2, "\(body)")
      }
    }
  }

  @Test func `missing usage is unrated, never zero, whole and streamed`() async throws {
    try await TestUpstream.run({ request in
      request.headers[.accept] == nil
        ? TestUpstream.json("") : TestUpstream.json(TestUpstream.whole + "}")
    }) { upstream, url in
      try await Harness.run(upstreamURL: url) { gateway in
        #expect(try await gateway.send(Harness.chat(model: "vendor")).status == 200)
        let event = try #require(try await gateway.usageEvents.first)
        #expect(event.usage == nil)
        #expect(event.charge == nil)
        #expect(event.upstreamCost == nil)
        #expect(try await gateway.held().isZero)
      }
    }
    try await TestUpstream.run({ _ in TestUpstream.events([TestUpstream.chunk, "[DONE]"]) }) {
      _, url in
      try await Harness.run(upstreamURL: url) { gateway in
        let stream = try await gateway.send(Harness.chat("hi", #""stream":true"#, model: "vendor"))
        #expect(stream.events.last == "[DONE]")
        #expect(try await gateway.usageEvents.first?.usage == nil)
      }
    }
  }

  @Test(arguments: [false, true])
  func `stream usage is always asked for, always rated, and shown only on request`(
    asks: Bool
  ) async throws {
    try await TestUpstream.run({ _ in
      TestUpstream.events([TestUpstream.chunk, TestUpstream.usageChunk, "[DONE]"])
    }) { upstream, url in
      try await Harness.run(upstreamURL: url) { gateway in
        let options = asks ? #","stream_options":{"include_usage":true,"other":1}"# : ""
        let stream = try await gateway.send(
          Harness.chat("hi", #""stream":true"# + options, model: "vendor"))
        #expect(stream.events.count == (asks ? 3 : 2))
        #expect(stream.text.contains("prompt_tokens") == asks)
        #expect(stream.text.contains(#""model":"vendor""#))
        #expect(!stream.text.contains("their-model"))
        let sent = Harness.Answer(status: 0, headers: [:], text: upstream.asked[0].body).json
        let given = sent["stream_options"] as? [String: Any]
        #expect(given?["include_usage"] as? Bool == true)
        #expect(given?["other"] as? Int == (asks ? 1 : nil))
        let event = try #require(try await gateway.usageEvents.first)
        #expect(event.usage == TokenUsage(prompt: 20, cached: 8, output: 10))
        #expect(event.charge == Sample.money("0.0000428"))
        #expect(event.streamed)
      }
    }
  }

  struct Failure: Sendable, CustomTestStringConvertible {
    let status: Int
    var retry: String?
    let seen: Int
    let code: String
    var testDescription: String { "\(status)" }
  }

  @Test(arguments: [
    Failure(status: 401, seen: 502, code: "upstream_authentication"),
    Failure(status: 400, seen: 400, code: "upstream_rejected"),
    Failure(status: 404, seen: 502, code: "upstream_error"),
    Failure(status: 429, retry: "9", seen: 429, code: "upstream_rate_limited"),
    Failure(status: 500, seen: 502, code: "upstream_error"),
    Failure(status: 504, seen: 504, code: "upstream_timeout"),
  ])
  func `an upstream's errors cost nothing and show nothing of its key`(
    failure: Failure
  ) async throws {
    try await TestUpstream.run({ _ in
      TestUpstream.json(
        #"{"error":{"message":"bad key secret-key"}}"#, status: .init(code: failure.status),
        headers: failure.retry.map { [.retryAfter: $0] } ?? [:])
    }) { _, url in
      try await Harness.run(upstreamURL: url, upstreamKey: "secret-key") { gateway in
        for more in ["", #""stream":true"#] {
          let answer = try await gateway.send(Harness.chat("hi", more, model: "vendor"))
          #expect(answer.status == failure.seen)
          #expect(answer.code == failure.code)
          #expect(!answer.text.contains("secret-key"))
          #expect(answer.headers["retry-after"] == failure.retry)
        }
        #expect(try await gateway.usageEvents.isEmpty)
        #expect(try await gateway.held().isZero)
      }
    }
  }

  @Test func `an upstream that cannot be reached costs nothing`() async throws {
    try await Harness.run(upstreamURL: "http://127.0.0.1:9/v1") { gateway in
      let answer = try await gateway.send(Harness.chat(model: "vendor"))
      #expect(answer.status == 502)
      #expect(answer.code == "upstream_unreachable")
      #expect(try await gateway.usageEvents.isEmpty)
      #expect(try await gateway.held().isZero)
    }
  }

  @Test func `an upstream that does not answer in time is 504 and unrated`() async throws {
    var configuration = GatewayConfiguration()
    configuration.upstreamIdleSeconds = 1
    try await TestUpstream.run({ _ in
      try await Task.sleep(for: .seconds(2))
      return TestUpstream.json("{}")
    }) { [configuration] _, url in
      try await Harness.run(configuration: configuration, upstreamURL: url) { gateway in
        let answer = try await gateway.send(Harness.chat(model: "vendor"))
        #expect(answer.status == 504)
        let event = try #require(try await gateway.usageEvents.first)
        #expect(event.outcome == .failed)
        #expect(event.usage == nil)
      }
    }
  }

  @Test func `a stream cut off ends with an error and keeps the usage it had`() async throws {
    try await TestUpstream.run({ _ in
      Response(
        status: .ok, headers: [.contentType: "text/event-stream"],
        body: ResponseBody { writer in
          try await writer.write(ByteBuffer(string: "data: \(TestUpstream.usageChunk)\n\n"))
          throw CancellationError()
        })
    }) { _, url in
      try await Harness.run(upstreamURL: url) { gateway in
        let stream = try await gateway.send(Harness.chat("hi", #""stream":true"#, model: "vendor"))
        #expect(stream.events.last?.contains("upstream_error") == true)
        let event = try #require(try await gateway.usageEvents.first)
        #expect(event.outcome == .failed)
        #expect(event.usage?.output == 10)
      }
    }
  }

  @Test(arguments: ["<html>busy</html>", "[1, 2]", "data: [DONE]\n\n", ""])
  func `a stream without one event is an error for the caller and unrated, not an empty answer`(
    body: String
  ) async throws {
    try await TestUpstream.run({ _ in
      Response(
        status: .ok, headers: [.contentType: "text/html"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }) { _, url in
      try await Harness.run(upstreamURL: url) { gateway in
        let stream = try await gateway.send(Harness.chat("hi", #""stream":true"#, model: "vendor"))
        #expect(stream.events.last?.contains("upstream_error") == true)
        let event = try #require(try await gateway.usageEvents.first)
        #expect(event.outcome == .failed)
        #expect(event.usage == nil && event.charge == nil)
      }
    }
  }

  /// The upstream goes on for a while: `reports` says whether it tells the usage in that time.
  @Test(arguments: [true, false])
  func `leaving a stream is aborted, and unrated unless the usage still comes`(
    reports: Bool
  ) async throws {
    var configuration = GatewayConfiguration()
    configuration.upstreamLingerSeconds = 1
    try await TestUpstream.run({ _ in
      Response(
        status: .ok, headers: [.contentType: "text/event-stream"],
        body: ResponseBody { writer in
          try await writer.write(ByteBuffer(string: "data: \(TestUpstream.chunk)\n\n"))
          try await Task.sleep(for: .milliseconds(reports ? 300 : 2500))
          try await writer.write(
            ByteBuffer(string: "data: \(TestUpstream.usageChunk)\n\ndata: [DONE]\n\n"))
          try await writer.finish(nil)
        })
    }) { [configuration] _, url in
      try await Harness.run(configuration: configuration, upstreamURL: url) { gateway in
        let socket = try await RawClient(port: gateway.port)
        let body = Harness.chat("hi", #""stream":true"#, model: "vendor")
        try await socket.write(RawClient.head(length: body.utf8.count) + body)
        _ = await socket.read(until: "hello")
        try await socket.close()
        try await gateway.until { try await !gateway.usageEvents.isEmpty }
        let event = try #require(try await gateway.usageEvents.first)
        #expect(event.outcome == .aborted)
        #expect(event.usage?.output == (reports ? 10 : nil))
        #expect(try await gateway.held().isZero)
      }
    }
  }

  @Test func `a missing key is told to the owner, not sent without`() async throws {
    try await Harness.run(upstreamURL: "http://127.0.0.1:9/v1", upstreamKey: "") { gateway in
      let answer = try await gateway.send(Harness.chat(model: "vendor"))
      #expect(answer.status == 502)
      #expect(answer.code == "upstream_misconfigured")
      #expect(try await gateway.held().isZero)
    }
  }

  @Test func `a new key and price of another process are found without a restart`() async throws {
    try await Harness.run { gateway in
      #expect(try await gateway.send(Harness.chat(), key: "sk-be-late").status == 401)
      // A crowd of invented keys shares reads of the books.
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<40 {
          group.addTask { _ = try await gateway.send(Harness.chat(), key: "sk-be-invented") }
        }
        try await group.waitForAll()
      }
      #expect(gateway.books.refreshes.load(ordering: .relaxed) < 30)
      try await gateway.books.createKey(Harness.apiKey("key_late", text: "sk-be-late"), credit: nil)
      #expect(try await gateway.send(Harness.chat(), key: "sk-be-late").status == 200)
    }
  }
}
