import AsyncHTTPClient
import Billing
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Calls OpenAI-compatible services. Each event loop has a client and kept connections of its own,
/// so that a request stays on the loop of the caller's connection.
final class UpstreamClient: Sendable {
  private let group = HTTPClient.defaultEventLoopGroup
  private let clients: [ObjectIdentifier: HTTPClient]
  private let environment: @Sendable (String) -> String?
  private let configuration: GatewayConfiguration
  private let routes = Mutex<[Upstream: UpstreamRoute]>([:])
  /// Routes beyond this are worked out anew for every request.
  private static let maximumRoutes = 1024

  init(configuration: GatewayConfiguration, environment: @escaping @Sendable (String) -> String?) {
    self.configuration = configuration
    self.environment = environment
    var settings = HTTPClient.Configuration()
    settings.redirectConfiguration = .disallow
    settings.timeout = .init(
      connect: .seconds(Int64(configuration.upstreamConnectSeconds)),
      read: .seconds(Int64(configuration.upstreamIdleSeconds)))
    // Shorter than the shortest keep-alive among common servers (5 s), lest a request meet a
    // connection that is just being closed.
    settings.connectionPool = .init(
      idleTimeout: .seconds(4),
      concurrentHTTP1ConnectionsPerHostSoftLimit: configuration.upstreamConnections)
    // Retries are counted here.
    settings.connectionPool.retryConnectionEstablishment = false
    settings.httpVersion = .http1Only
    settings.decompression = .disabled
    settings.tracing.tracer = nil
    settings.http1_1ConnectionDebugInitializer = { channel in
      channel.pipeline.addHandler(FlushGatherer(eventLoop: channel.eventLoop), position: .first)
    }
    clients = Dictionary(
      group.makeIterator().map {
        (
          ObjectIdentifier($0),
          HTTPClient(eventLoopGroupProvider: .shared($0), configuration: settings)
        )
      }
    ) { first, _ in first }
  }

  /// A gateway that never ran lets its clients go here; a second shutdown is harmless.
  deinit {
    for client in clients.values { client.shutdown { _ in } }
  }

  func shutdown() async throws {
    for client in clients.values { try await client.shutdown() }
  }

  /// The client of the current event loop; of any, outside one.
  private var client: HTTPClient {
    guard let client = clients[ObjectIdentifier(group.any())] else {
      preconditionFailure("every event loop of the group has a client")
    }
    return client
  }

  func route(_ upstream: Upstream) throws(GatewayError) -> UpstreamRoute {
    if let route = routes.withLock({ $0[upstream] }) { return route }
    let route = try UpstreamRoute(upstream, environment: environment)
    routes.withLock { routes in
      if routes.count >= Self.maximumRoutes { routes.removeAll() }
      routes[upstream] = route
    }
    return route
  }

  /// Sends and takes the whole answer. A connection that cannot be made is tried once more.
  func collect(
    _ request: HTTPClient.Request, started: (HTTPClient.Task<UpstreamCollector.Response>) -> Void
  ) async throws -> UpstreamCollector.Response {
    do {
      return try await collectOnce(request, started)
    } catch  where Self.neverConnected(error) {
      return try await collectOnce(request, started)
    }
  }

  private func collectOnce(
    _ request: HTTPClient.Request, _ started: (HTTPClient.Task<UpstreamCollector.Response>) -> Void
  ) async throws -> UpstreamCollector.Response {
    let task = client.execute(
      request: request, delegate: UpstreamCollector(limit: configuration.maximumUpstreamBytes))
    started(task)
    return try await task.futureResult.get()
  }

  /// Sends and takes the answer's head; its body is read from `stream`.
  func open(
    _ request: HTTPClient.Request, started: (HTTPClient.Task<Void>) -> Void
  ) async throws -> (head: UpstreamStream.Head, stream: UpstreamStream) {
    do {
      return try await openOnce(request, started)
    } catch  where Self.neverConnected(error) {
      return try await openOnce(request, started)
    }
  }

  private func openOnce(
    _ request: HTTPClient.Request, _ started: (HTTPClient.Task<Void>) -> Void
  ) async throws -> (head: UpstreamStream.Head, stream: UpstreamStream) {
    let stream = UpstreamStream()
    let task = client.execute(request: request, delegate: stream)
    started(task)
    return (try await stream.head(), stream)
  }

  /// Nothing can have reached the upstream.
  static func neverConnected(_ error: any Error) -> Bool {
    if error is NIOConnectionError { return true }
    if let error = error as? HTTPClientError { return error == .connectTimeout }
    if let error = error as? IOError { return error.errnoCode == ECONNREFUSED }
    return false
  }
}
