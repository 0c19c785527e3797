import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Venture

extension DashboardRoutes {
  /// Strategy, opportunity, team, risks, project, cases, the file and the report.
  func addPlanParts<Context: RequestContext>(to router: Router<Context>) {
    guard let plan else { return }
    let isMade = reports != nil
    planPage(router, .strategy) { try await plan.strategy($0) }
    planPage(router, .opportunity) { try await plan.opportunity($0) }
    planPage(router, .team) { try await plan.team($0) }
    planPage(router, .risks) { try await plan.risks($0) }
    planPage(router, .project) { try await plan.project($0) }
    planPage(router, .cases) { try await plan.cases($0) }
    planPage(router, .file) { try await plan.file($0) }
    planPage(router, .report) { try await plan.report($0, isMade: isMade) }
    router.get("/plan/report/:format") { request, context in
      await reportFile(request, context.parameters.get("format") ?? "")
    }
    router.post("/plan/file/value") { request, _ in
      try await postedForm(request, upTo: 65_536) { session, fields in
        let path = fields["path"] ?? ""
        let draft = plan.setValue(
          visit(request, session), path: path, to: fields["value"] ?? "",
          over: fields["hash"] ?? "")
        return await edited(request, session, draft, to: "saved=value\(plan.anchor(of: path))")
      }
    }
    router.post("/plan/file/text") { request, _ in
      try await postedForm(request, upTo: PlanPages.largestForm) { session, fields in
        let draft = plan.saveText(
          visit(request, session), fields["text"] ?? "", over: fields["hash"] ?? "")
        return await edited(request, session, draft, to: "saved=text")
      }
    }
  }

  /// Back to the file when the change is written; otherwise the page again with what was typed.
  private func edited(
    _ request: Request, _ session: Sessions.Session, _ draft: FileDraft?, to query: String
  ) async -> Response {
    guard let plan, let draft else { return redirect(to: "/plan/file?\(query)") }
    var response = await respond(request, session) { visit in
      do {
        return try await plan.file(visit, draft: draft)
      } catch let error as DeskError {
        return plan.missing(.file, visit, error)
      }
    }
    if response.status == .ok { response.status = .unprocessableContent }
    return response
  }

  /// A form of ours that may be long: signed in, from the same site, with the session's token.
  private func postedForm(
    _ request: Request, upTo limit: Int,
    action: (Sessions.Session, [String: String]) async throws -> Response
  ) async throws -> Response {
    guard let session = session(request) else { return toSignIn(request) }
    guard isSameSite(request) else { return secured(Response(status: .forbidden)) }
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      return tooLarge(request, session)
    }
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: limit)
    } catch {
      return tooLarge(request, session)
    }
    let fields = Self.fields(of: body)
    guard sessions.accepts(formToken: fields["form_token"], of: session) else {
      return secured(Response(status: .forbidden))
    }
    return try await action(session, fields)
  }

  /// `application/x-www-form-urlencoded`, a handful of fields of any length; the first of a name
  /// counts.
  private static func fields(of body: ByteBuffer) -> [String: String] {
    var fields: [String: String] = [:]
    for part in String(buffer: body).split(separator: "&", maxSplits: 8).prefix(8) {
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let decoded = halves.map {
        $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
      }
      guard decoded.count == 2, !decoded[0].isEmpty, fields[decoded[0]] == nil else { continue }
      fields[decoded[0]] = decoded[1]
    }
    return fields
  }

  private func tooLarge(_ request: Request, _ session: Sessions.Session) -> Response {
    let visit = visit(request, session)
    return html(
      pages.page(
        "notice", visit, title: visit.text("plan_tab_file"), section: "plan",
        [
          "notice_title": visit.text("plan_text_too_large_title"),
          "notice_text": visit.text("plan_text_too_large"),
        ]), status: .contentTooLarge)
  }

  // MARK: Report

  private func reportFile(_ request: Request, _ name: String) async -> Response {
    guard let session = session(request) else { return toSignIn(request) }
    let visit = visit(request, session)
    guard let reports, let format = ReportFormat(rawValue: name) else {
      return await respond(request, session) { _ in throw NotFound(what: name) }
    }
    let language =
      visit.query["language"].flatMap(Language.init(rawValue:)) ?? visit.text.language
    do {
      let file = try await reports(format, language)
      let isInline = format == .html && visit.query["download"] == nil
      return Self.download(secured(Response(status: .ok)), file, isInline: isInline)
    } catch let error as DeskError {
      return await respond(request, session) { visit in
        plan?.missing(.report, visit, error) ?? error.description
      }
    } catch {
      return await respond(request, session) { _ in throw error }
    }
  }

  /// The report has its own style and nothing else: no script, no form, no address of ours.
  private static func download(
    _ response: Response, _ file: ReportFile, isInline: Bool
  ) -> Response {
    var response = response
    response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes))
    response.headers[.contentType] = file.type
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
      + "base-uri 'none'; frame-ancestors 'none'; sandbox"
    let ending = file.name.split(separator: ".").last.map(String.init) ?? "bin"
    response.headers[.contentDisposition] =
      "\(isInline ? "inline" : "attachment"); filename=\"business-plan.\(ending)\"; "
      + "filename*=UTF-8''\(Query.escape(file.name))"
    return response
  }
}
