import Billing
import Foundation
import Gateway
import Inference
import Ledger
import Store
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct CompletionTests {
  @Test func `an answer has OpenAI's shape, and its usage is booked when it arrives`() async throws
  {
    try await Harness.run { gateway in
      let answer = try await gateway.send(Harness.chat("hello"))
      #expect(answer.status == 200)
      #expect((answer.json["id"] as? String)?.hasPrefix("chatcmpl-") == true)
      #expect(answer.json["object"] as? String == "chat.completion")
      #expect(answer.json["model"] as? String == "small")
      #expect(answer.json["system_fingerprint"] as? String == "fp_toy")
      #expect(answer.choices.count == 1)
      let message = answer.choices[0]["message"] as? [String: Any]
      #expect(message?["content"] as? String == "w0 w1 w2 w3 w4 ")
      #expect(answer.choices[0]["finish_reason"] as? String == "stop")
      #expect(answer.usage("prompt_tokens") == "<user>hello".utf8.count)
      #expect(answer.usage("completion_tokens") == 5)
      let event = try #require(try await gateway.usageEvents.first)
      #expect(event.outcome == .completed)
      #expect(event.usage == TokenUsage(prompt: 11, cached: 0, output: 5))
      #expect(event.charge == Sample.money("0.000026"))
      #expect(event.computeNanoseconds == 6000)
      #expect(try await gateway.held().isZero)
      #expect("chatcmpl-\(event.id)" == answer.json["id"] as? String)
    }
  }

  @Test func `a stream says and charges the same as its buffered twin`() async throws {
    try await Harness.run { gateway in
      let whole = try await gateway.send(Harness.chat("hello"))
      let stream = try await gateway.send(
        Harness.chat("hello", #""stream":true,"stream_options":{"include_usage":true}"#))
      #expect(stream.headers["content-type"]?.hasPrefix("text/event-stream") == true)
      #expect(stream.events.last == "[DONE]")
      let chunks = stream.events.dropLast().map {
        Harness.Answer(status: 200, headers: [:], text: $0)
      }
      let text = chunks.compactMap {
        ($0.choices.first?["delta"] as? [String: Any])?["content"] as? String
      }
      #expect(text.joined() == "w0 w1 w2 w3 w4 ")
      #expect(chunks.last?.usage as NSDictionary? == whole.usage as NSDictionary)
      #expect(chunks.compactMap { $0.choices.first?["finish_reason"] as? String } == ["stop"])
      let events = try await gateway.usageEvents
      #expect(events.count == 2)
      #expect(events[0].charge == events[1].charge)
      #expect(events[0].usage == events[1].usage)
      #expect(Set(events.map(\.streamed)) == [true, false])
    }
  }

  @Test func `usage is left out of a stream unless asked for`() async throws {
    try await Harness.run { gateway in
      let stream = try await gateway.send(Harness.chat("hello", #""stream":true"#))
      #expect(!stream.text.contains("usage"))
      #expect(stream.events.last == "[DONE]")
    }
  }

  @Test func `choices share the prompt and add up their answers`() async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(Harness.chat("hello", #""n":3,"max_tokens":2"#))
      #expect(answer.choices.map { $0["index"] as? Int } == [0, 1, 2])
      #expect(answer.choices.allSatisfy { $0["finish_reason"] as? String == "length" })
      #expect(answer.usage("prompt_tokens") == 11)
      #expect(answer.usage("completion_tokens") == 6)
      let stream = try await gateway.send(
        Harness.chat("hello", #""n":3,"max_tokens":2,"stream":true"#))
      let indices = stream.events.dropLast()
        .compactMap {
          Harness.Answer(status: 200, headers: [:], text: $0).choices.first?["index"] as? Int
        }
      #expect(Set(indices) == [0, 1, 2])
      let events = try await gateway.usageEvents
      #expect(
        events.map(\.usage) == [
          TokenUsage(prompt: 11, cached: 0, output: 6),
          TokenUsage(prompt: 11, cached: 0, output: 6),
        ])
    }
  }

  @Test func `stop, logprobs, parts and the text route work`() async throws {
    try await Harness.run { gateway in
      let stopped = try await gateway.send(Harness.chat("hi", #""stop":"w2""#))
      #expect((stopped.choices[0]["message"] as? [String: Any])?["content"] as? String == "w0 w1 ")
      let logprobs = try await gateway.send(
        Harness.chat("hi", #""logprobs":true,"top_logprobs":2"#))
      let content =
        (logprobs.choices[0]["logprobs"] as? [String: Any])?["content"] as? [[String: Any]]
      #expect(content?.count == 5)
      #expect(content?[0]["token"] as? String == "w0 ")
      #expect((content?[0]["top_logprobs"] as? [[String: Any]])?.count == 2)
      let parts = try await gateway.send(
        #"{"model":"small","messages":[{"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"\u00e9"}]}]}"#
      )
      #expect(parts.usage("prompt_tokens") == "<system>a\né".utf8.count)
      let text = try await gateway.send(
        #"{"model":"small","prompt":["ab",[99,100]],"echo":true,"max_tokens":1}"#,
        to: "/v1/completions")
      #expect(text.choices.map { $0["text"] as? String } == ["abw0 ", "cdw0 "])
      #expect(text.json["object"] as? String == "text_completion")
      #expect(text.usage("prompt_tokens") == 4)
    }
  }

  @Test func `credit too small lowers an open limit, and refuses a named one`() async throws {
    // A prompt of 11 tokens costs 11 millionths; a completion token 3.
    try await Harness.run(credit: "0.000018") { gateway in
      let named = try await gateway.send(Harness.chat("hello", #""max_tokens":5"#))
      #expect(named.status == 402)
      #expect(named.code == "insufficient_quota")
      let open = try await gateway.send(Harness.chat("hello"))
      #expect(open.status == 200)
      #expect(open.usage("completion_tokens") == 2)
      #expect(try await gateway.available() == Sample.money("0.000001"))
    }
  }

  @Test func `a failed engine charges no tokens but books the machine`() async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(Harness.chat("break"))
      #expect(answer.status == 500)
      #expect(answer.code == "engine_failed")
      let event = try #require(try await gateway.usageEvents.first)
      #expect(event.outcome == .failed)
      #expect(event.charge?.isZero == true)
      #expect(event.computeNanoseconds == 3000)
      let stream = try await gateway.send(Harness.chat("break", #""stream":true"#))
      #expect(stream.text.contains("engine_failed"))
      #expect(!stream.text.contains("[DONE]"))
      #expect(try await gateway.usageEvents.first?.usage?.output == 2)
    }
  }

  @Test func `a request that waits too long for its turn is told so and costs nothing`()
    async throws
  {
    var configuration = GatewayConfiguration()
    configuration.maximumQueueSeconds = 9
    try await Harness.run(configuration: configuration) { gateway in
      let before = try await gateway.available()
      let whole = try await gateway.send(Harness.chat("late"))
      #expect(whole.status == 503)
      #expect(whole.code == "queue_timeout")
      #expect(whole.headers["retry-after"] != nil)
      #expect(gateway.model.lastRequest?.deadlineSeconds == 9)
      let stream = try await gateway.send(Harness.chat("late", #""stream":true"#))
      #expect(stream.text.contains("queue_timeout"))
      #expect(try await gateway.usageEvents.isEmpty)
      #expect(try await gateway.available() == before)
    }
    try await Harness.run { gateway in
      let unbound = try await gateway.send(Harness.chat("late"))
      #expect(unbound.status == 200)
    }
  }

  @Test func `books that cannot be written withhold a whole answer and end a stream with an error`()
    async throws
  {
    try await Harness.run { gateway in
      gateway.books.failsSettlement.store(true, ordering: .relaxed)
      let whole = try await gateway.send(Harness.chat())
      #expect(whole.status == 503)
      #expect(whole.code == "storage_unavailable")
      #expect(whole.headers["retry-after"] != nil)
      #expect(!whole.text.contains("w0"))
      let stream = try await gateway.send(Harness.chat("hi", #""stream":true"#))
      #expect(!stream.text.contains("[DONE]"))
      #expect(stream.events.last?.contains("storage_unavailable") == true)
      gateway.books.failsAdmission.store(true, ordering: .relaxed)
      #expect(try await gateway.send(Harness.chat()).status == 503)
      #expect(try await gateway.usageEvents.isEmpty)
    }
  }

  @Test func `an Idempotency-Key replays the same bytes and charges once`() async throws {
    try await Harness.run { gateway in
      for (index, more) in ["", #""stream":true"#].enumerated() {
        let key = ["idempotency-key": "key-\(index)"]
        let first = try await gateway.send(Harness.chat("hi", more), headers: key)
        let again = try await gateway.send(Harness.chat("hi", more), headers: key)
        #expect(again.text == first.text)
        #expect(first.headers["idempotency-replayed"] == nil)
        #expect(again.headers["idempotency-replayed"] == "true")
        #expect(again.headers["content-type"] == first.headers["content-type"])
        let other = try await gateway.send(Harness.chat("other", more), headers: key)
        #expect(other.status == 422)
        #expect(other.code == "idempotency_key_reused")
      }
      #expect(try await gateway.usageEvents.count == 2)
      gateway.time.advance(seconds: 24 * 3600 + 1)
      let later = try await gateway.send(Harness.chat("hi"), headers: ["idempotency-key": "key-0"])
      #expect(later.headers["idempotency-replayed"] == nil)
      #expect(try await gateway.usageEvents.count == 3)
    }
  }

  @Test func `models are listed when the key may use them and they have a price`() async throws {
    try await Harness.run(upstreamURL: "http://127.0.0.1:9/v1") { gateway in
      let list = try await gateway.send(nil, to: "/v1/models")
      let data = list.json["data"] as? [[String: Any]]
      #expect(data?.compactMap { $0["id"] as? String } == ["embed", "small", "vendor"])
      #expect(
        try await gateway.send(nil, to: "/v1/models/small").json["object"] as? String == "model")
      #expect(try await gateway.send(nil, to: "/v1/models/unpriced").code == "model_not_found")
      let none = try await gateway.send(nil, to: "/v1/models", key: "sk-be-other")
      #expect((none.json["data"] as? [Any])?.isEmpty == true)
    }
  }

  @Test func `health, readiness and metrics tell the state`() async throws {
    try await Harness.run { gateway in
      #expect(try await gateway.send(nil, to: "/healthz", key: nil).status == 200)
      #expect(try await gateway.send(nil, to: "/readyz", key: nil).status == 200)
      _ = try await gateway.send(Harness.chat())
      _ = try await gateway.send(Harness.chat(model: "nope\\n"))
      let text = try await gateway.send(nil, to: "/metrics", key: nil).text
      #expect(
        text.contains(
          #"breakeven_requests_total{route="/v1/chat/completions",model="small",status="200"} 1"#))
      #expect(text.contains("breakeven_holds_open 0\n"))
      #expect(text.contains(#"breakeven_tokens_total{kind="output"} 5"#))
      #expect(!text.contains("nope"))
      let sample = /^[a-z_:]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+-]+$/
      for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        #expect(line.wholeMatch(of: sample) != nil, "\(line)")
      }
    }
  }
}
