package import Billing
package import Crypto
import Hummingbird
package import Ledger
package import Logging
import NIOCore
import ServiceLifecycle

/// The gateway: its routes, its limits, and its orderly end.
///
/// In a service group it comes after the application's server, so that at shutdown it ends first:
/// it refuses new requests (503), lets running ones finish for `drainSeconds`, then stops them;
/// each is settled before the server closes its connections.
package final class GatewayService: Service, Sendable {
  package let configuration: GatewayConfiguration
  let store: any BillingStore
  let locals: [String: any LocalModel]
  let embedders: [String: any LocalEmbedder]
  let secret: SymmetricKey
  let time: any TimeSource
  let logger: Logger
  let identifiers: RequestIdentifiers
  let upstreams: UpstreamClient
  let metrics = GatewayMetrics()
  let slots: RequestSlots
  let grammars = GrammarCache()
  let refresher: CatalogueRefresher
  private let abandoned: AsyncStream<@Sendable () async -> Void>
  private let abandonment: AsyncStream<@Sendable () async -> Void>.Continuation

  /// - Parameters:
  ///   - secret: the workspace's, under which keys are hashed.
  ///   - environment: looks up the variables that hold upstreams' keys.
  package init(
    configuration: GatewayConfiguration = GatewayConfiguration(), store: any BillingStore,
    locals: [any LocalModel], embedders: [any LocalEmbedder] = [], secret: SymmetricKey,
    time: any TimeSource,
    environment: @escaping @Sendable (String) -> String?,
    identifiers: RequestIdentifiers = RequestIdentifiers(), logger: Logger
  ) {
    self.configuration = configuration
    self.store = store
    self.locals = Dictionary(locals.map { ($0.name, $0) }) { first, _ in first }
    self.embedders = Dictionary(embedders.map { ($0.name, $0) }) { first, _ in first }
    self.secret = secret
    self.time = time
    self.logger = logger
    self.identifiers = identifiers
    upstreams = UpstreamClient(configuration: configuration, environment: environment)
    slots = RequestSlots(
      limit: configuration.maximumRequests, customerLimit: configuration.maximumCustomerRequests)
    refresher = CatalogueRefresher(store: store)
    (abandoned, abandonment) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(4096))
  }

  /// Settles in `run()` what lost its connection before it had a task of its own.
  func abandon(_ settle: @escaping @Sendable () async -> Void) {
    metrics.add(to: .abandoned)
    abandonment.yield(settle)
  }

  package func run() async throws {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await settle in self.abandoned { await settle() }
      }
      await drain()
      abandonment.finish()
    }
    try await upstreams.shutdown()
  }

  private func drain() async {
    try? await gracefulShutdown()
    slots.refuseNew()
    logger.debug("draining", metadata: ["running": "\(slots.running)"])
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.slots.idle() }
      group.addTask {
        try? await Task.sleep(for: .seconds(self.configuration.drainSeconds))
        self.slots.cancelAll()
      }
      await group.next()
      group.cancelAll()
    }
    await slots.idle()
  }
}
