package import Billing
package import Crypto
import Foundation
package import Hummingbird
package import Ledger
package import Logging
import NIOCore
package import Venture

/// The pages' routes. Made once; `add(to:)` puts them on the program's router.
package struct DashboardRoutes: Sendable {
  let pages: Pages
  /// Nil where the program serves no plan.
  let plan: PlanPages?
  /// Nil where the program cannot write the business plan.
  let reports: ReportMaker?
  /// Finds the model that answers questions about the plan; nil where there is none.
  let advisor: AdvisorSource?
  let advisorTurns = AdvisorTurns()
  let catalogues: [Language: TextCatalogue]
  let local: LocalTime
  let sessions: Sessions
  let limiter: AttemptLimiter
  let links: SignInLinks
  let listeners = Listeners()
  let time: any TimeSource
  let logger: Logger
  let eventLimits: EventStream.Limits

  /// - Parameters:
  ///   - secret: the workspace's secret; session cookies are signed with a key derived from it.
  ///   - reports: writes the business plan for download.
  ///   - advisor: finds the model that answers questions about the plan.
  ///   - live: asked about once a second while somebody looks.
  ///   - isStopping: true once the program shuts down, so that open streams end.
  /// - Throws: `missingResource`, `invalidTemplate`, `invalidTimeZone`.
  package init(
    configuration: DashboardConfiguration, books: any BooksReader,
    plan: PlanDesk? = nil, reports: ReportMaker? = nil, advisor: AdvisorSource? = nil,
    live: @escaping @Sendable () -> LiveFigures, secret: SymmetricKey,
    time: any TimeSource, logger: Logger, isStopping: @escaping @Sendable () -> Bool = { false }
  ) throws(DashboardError) {
    var limits = EventStream.Limits()
    limits.isOver = isStopping
    try self.init(
      configuration: configuration, books: books, plan: plan, reports: reports,
      advisor: advisor, live: live,
      secret: secret, time: time, logger: logger, eventLimits: limits,
      attempts: AttemptLimiter.Limits())
  }

  init(
    configuration: DashboardConfiguration, books: any BooksReader, plan: PlanDesk? = nil,
    reports: ReportMaker? = nil, advisor: AdvisorSource? = nil,
    live: @escaping @Sendable () -> LiveFigures, secret: SymmetricKey, time: any TimeSource,
    logger: Logger, eventLimits: EventStream.Limits, attempts: AttemptLimiter.Limits
  ) throws(DashboardError) {
    guard let zone = TimeZone(identifier: configuration.timeZone) else {
      throw DashboardError(
        .invalidTimeZone,
        "time zone '\(configuration.timeZone)' is not known; use an IANA name such as Asia/Shanghai or UTC"
      )
    }
    var catalogues: [Language: TextCatalogue] = [:]
    for language in Language.allCases {
      catalogues[language] = try TextCatalogue(language: language)
    }
    self.catalogues = catalogues
    local = LocalTime(zone: zone)
    pages = Pages(
      configuration: configuration, books: books, live: live, templates: try Resources.templates(),
      assets: try Assets(folder: configuration.assetsFolder, logger: logger))
    self.reports = reports
    self.advisor = advisor
    self.plan = plan.map { [pages] in PlanPages(pages: pages, desk: $0) }
    sessions = Sessions(secret: secret, passwordHash: configuration.passwordHash)
    limiter = AttemptLimiter(attempts)
    links = SignInLinks()
    self.time = time
    self.logger = logger
    self.eventLimits = eventLimits
  }

  /// An address, without scheme and host, that signs in whoever opens it first within an hour, or
  /// everyone within the hour when reusable (for a demo).
  package func makeSignInAddress(isReusable: Bool = false) -> String {
    "/signin?token=" + links.make(at: time.now(), isReusable: isReusable)
  }

  package func add<Context: RequestContext>(to router: Router<Context>) {
    addSignIn(to: router)
    router.get("/assets/:name") { request, context in
      asset(request, context.parameters.get("name") ?? "")
    }
    router.get("/preferences") { request, _ in preferences(request) }
    page(router, "/") { visit, _ in try await pages.overview(visit) }
    page(router, "/customers") { visit, _ in try await pages.customers(visit) }
    page(router, "/customers/:id") { visit, id in try await pages.customer(id, visit) }
    page(router, "/models") { visit, _ in try await pages.models(visit) }
    page(router, "/models/:id") { visit, id in try await pages.model(id, visit) }
    page(router, "/requests") { visit, _ in try await pages.requests(visit) }
    page(router, "/requests/:id") { visit, id in try await pages.request(id, visit) }
    page(router, "/ledger") { visit, _ in try await pages.ledger(visit) }
    page(router, "/statements") { visit, _ in try await pages.statements(visit) }
    download(router, "requests") { visit, write in try await pages.requestsCSV(visit, write: write)
    }
    download(router, "ledger") { visit, write in try await pages.ledgerCSV(visit, write: write) }
    download(router, "customers") { visit, write in
      try await pages.marginCSV(visit, by: .customer, write: write)
    }
    download(router, "models") { visit, write in
      try await pages.marginCSV(visit, by: .model, write: write)
    }
    download(router, "statements") { visit, write in
      try await pages.statementsCSV(visit, write: write)
    }
    router.post("/ledger/verify") { request, context in
      try await posted(request) { session in
        await respond(request, session) { visit in try await pages.verification(visit) }
      }
    }
    addPlan(to: router)
    router.get("/events") { request, _ in events(request) }
  }

  func page<Context: RequestContext>(
    _ router: Router<Context>, _ path: RouterPath,
    render: @escaping @Sendable (Visit, String) async throws -> String
  ) {
    router.get(path) { request, context in
      guard let session = session(request) else { return toSignIn(request) }
      let id = context.parameters.get("id")?.removingPercentEncoding ?? ""
      return await respond(request, session) { visit in try await render(visit, id) }
    }
  }

  private func download<Context: RequestContext>(
    _ router: Router<Context>, _ name: String,
    body: @escaping @Sendable (Visit, Pages.Write) async throws -> Void
  ) {
    router.get(RouterPath("/\(name).csv")) { request, _ in
      guard let session = session(request) else { return toSignIn(request) }
      let visit = visit(request, session)
      var response = Response(
        status: .ok,
        body: ResponseBody { writer in
          // A spreadsheet takes UTF-8 for granted only after this mark.
          try await writer.write(ByteBuffer(string: "\u{FEFF}"))
          var sink = writer
          try await body(visit) { try await sink.write(ByteBuffer(string: $0)) }
          writer = sink
          try await writer.finish(nil)
        })
      response.headers[.contentType] = "text/csv; charset=utf-8"
      response.headers[.contentDisposition] =
        "attachment; filename=\"\(name)-\(visit.period.firstDay)-\(visit.period.lastDay).csv\""
      return secured(response)
    }
  }

  private func events(_ request: Request) -> Response {
    guard let session = session(request) else { return secured(Response(status: .unauthorized)) }
    guard listeners.hasRoom else {
      var response = Response(status: .serviceUnavailable)
      response.headers[.retryAfter] = "30"
      return secured(response)
    }
    var limits = eventLimits
    let isStopping = limits.isOver
    limits.isOver = { isStopping() || time.now() >= session.expires }
    let isOverview = Query(encoded: request.uri.query)["page"] == nil
    let parts: @Sendable () async throws -> [String: String] = {
      try await pages.overviewParts(visit(request, session, path: "/"))
    }
    let text = visit(request, session).text
    let stream = EventStream(
      books: pages.books, live: pages.live, limits: limits, parts: isOverview ? parts : nil,
      words: { Pages.liveWords($0, text) })
    var response = Response(
      status: .ok,
      body: ResponseBody { writer in
        // Entered here, so that a response that is never written holds no place.
        guard listeners.enter() else { return try await writer.finish(nil) }
        defer { listeners.leave() }
        var sink = writer
        try await stream.run { try await sink.write(ByteBuffer(string: $0)) }
        writer = sink
        try await writer.finish(nil)
      })
    response.headers[.contentType] = "text/event-stream; charset=utf-8"
    return secured(response)
  }
}
