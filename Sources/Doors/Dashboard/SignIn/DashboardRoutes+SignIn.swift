import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import Logging
import NIOCore

extension DashboardRoutes {
  func addSignIn<Context: RequestContext>(to router: Router<Context>) {
    router.get("/signin") { request, _ in signInPage(request) }
    router.post("/signin") { request, context in
      try await signIn(request, peer: Self.peer(context))
    }
    router.post("/signout") { request, _ in
      try await posted(request) { session in
        sessions.end(session)
        var response = redirect(to: "/signin")
        response.headers[values: .setCookie].append(cookie(Sessions.cookieName, "", seconds: 0))
        return response
      }
    }
  }

  func toSignIn(_ request: Request) -> Response {
    let here = request.uri.path + (request.uri.query.map { "?" + $0 } ?? "")
    return redirect(to: Query(here == "/" ? [:] : ["back": here]).address("/signin"))
  }

  /// The form; with `?token=` of a printed address, signs in at once.
  private func signInPage(_ request: Request) -> Response {
    let query = Query(encoded: request.uri.query)
    let back = Self.localAddress(query["back"])
    guard let token = query["token"] else {
      return session(request) == nil ? form(request, message: nil, back: back) : redirect(to: back)
    }
    if links.redeem(token, at: time.now()) { return signedIn(to: back) }
    return session(request) == nil
      ? form(request, message: "signin_link_used", back: back, status: .forbidden)
      : redirect(to: back)
  }

  private func signIn(_ request: Request, peer: String) async throws -> Response {
    guard isSameSite(request) else {
      return form(request, message: "signin_again", back: "/", status: .forbidden)
    }
    let fields = try await formFields(request)
    let back = Self.localAddress(fields["back"])
    if let seconds = limiter.attempt(from: peer, at: time.now()) {
      logger.warning("sign-in refused: too many attempts", metadata: ["peer": "\(peer)"])
      var response = form(request, message: "signin_too_many", back: back, status: .tooManyRequests)
      response.headers[.retryAfter] = String(seconds)
      return response
    }
    guard let password = fields["password"], pages.configuration.passwordHash.matches(password)
    else {
      logger.notice("sign-in failed", metadata: ["peer": "\(peer)"])
      return form(request, message: "signin_wrong", back: back, status: .unauthorized)
    }
    limiter.succeeded(from: peer)
    return signedIn(to: back)
  }

  private func signedIn(to back: String) -> Response {
    var response = redirect(to: back)
    response.headers[values: .setCookie].append(
      cookie(
        Sessions.cookieName, sessions.cookieValue(sessions.make(at: time.now())),
        seconds: Sessions.lifetimeSeconds))
    return response
  }

  private func form(
    _ request: Request, message: String?, back: String, status: HTTPResponse.Status = .ok
  ) -> Response {
    let visit = visit(request, nil)
    var fields = pages.frame(visit, title: visit.text("signin_title"), section: "")
    fields["signed_in"] = false
    fields["message"] = message.map { visit.text($0) } as Any? ?? false
    fields["back"] = back
    return html(pages.render("signin", fields), status: status)
  }

  /// A change asked for by a form of ours: signed in, from the same site, with the session's token.
  func posted(
    _ request: Request, action: (Sessions.Session) async throws -> Response
  ) async throws -> Response {
    guard let session = session(request) else { return toSignIn(request) }
    guard isSameSite(request),
      sessions.accepts(formToken: try await formFields(request)["form_token"], of: session)
    else { return secured(Response(status: .forbidden)) }
    return try await action(session)
  }

  /// Browsers say where a request comes from; older ones say nothing, and the token decides.
  func isSameSite(_ request: Request) -> Bool {
    request.headers[.fetchSite].map { $0 == "same-origin" || $0 == "none" } ?? true
  }

  private func formFields(_ request: Request) async throws -> Query {
    let body = try await request.body.collect(upTo: 8_192)
    return Query(encoded: String(buffer: body))
  }

  /// The caller's address without its port, where the program's context knows it.
  private static func peer(_ context: some RequestContext) -> String {
    guard let context = context as? any RemoteAddressRequestContext,
      let address = context.remoteAddress
    else { return "" }
    return address.ipAddress ?? "local"
  }
}
