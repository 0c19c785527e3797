import AsyncHTTPClient
import Billing
import Gateway
import Ledger
import NIOCore
import Store
import Synchronization
import TestSupport
import Testing

/// Limits on connections and requests, slow and vanishing clients, and the orderly end.
@Suite(.serialized, .timeLimit(.minutes(20))) struct ConnectionTests {
  @Test(arguments: [false, true])
  func `a client that goes away stops its generation and pays for what was generated`(
    stream: Bool
  ) async throws {
    let model = ToyModel(contextLength: 1 << 20)
    try await Harness.run(credit: "1000", model: model) { gateway in
      let socket = try await RawClient(port: gateway.port)
      let body = Harness.chat("forever", stream ? #""stream":true"# : "")
      try await socket.write(RawClient.head(length: body.utf8.count) + body)
      if stream {
        _ = await socket.read(until: "w1 ")
      } else {
        try await gateway.until { gateway.model.started.load(ordering: .relaxed) == 1 }
      }
      try await socket.close()
      try await gateway.until { try await !gateway.usageEvents.isEmpty }
      let event = try #require(try await gateway.usageEvents.first)
      #expect(event.outcome == .aborted)
      #expect(event.usage?.prompt == "<user>forever".utf8.count)
      #expect(
        event.computeNanoseconds == Int64(event.usage!.output + 1) * ToyModel.nanosecondsPerToken)
      #expect(event.charge?.isZero == false)
      #expect(gateway.model.cancelled.load(ordering: .relaxed) > 0)
      #expect(try await gateway.held().isZero)
    }
  }

  @Test func `requests over the limit are refused at once`() async throws {
    var configuration = GatewayConfiguration()
    configuration.maximumRequests = 1
    try await Harness.run(configuration: configuration) { gateway in
      let socket = try await RawClient(port: gateway.port)
      let body = Harness.chat("forever", #""stream":true"#)
      try await socket.write(RawClient.head(length: body.utf8.count) + body)
      _ = await socket.read(until: "w1 ")
      let refused = try await gateway.send(Harness.chat())
      #expect(refused.status == 503)
      #expect(refused.code == "server_busy")
      #expect(refused.headers["retry-after"] == "1")
      #expect(try await gateway.send(nil, to: "/healthz").status == 200)
      try await socket.close()
      try await gateway.until { try await gateway.send(Harness.chat()).status == 200 }
    }
  }

  @Test func `a customer over its own limit gets 429 while others are served`() async throws {
    var configuration = GatewayConfiguration()
    configuration.maximumCustomerRequests = 1
    try await Harness.run(configuration: configuration) { gateway in
      try await gateway.books.createCustomer(Sample.customer("other", terms: .onAccount))
      try await gateway.books.createKey(
        Harness.apiKey("key_2", text: "sk-be-second", customer: "other"), credit: nil)
      let socket = try await RawClient(port: gateway.port)
      let body = Harness.chat("forever", #""stream":true"#)
      try await socket.write(RawClient.head(length: body.utf8.count) + body)
      _ = await socket.read(until: "w1 ")
      let refused = try await gateway.send(Harness.chat())
      #expect(refused.status == 429)
      #expect(refused.code == "too_many_requests")
      #expect(refused.headers["retry-after"] == "1")
      #expect(try await gateway.send(Harness.chat(), key: "sk-be-second").status == 200)
      try await socket.close()
      try await gateway.until { try await gateway.send(Harness.chat()).status == 200 }
    }
  }

  @Test func `two thousand connections are all answered, those over the limit with 503`()
    async throws
  {
    var configuration = GatewayConfiguration()
    configuration.maximumConnections = 200
    try await Harness.run(configuration: configuration, credit: "1000") { gateway in
      let body = Harness.chat()
      var sockets: [RawClient] = []
      for _ in 0..<2000 { sockets.append(try await RawClient(port: gateway.port)) }
      let statuses = try await withThrowingTaskGroup(of: String.self) { group in
        for socket in sockets {
          group.addTask {
            try await socket.write(RawClient.head(length: body.utf8.count) + body)
            return await socket.read(until: "}")
          }
        }
        var statuses: [String: Int] = [:]
        for try await text in group {
          statuses[String(text.prefix(12)), default: 0] += 1
          if text.hasPrefix("HTTP/1.1 503") {
            #expect(text.contains("Retry-After") || text.contains("retry-after"))
          }
        }
        return statuses
      }
      #expect(statuses == ["HTTP/1.1 200": 200, "HTTP/1.1 503": 1800])
      for socket in sockets { try? await socket.close() }
    }
  }

  @Test func `a slow body and a slow head get 408`() async throws {
    var configuration = GatewayConfiguration()
    configuration.bodyTimeoutSeconds = 1
    configuration.headerTimeoutSeconds = 1
    try await Harness.run(configuration: configuration) { gateway in
      let body = try await RawClient(port: gateway.port)
      try await body.write(RawClient.head(length: 100) + #"{"model":"#)
      let head = try await RawClient(port: gateway.port)
      try await head.write("POST /v1/chat/completions HTTP/1.1\r\nHost:")
      for socket in [body, head] {
        let text = try await socket.readToEnd()
        #expect(text.hasPrefix("HTTP/1.1 408"))
        #expect(text.contains("request_timeout"))
      }
      #expect(try await gateway.send(Harness.chat()).status == 200)
    }
  }

  @Test func `a body that is announced is asked for`() async throws {
    try await Harness.run { gateway in
      let socket = try await RawClient(port: gateway.port)
      let body = Harness.chat()
      try await socket.write(
        RawClient.head(length: body.utf8.count, more: "Expect: 100-continue\r\n"))
      #expect(await socket.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100"))
      try await socket.write(body)
      #expect(await socket.read(until: "}}").hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test func `what is not HTTP is refused`() async throws {
    try await Harness.run { gateway in
      let socket = try await RawClient(port: gateway.port)
      try await socket.write("\u{16}\u{3}\u{1}nonsense\r\n\r\n")
      #expect(try await socket.readToEnd().hasPrefix("HTTP/1.1 400"))
    }
  }

  @Test func `shutdown lets a running request finish, then stops and books it`() async throws {
    var configuration = GatewayConfiguration()
    configuration.drainSeconds = 1
    let books = ShutdownRecord()
    let model = ToyModel(contextLength: 1 << 20)
    try await Harness.run(configuration: configuration, credit: "1000", model: model) { gateway in
      let socket = try await RawClient(port: gateway.port)
      let body = Harness.chat("forever", #""stream":true"#)
      try await socket.write(RawClient.head(length: body.utf8.count) + body)
      _ = await socket.read(until: "w1 ")
      books.keep(gateway, socket)
    }
    let (gateway, socket) = try #require(books.kept)
    let rest = try await socket.readToEnd()
    #expect(rest.contains("shutting_down"))
    #expect(!rest.contains("[DONE]"))
    let event = try #require(try await gateway.usageEvents.first)
    #expect(event.outcome == .aborted)
    #expect(event.usage?.output ?? 0 > 0)
    #expect(try await gateway.held().isZero)
  }
}
