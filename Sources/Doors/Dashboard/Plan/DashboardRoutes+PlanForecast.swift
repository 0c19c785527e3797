import Forecast
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Venture

extension DashboardRoutes {
  /// Forecast, streams, decisions and learning.
  func addPlanForecast<Context: RequestContext>(to router: Router<Context>) {
    guard let plan else { return }
    planPage(router, .forecast) { try await plan.forecast($0) }
    planPage(router, .streams) { try await plan.streams($0) }
    planPage(router, .decisions) { try await plan.decisions($0) }
    planPage(router, .learning) { try await plan.learning($0) }
    planPart(router, "/plan/streams/mix", .streams) { visit, _ in try await plan.mix(visit) }
    planPart(router, "/plan/decisions/:id", .decisions) { visit, id in
      try await plan.decision(id, visit)
    }
    planPart(router, "/plan/learning/:id", .learning) { visit, id in
      try await plan.learnt(id, visit)
    }
    router.get("/plan/redraw") { request, _ in
      guard let session = session(request) else {
        return refused("sign in again", status: .unauthorized)
      }
      return await redrawn(visit(request, session))
    }
    router.post("/plan/freeze") { request, _ in
      try await posted(request) { session in
        await freeze(request, session)
      }
    }
  }

  /// A part of a page by its own address.
  private func planPart<Context: RequestContext>(
    _ router: Router<Context>, _ path: RouterPath, _ tab: PlanPages.Tab,
    render: @escaping @Sendable (Visit, String) async throws -> String
  ) {
    guard let plan else { return }
    page(router, path) { visit, id in
      do {
        return try await render(visit, id)
      } catch let error as DeskError {
        return plan.missing(tab, visit, error)
      }
    }
  }

  private func redrawn(_ visit: Visit) async -> Response {
    guard let plan else { return refused("there is no plan", status: .notFound) }
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.withoutEscapingSlashes]
      return json(try encoder.encode(try await plan.redraw(visit)))
    } catch let error as DeskError {
      return refused(error.description, status: .badRequest)
    } catch let error as ForecastError {
      return refused(error.message, status: .badRequest)
    } catch {
      logger.error("the forecast was not drawn", metadata: ["error": "\(error)"])
      return refused(visit.text("error_text"), status: .internalServerError)
    }
  }

  private func freeze(_ request: Request, _ session: Sessions.Session) async -> Response {
    guard let plan else { return secured(Response(status: .notFound)) }
    do {
      try await plan.freeze()
      return redirect(to: "/plan/learning#frozen")
    } catch let error as DeskError {
      return await respond(request, session) { plan.missing(.learning, $0, error) }
    } catch {
      return await respond(request, session) { _ in throw error }
    }
  }

  private func json(_ data: Data, status: HTTPResponse.Status = .ok) -> Response {
    var response = Response(status: status, body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    response.headers[.contentType] = "application/json; charset=utf-8"
    return secured(response)
  }

  private func refused(_ message: String, status: HTTPResponse.Status) -> Response {
    let data = try? JSONEncoder().encode(["error": message])
    return json(data ?? Data("{}".utf8), status: status)
  }
}

extension PlanPages {
  /// Keeps today's forecast: of the plan as the ledger moved it, where there is a ledger.
  func freeze() async throws {
    let ask = try PlanAsk(Query(), scenarios: [])
    _ = try await desk.freeze(ask.request(basis(ask, try await past())))
  }
}
