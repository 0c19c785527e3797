import Billing
import Foundation
import Gateway
import Hummingbird
import Ledger
import NIOCore
import Store
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct EmbeddingTests {
  static func body(_ input: String, _ more: String = "", model: String = "embed") -> String {
    #"{"model":"\#(model)","input":\#(input)\#(more.isEmpty ? "" : "," + more)}"#
  }

  static let path = "/v1/embeddings"

  static func vectors(_ answer: Harness.Answer) -> [[Double]] {
    (answer.json["data"] as? [[String: Any]] ?? []).compactMap { $0["embedding"] as? [Double] }
  }

  @Test func `every form of input gives a vector each, and input tokens are charged once`()
    async throws
  {
    try await Harness.run { gateway in
      for (input, counts) in [
        (#""abc""#, [3]), (#"["abc","de"]"#, [3, 2]), ("[7,8]", [2]), ("[[7,8],[9]]", [2, 1]),
      ] {
        let answer = try await gateway.send(Self.body(input), to: Self.path)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(Self.vectors(answer).map { Int($0[2]) } == counts)
        #expect(answer.json["object"] as? String == "list")
        #expect(answer.usage("prompt_tokens") == counts.reduce(0, +))
        #expect(answer.usage("total_tokens") == counts.reduce(0, +))
      }
      let events = try await gateway.usageEvents
      #expect(events.map { $0.usage?.input }.sorted { $0! < $1! } == [2, 3, 3, 5])
      #expect(events.allSatisfy { $0.usage?.output == 0 && $0.computeNanoseconds == 1000 })
      #expect(events.reduce(0) { $0 + $1.charge!.picos } == 13_000_000)
      #expect(try await gateway.held().isZero)
    }
  }

  @Test func `base64 holds the same values as float`() async throws {
    try await Harness.run { gateway in
      let plain = try await gateway.send(Self.body(#""abc""#), to: Self.path)
      let packed = try await gateway.send(
        Self.body(#""abc""#, #""encoding_format":"base64""#), to: Self.path)
      let text = (packed.json["data"] as? [[String: Any]])?.first?["embedding"] as? String
      let data = try #require(text.flatMap { Data(base64Encoded: $0) })
      let floats = stride(from: 0, to: data.count, by: 4).map { start in
        Float(
          bitPattern: (0..<4).reduce(0) { $0 | UInt32(data[start + $1]) << UInt32(8 * $1) })
      }
      #expect(floats == Self.vectors(plain)[0].map { Float($0) })
    }
  }

  @Test func `a shorter vector is the first part at length 1`() async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(
        Self.body(#""abc""#, #""dimensions":2"#), to: Self.path)
      #expect(Self.vectors(answer).map { $0.map { Float($0) } } == [[0.6, 0.8]])
      let long = try await gateway.send(Self.body(#""abc""#, #""dimensions":5"#), to: Self.path)
      #expect(long.status == 400)
      #expect(long.param == "dimensions")
    }
  }

  @Test(arguments: [
    ("3", "invalid_type", "input"), ("[]", "invalid_value", "input"),
    (#""""#, "invalid_value", "input"), (#"["a",""]"#, "invalid_value", "input[1]"),
    (#"["a",[]]"#, "invalid_value", "input[1]"), ("[1,-1]", "invalid_value", "input[1]"),
    ("null", "missing_required_parameter", "input"),
    (#""a","encoding_format":"int8""#, "invalid_value", "encoding_format"),
    (#""a","dimensions":0"#, "invalid_value", "dimensions"),
  ])
  func `what cannot be embedded is refused by its field`(
    input: String, code: String, param: String
  ) async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(Self.body(input), to: Self.path)
      #expect(answer.status == 400)
      #expect(answer.code == code)
      #expect(answer.param == param)
      #expect(try await gateway.usageEvents.isEmpty)
    }
  }

  @Test func `each kind of model says where its requests go`() async throws {
    try await Harness.run { gateway in
      let chat = try await gateway.send(Harness.chat(model: "embed"))
      #expect(chat.status == 400)
      #expect((chat.error["message"] as? String)?.contains("/v1/embeddings") == true)
      let embed = try await gateway.send(Self.body(#""a""#, model: "small"), to: Self.path)
      #expect(embed.status == 400)
      #expect(embed.param == "model")
      #expect(try await gateway.held().isZero)
    }
  }

  @Test func `refused costs nothing, failed books the machine only, left pays for what was done`()
    async throws
  {
    try await Harness.run { gateway in
      let full = try await gateway.send(Self.body(#""full""#), to: Self.path)
      #expect(full.status == 503)
      #expect(full.headers["retry-after"] == "7")
      #expect(try await gateway.usageEvents.isEmpty)
      let failed = try await gateway.send(Self.body(#""break""#), to: Self.path)
      #expect(failed.status == 500)
      let event = try #require(try await gateway.usageEvents.first)
      #expect(event.outcome == .failed && event.charge?.isZero == true)
      #expect(event.computeNanoseconds == 500)
      let socket = try await RawClient(port: gateway.port)
      let body = Self.body(#""forever""#)
      try await socket.write(RawClient.head(Self.path, length: body.utf8.count) + body)
      try await gateway.until { try await !gateway.held().isZero }
      try await socket.close()
      try await gateway.until { try await gateway.usageEvents.count == 2 }
      let left = try #require(try await gateway.usageEvents.first { $0.outcome == .aborted })
      #expect(left.usage?.input == 2)
      #expect(try await gateway.held().isZero)
    }
  }

  @Test func `an Idempotency-Key replays the vectors and charges once`() async throws {
    try await Harness.run { gateway in
      let key = ["idempotency-key": "embed-1"]
      let first = try await gateway.send(Self.body(#""abc""#), to: Self.path, headers: key)
      let again = try await gateway.send(Self.body(#""abc""#), to: Self.path, headers: key)
      #expect(again.text == first.text)
      #expect(again.headers["idempotency-replayed"] == "true")
      #expect(try await gateway.usageEvents.count == 1)
    }
  }

  @Test func `an upstream's vectors are passed on and rated by its usage`() async throws {
    try await TestUpstream.run({ _ in
      TestUpstream.json(
        #"{"object":"list","model":"their-model","data":[{"object":"embedding","index":0,"embedding":[0.5]}],"usage":{"prompt_tokens":9,"total_tokens":9}}"#
      )
    }) { upstream, url in
      try await Harness.run(upstreamURL: url) { gateway in
        let answer = try await gateway.send(Self.body(#""abc""#, model: "vendor"), to: Self.path)
        #expect(answer.status == 200)
        #expect(answer.json["model"] as? String == "vendor")
        #expect(upstream.asked[0].body.contains(#""model":"their-model""#))
        let event = try #require(try await gateway.usageEvents.first)
        #expect(event.usage == TokenUsage(prompt: 9, cached: 0, output: 0))
        #expect(event.upstreamCost == Sample.money("0.0000045"))
      }
    }
  }
}
