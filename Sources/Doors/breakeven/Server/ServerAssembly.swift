import Billing
import Dashboard
import Foundation
import Gateway
import Hummingbird
import Inference
import Ledger
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Store
import Synchronization
import UnixSignals
import Venture

/// Everything that runs behind one address: the engine, the books, the API and the pages.
struct ServerAssembly: Sendable {
  let workspace: Workspace
  let books: SQLiteBooks
  let engine: Engine?
  let embeddingEngine: EmbeddingEngine?
  let gateway: GatewayService
  let dashboard: DashboardRoutes
  let clock: MachineClockService
  let host: String
  let port: Int
  let logger: Logger
  private let advisor: OwnAdvisor
  private let desk: PlanDesk
  private let lock: ServerLock
  private let stopping: StopFlag

  init(
    workspace: Workspace, books: SQLiteBooks, model: LoadedModel?, draft: LoadedModel? = nil,
    embeddingModel: EmbeddingModel? = nil, lock: ServerLock, host: String, port: Int,
    logger: Logger
  ) throws {
    let time = SystemTime()
    // Both engines work on one machine, whose time each moment belongs to one of them.
    let machine = MachineTime()
    let engine = try model.map {
      try Engine(
        model: $0, draft: draft, options: workspace.engineOptions, time: machine,
        seeds: SystemSeeds.next)
    }
    embeddingEngine = embeddingModel.map {
      EmbeddingEngine(model: $0, options: workspace.embeddingOptions, time: machine)
    }
    let embedders: [any LocalEmbedder] =
      embeddingEngine.map {
        [
          EmbeddingEngineModel(
            $0, mayShorten: workspace.configuration.embeddings.mayShorten)
        ]
      } ?? []
    let locals: [any LocalModel] =
      if let model, let engine { [EngineModel(model, engine: engine, time: time)] } else { [] }
    let environment = ProcessInfo.processInfo.environment
    let settings = workspace.gatewayConfiguration
    gateway = GatewayService(
      configuration: settings, store: books, locals: locals, embedders: embedders,
      secret: workspace.secret, time: time, environment: { environment[$0] }, logger: logger)
    clock = MachineClockService(
      configuration: settings, store: books, rate: workspace.configuration.machine.rate,
      locals: locals, embedders: embedders, time: time, logger: logger)
    let meter = LiveMeter(engine: engine)
    let stopping = StopFlag()
    advisor = OwnAdvisor(
      workspace: workspace, books: books,
      local: model.map { ($0.name, $0.contextLength) }, time: time)
    let desk = PlanFolder(path: workspace.folder.path).desk(
      workspace: workspace, books: books, time: time, modelLoaded: model != nil)
    dashboard = try DashboardRoutes(
      configuration: workspace.dashboardConfiguration(), books: books, plan: desk,
      reports: { try await PlanCommand.Report.file($0, $1, desk) },
      advisor: { [advisor] in
        do {
          return try await advisor.model(host: host)
        } catch {
          logger.error("the advisor has no model", metadata: ["error": "\(error)"])
          return nil
        }
      },
      live: { meter.figures() },
      secret: workspace.secret, time: time, logger: logger,
      isStopping: { stopping.isSet })
    self.desk = desk
    self.stopping = stopping
    self.workspace = workspace
    self.books = books
    self.engine = engine
    self.lock = lock
    self.host = host
    self.port = port
    self.logger = logger
  }

  /// Whether an address can be listened on, asked before minutes are spent on a model.
  static func checkAddress(host: String, port: Int) async throws {
    do {
      let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .bind(host: host, port: port).get()
      try await channel.close()
    } catch {
      throw Self.refusal(error, host: host, port: port)
    }
  }

  private static func refusal(_ error: any Error, host: String, port: Int) -> any Error {
    if let error = error as? IOError, error.errnoCode == EADDRINUSE {
      return CommandError(
        "\(host):\(port) is in use; stop what listens there, or choose another with --listen HOST:PORT"
      )
    }
    return CommandError(
      "cannot listen on \(host):\(port): \(error); choose another with --listen HOST:PORT")
  }

  /// Serves until a signal, or until `also` ends. `onReady` is told the address.
  func run(
    also services: [any Service] = [], onReady: @escaping @Sendable (Int) async -> Void
  ) async throws {
    raiseFileLimit()
    try await clock.open()
    let router = Router(context: WebContext.self)
    gateway.addRoutes(to: router)
    dashboard.add(to: router)
    let application = Application(
      router: router, server: GatewayServer.http1(gateway),
      configuration: .init(
        address: .hostname(host, port: port), serverName: nil, backlog: 1024),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? port
        advisor.listens(on: port)
        await onReady(port)
        // Nobody waits for it, shutdown neither.
        Task(priority: .background) { await desk.prepare() }
      },
      logger: logger)
    var configuration = ServiceGroupConfiguration(
      services: ([clock, application, gateway, stopping] as [any Service] + services).map {
        .init(
          service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
          failureTerminationBehavior: .cancelGroup)
      },
      gracefulShutdownSignals: [.sigint, .sigterm], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(
      workspace.configuration.gateway.shutdownSeconds + 30)
    do {
      try await ServiceGroup(configuration: configuration).run()
    } catch let error as IOError {
      throw Self.refusal(error, host: host, port: port)
    }
    engine?.shutdown()
    embeddingEngine?.shutdown()
    books.close()
  }
}

extension Workspace {
  var gatewayConfiguration: GatewayConfiguration {
    let settings = configuration.gateway
    var gateway = GatewayConfiguration()
    gateway.machine = configuration.machine.name
    gateway.maximumQueueSeconds = settings.queueSeconds > 0 ? settings.queueSeconds : nil
    gateway.maximumBodyBytes = settings.bodyLimitBytes
    gateway.maximumRequests = settings.maximumRequests
    gateway.maximumCustomerRequests = settings.maximumCustomerRequests
    gateway.planWeights = settings.planWeights
    gateway.bodyTimeoutSeconds = settings.bodyTimeoutSeconds
    gateway.defaultUpstreamOutput = settings.upstreamDefaultOutputTokens
    gateway.upstreamIdleSeconds = settings.upstreamTimeoutSeconds
    gateway.drainSeconds = settings.shutdownSeconds
    gateway.clockSeconds = settings.clockSeconds
    return gateway
  }

  func dashboardConfiguration() throws -> DashboardConfiguration {
    DashboardConfiguration(
      title: "Breakeven", reportingCurrency: configuration.currency, exchangeRates: rates,
      timeZone: configuration.timeZone.identifier, passwordHash: try passwordHash(),
      assetsFolder: assets.path)
  }
}

/// A request with its caller's address, by which failed sign-ins are limited.
private struct WebContext: RemoteAddressRequestContext {
  var coreContext: CoreRequestContextStorage
  let remoteAddress: SocketAddress?

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    remoteAddress = source.channel.remoteAddress
  }
}

/// Connections are files: takes as many as the system allows.
private func raiseFileLimit() {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
  limit.rlim_cur = limit.rlim_max
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

/// Tells open page streams that the program shuts down.
private final class StopFlag: Service, Sendable {
  private let flag = Atomic(false)
  var isSet: Bool { flag.load(ordering: .relaxed) }

  func run() async throws {
    try? await gracefulShutdown()
    flag.store(true, ordering: .relaxed)
  }
}
