package import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import Synchronization

/// The HTTP server's connections with the gateway's limits on them. Build an application with
/// `Application(…, server: GatewayServer.http1(service))`.
package enum GatewayServer {
  package static func http1(_ service: GatewayService) -> HTTPServerBuilder {
    HTTPServerBuilder { responder in
      GatewayChannel(
        responder: responder, configuration: service.configuration, metrics: service.metrics)
    }
  }
}

/// One accepted connection.
struct GatewayChannelValue: ServerChildChannelValue {
  let http: HTTP1Channel
  let value: HTTP1Channel.Value
  let connection: ClientConnection
  var channel: any Channel { value.channel }
}

final class GatewayChannel: ServerChildChannel {
  private let responder: HTTPChannelHandler.Responder
  private let configuration: GatewayConfiguration
  private let limits: ConnectionClock.Limits
  private let metrics: GatewayMetrics
  /// One for each event loop; there are as many as cores.
  private let executors = Mutex<[ObjectIdentifier: EventLoopExecutor]>([:])

  init(
    responder: @escaping HTTPChannelHandler.Responder, configuration: GatewayConfiguration,
    metrics: GatewayMetrics
  ) {
    self.responder = responder
    self.configuration = configuration
    self.metrics = metrics
    limits = ConnectionClock.Limits(
      head: Int64(configuration.headerTimeoutSeconds) * 1_000_000_000,
      body: Int64(configuration.bodyTimeoutSeconds) * 1_000_000_000,
      keepAlive: Int64(configuration.keepAliveSeconds) * 1_000_000_000)
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<GatewayChannelValue> {
    let connection = ClientConnection()
    let open = metrics.connections.wrappingAdd(1, ordering: .relaxed).newValue
    let refused = open > configuration.maximumConnections
    if refused { metrics.add(to: .refusedConnections) }
    let metrics = metrics
    let limits = limits
    let http = HTTP1Channel(
      responder: responder,
      configuration: .init(
        additionalChannelHandlers: [
          ConnectionGuard(connection: connection, limits: limits, refused: refused)
        ]))
    channel.closeFuture.whenComplete { _ in
      metrics.connections.wrappingSubtract(1, ordering: .relaxed)
    }
    return http.setup(channel: channel, logger: logger).map {
      GatewayChannelValue(http: http, value: $0, connection: connection)
    }
  }

  func handle(value: GatewayChannelValue, logger: Logger) async {
    await withTaskExecutorPreference(executor(for: value.channel.eventLoop)) {
      await ClientConnection.$current.withValue(value.connection) {
        await value.http.handle(value: value.value, logger: logger)
      }
    }
  }

  private func executor(for eventLoop: any EventLoop) -> EventLoopExecutor {
    executors.withLock { executors in
      let key = ObjectIdentifier(eventLoop)
      if let executor = executors[key] { return executor }
      let executor = EventLoopExecutor(eventLoop)
      executors[key] = executor
      return executor
    }
  }
}
