import AsyncHTTPClient
import Billing
import Crypto
import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Ledger
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Store
import TestSupport

/// A gateway on a real port with real books, a customer with credit, and a toy model.
struct Harness: Sendable {
  static let key = "sk-be-test-key"
  static let secret = SymmetricKey(data: Data(repeating: 3, count: 32))

  let port: Int
  let books: TestBooks
  let model: ToyModel
  let service: GatewayService
  let time: HandClock

  /// Runs `body` while the gateway serves, then shuts it down in order.
  static func run(
    configuration: GatewayConfiguration = GatewayConfiguration(), upstreamURL: String? = nil,
    upstreamKey: String? = nil, credit: String = "1", model: ToyModel = ToyModel(),
    _ body: @escaping @Sendable (Harness) async throws -> Void
  ) async throws {
    let time = HandClock()
    let books = try TestBooks(time)
    try await seed(books, upstreamURL: upstreamURL, key: upstreamKey != nil, credit: credit)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let service = GatewayService(
      configuration: configuration, store: books, locals: [model, ToyModel("unpriced")],
      embedders: [ToyEmbedder()],
      secret: secret, time: time, environment: { $0 == "UPSTREAM_KEY" ? upstreamKey : nil },
      logger: logger)
    let clock = MachineClockService(
      configuration: configuration, store: books, rate: Sample.rate(), locals: [model], time: time,
      logger: logger)
    try await clock.open()
    let router = Router()
    service.addRoutes(to: router)
    try await serve(router, GatewayServer.http1(service), [service], logger) { port in
      try await body(
        Harness(port: port, books: books, model: model, service: service, time: time))
    }
    let report = try await books.books.verify()
    guard report.findings.isEmpty else { throw Unsound(findings: "\(report.findings)") }
  }

  struct Unsound: Error { let findings: String }

  private static func seed(
    _ books: TestBooks, upstreamURL: String?, key: Bool, credit: String
  ) async throws {
    try await books.createCustomer(Sample.customer())
    try await books.createKey(apiKey("key_acme", text: Self.key), credit: Sample.money(credit))
    try await books.createKey(
      apiKey("key_old", text: "sk-be-old", expires: Sample.start.advanced(bySeconds: -1)),
      credit: nil)
    try await books.createKey(
      apiKey("key_gone", text: "sk-be-gone", revoked: Sample.start), credit: nil)
    try await books.createKey(
      apiKey("key_other", text: "sk-be-other", models: ["other"]), credit: nil)
    try await books.setPrice(Sample.price())
    try await books.setPrice(Sample.price("price_embed", model: "embed", output: "0"))
    if let upstreamURL {
      try await books.setPrice(Sample.price("price_2", model: "vendor"))
      let cost = Sample.upstream("vendor")
      try await books.addUpstream(
        Upstream(
          name: "vendor", url: upstreamURL, model: "their-model",
          keyEnvironment: key ? "UPSTREAM_KEY" : nil, cost: cost.cost, costVersion: "cost_1"))
    }
  }

  static func apiKey(
    _ id: String, text: String, expires: Timestamp? = nil, revoked: Timestamp? = nil,
    models: [String]? = nil, customer: String = "acme"
  ) -> APIKey {
    APIKey(
      id: id, customer: customer, digest: KeyDigest(of: text, secret: secret), prefix: "sk-be-test",
      created: Sample.start, expires: expires, revoked: revoked, models: models)
  }

  /// Runs an application on a free port while `body` runs.
  static func serve(
    _ router: Router<BasicRequestContext>, _ server: HTTPServerBuilder = .http1(),
    _ services: [any Service] = [], _ logger: Logger,
    _ body: @escaping @Sendable (Int) async throws -> Void
  ) async throws {
    let (ports, source) = AsyncStream<Int>.makeStream()
    let app = Application(
      router: router, server: server,
      configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { source.yield($0.localAddress?.port ?? 0) }, logger: logger)
    let group = ServiceGroup(services: [app] + services, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      var iterator = ports.makeAsyncIterator()
      guard let port = await iterator.next() else { return }
      let result: Result<Void, any Error>
      do {
        try await body(port)
        result = .success(())
      } catch {
        result = .failure(error)
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      try result.get()
    }
  }

  struct Answer: Sendable {
    let status: Int
    let headers: [String: String]
    let text: String

    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }
    var error: [String: Any] { json["error"] as? [String: Any] ?? [:] }
    var code: String? { error["code"] as? String }
    /// The names and data of a stream's named events.
    var namedEvents: [(name: String, json: [String: Any])] {
      text.components(separatedBy: "\n\n").compactMap { event in
        let lines = event.components(separatedBy: "\n")
        guard lines.count == 2, lines[0].hasPrefix("event: ") else { return nil }
        let data = Answer(status: 200, headers: [:], text: String(lines[1].dropFirst(6)))
        return (String(lines[0].dropFirst(7)), data.json)
      }
    }
    var param: String? { error["param"] as? String }
    var usage: [String: Any] { json["usage"] as? [String: Any] ?? [:] }
    func usage(_ name: String) -> Int? { usage[name] as? Int }
    var choices: [[String: Any]] { json["choices"] as? [[String: Any]] ?? [] }
    /// The data of a stream's events.
    var events: [String] {
      text.components(separatedBy: "\n\n").filter { $0.hasPrefix("data: ") }.map {
        String($0.dropFirst(6))
      }
    }
  }

  func send(
    _ body: String?, to path: String = "/v1/chat/completions", method: String? = nil,
    key: String? = Harness.key, headers: [String: String] = [:]
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = .init(rawValue: method ?? (body == nil ? "GET" : "POST"))
    if let body {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(ByteBuffer(string: body))
    }
    if let key { request.headers.add(name: "authorization", value: "Bearer \(key)") }
    for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 32 << 20)
    return Answer(
      status: Int(response.status.code),
      headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in
        first
      },
      text: String(buffer: bytes))
  }

  static func chat(_ text: String = "hi", _ more: String = "", model: String = "small") -> String {
    #"{"model":"\#(model)","messages":[{"role":"user","content":"\#(text)"}]\#(more.isEmpty ? "" : "," + more)}"#
  }

  var usageEvents: [UsageEvent] {
    get async throws { try await books.books.usageEvents(UsageFilter()) }
  }

  /// Credit less what is held.
  func available() async throws -> Money {
    let balance = try await books.books.customers()[0].balances[0]
    return balance.balance - balance.held
  }

  func held() async throws -> Money { try await books.books.customers()[0].balances[0].held }

  /// Waits until `condition` holds, giving others the thread; fails a hung test by its time limit.
  func until(_ condition: @Sendable () async throws -> Bool) async throws {
    while try await !condition() { await Task.yield() }
  }
}
