import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Venture

extension DashboardRoutes {
  /// An answer that takes longer is cut there.
  static let advisorLimit = Duration.seconds(180)

  func addPlanAdvisor<Context: RequestContext>(to router: Router<Context>) {
    guard let plan else { return }
    planPage(router, .advisor) { visit in
      let page = plan.advisor(visit, nil)
      return page.head + page.tail
    }
    router.post(RouterPath(PlanPages.Tab.advisor.path)) { request, _ in
      try await advise(request, plan)
    }
  }

  /// The page at once, then the answer as it is written, sentence by sentence: progressive without
  /// any script. A reader who leaves ends the generation.
  private func advise(_ request: Request, _ plan: PlanPages) async throws -> Response {
    guard let session = session(request) else { return redirect(to: PlanPages.Tab.advisor.path) }
    let form = Query(encoded: String(buffer: try await request.body.collect(upTo: 8_192)))
    guard isSameSite(request), sessions.accepts(formToken: form["form_token"], of: session) else {
      return secured(Response(status: .forbidden))
    }
    let visit = visit(request, session)
    guard let question = PlanPages.question(form, visit) else {
      let page = plan.advisor(visit, nil, message: visit.text("plan_advisor_empty"))
      return html(page.head + page.tail, status: .badRequest)
    }
    let turns = advisorTurns
    let model = await advisor?()
    let page = plan.advisor(visit, question)
    var response = Response(
      status: .ok,
      body: ResponseBody { writer in
        var sink = writer
        try await sink.write(ByteBuffer(string: page.head))
        // Entered here, so that a response that is never written holds no turn.
        if turns.enter(session.nonce) {
          defer { turns.leave(session.nonce) }
          try await answer(question, visit, plan, model: model) {
            try await sink.write(ByteBuffer(string: $0))
          }
        } else {
          let busy = AdvisorMarkup.failure(visit.text("plan_advisor_busy"))
          try await sink.write(ByteBuffer(string: busy))
        }
        try await sink.write(ByteBuffer(string: page.tail))
        writer = sink
        try await writer.finish(nil)
      })
    response.headers[.contentType] = "text/html; charset=utf-8"
    return secured(response)
  }

  private func answer(
    _ question: AdvisorQuestion, _ visit: Visit, _ plan: PlanPages, model: (any AdvisorModel)?,
    write: (String) async throws -> Void
  ) async throws {
    let begun = ContinuousClock.now
    let isStopping = eventLimits.isOver
    do {
      try await plan.advise(
        question, visit, model: model,
        isLate: { isStopping() || ContinuousClock.now - begun > Self.advisorLimit }, write: write)
    } catch let error where !(error is CancellationError) {
      logger.debug("an answer ended early", metadata: ["error": "\(error)"])
      try await write(AdvisorMarkup.failure(visit.text("error_text")))
    }
  }
}
