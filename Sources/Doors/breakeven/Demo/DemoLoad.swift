import AsyncHTTPClient
import Forecast
import Foundation
import NIOCore
import NIOHTTP1

/// The demo's traffic: real requests over HTTP, at random moments, from three customers.
struct DemoLoad {
  struct Buyer: Sendable {
    let name: String
    let key: String
    /// Mean seconds between two requests.
    let interval: Double
    let prompts: [String]
    let system: String?
    let maxTokens: ClosedRange<Int>
  }

  let base: String
  let model: String
  let buyers: [Buyer]

  /// Runs until cancelled. A refused request is part of the traffic; it is only counted.
  func run(client: HTTPClient, seed: UInt64) async {
    await withTaskGroup(of: Void.self) { group in
      for (index, buyer) in buyers.enumerated() {
        group.addTask {
          await self.drive(buyer, client: client, seed: seed &+ UInt64(index) &* 7919)
        }
      }
    }
  }

  /// Requests of one customer, each started after an exponential pause, at most four at once.
  private func drive(_ buyer: Buyer, client: HTTPClient, seed: UInt64) async {
    var generator = RandomStream(RandomStream.Key(seed: seed, name: "buyer"), path: 0, index: 0)
    await withTaskGroup(of: Void.self) { group in
      var running = 0
      while !Task.isCancelled {
        let uniform = Double.random(in: 0.001..<1, using: &generator)
        try? await Task.sleep(for: .seconds(min(8, -buyer.interval * log(uniform))))
        if Task.isCancelled { break }
        if running >= 4 {
          await group.next()
          running -= 1
        }
        let body = self.body(for: buyer, using: &generator)
        running += 1
        group.addTask { await self.call(body, key: buyer.key, client: client) }
      }
    }
  }

  private func body(
    for buyer: Buyer, using generator: inout RandomStream
  ) -> [UInt8] {
    struct Message: Encodable { let role, content: String }
    struct Body: Encodable {
      let model: String
      let messages: [Message]
      let maxTokens: Int
      let temperature: Double
      let seed: Int
      let stream: Bool
    }
    var messages = buyer.system.map { [Message(role: "system", content: $0)] } ?? []
    messages.append(Message(role: "user", content: buyer.prompts.randomElement(using: &generator)!))
    let body = Body(
      model: model, messages: messages,
      maxTokens: Int.random(in: buyer.maxTokens, using: &generator), temperature: 0.7,
      seed: Int.random(in: 0..<1_000_000, using: &generator),
      stream: Bool.random(using: &generator))
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return (try? encoder.encode(body)).map(Array.init) ?? []
  }

  private func call(_ body: [UInt8], key: String, client: HTTPClient) async {
    var request = HTTPClientRequest(url: base + "/v1/chat/completions")
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.headers.add(name: "authorization", value: "Bearer \(key)")
    request.body = .bytes(ByteBuffer(bytes: body))
    guard let response = try? await client.execute(request, timeout: .seconds(120)) else { return }
    _ = try? await response.body.collect(upTo: 1 << 22)
  }
}
