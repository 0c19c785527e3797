import Billing
import HTTPTypes
import Hummingbird
import Ledger
import Logging
import NIOCore

extension DashboardRoutes {
  func session(_ request: Request) -> Sessions.Session? {
    sessions.session(cookie: cookie(request, Sessions.cookieName), at: time.now())
  }

  func cookie(_ request: Request, _ name: String) -> String? { request.cookies[name]?.value }

  /// Language by the address, then the cookie, then the browser.
  func language(_ request: Request) -> Language {
    Query(encoded: request.uri.query)["lang"].flatMap(Language.init(rawValue:))
      ?? cookie(request, "breakeven_language").flatMap(Language.init(rawValue:))
      ?? Language(acceptLanguage: request.headers[.acceptLanguage])
  }

  func theme(_ request: Request) -> Theme {
    cookie(request, "breakeven_theme").flatMap(Theme.init) ?? .auto
  }

  func visit(_ request: Request, _ session: Sessions.Session?, path: String? = nil) -> Visit {
    var query = Query(encoded: request.uri.query)
    // What only the stream's own address carries stays out of the links it renders.
    if path != nil { query = Query(query.fields.filter { !["lang", "page"].contains($0.key) }) }
    let now = time.now()
    let language = language(request)
    let configuration = pages.configuration
    let wanted = query["currency"].flatMap { try? Currency($0) }
    let currency = wanted.flatMap { configuration.currencies.contains($0) ? $0 : nil }
    return Visit(
      path: path ?? request.uri.path, query: query, text: catalogues[language]!,
      theme: theme(request), format: ReaderFormat(language: language, local: local),
      period: Period(query: query, now: now, local: local),
      conversion: Conversion(
        target: currency ?? configuration.reportingCurrency, rates: configuration.exchangeRates),
      currencies: configuration.currencies, now: now,
      formToken: session.map(sessions.formToken) ?? "")
  }

  /// Renders, or says in words what went wrong: nothing has this id, or the books cannot be read.
  func respond(
    _ request: Request, _ session: Sessions.Session,
    render: (Visit) async throws -> String
  ) async -> Response {
    let visit = visit(request, session)
    do {
      return html(try await render(visit))
    } catch let missing as NotFound {
      return notice(
        visit, status: .notFound, title: visit.text("not_found_title"),
        text: visit.text("not_found_text", ["what": missing.what]))
    } catch {
      logger.error("a page failed", metadata: ["path": "\(visit.path)", "error": "\(error)"])
      return notice(
        visit, status: .internalServerError, title: visit.text("error_title"),
        text: visit.text("error_text"))
    }
  }

  private func notice(
    _ visit: Visit, status: HTTPResponse.Status, title: String, text: String
  ) -> Response {
    html(
      pages.page(
        "notice", visit, title: title, section: "", ["notice_title": title, "notice_text": text]),
      status: status)
  }

  func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    var response = Response(
      status: status, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    response.headers[.contentType] = "text/html; charset=utf-8"
    return secured(response)
  }

  /// Everything that is not a kept asset: never cached, never framed, no script but our own files.
  func secured(_ response: Response) -> Response {
    var response = response
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
      + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    response.headers[.xContentTypeOptions] = "nosniff"
    response.headers[.frameOptions] = "DENY"
    response.headers[.referrerPolicy] = "same-origin"
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    return response
  }

  func asset(_ request: Request, _ name: String) -> Response {
    guard let file = pages.assets.files[name] else { return secured(Response(status: .notFound)) }
    var response = Response(
      status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
    response.headers[.contentType] = file.type
    let isCurrent = Query(encoded: request.uri.query)["v"] == file.version
    response.headers[.cacheControl] = isCurrent ? "public, max-age=31536000, immutable" : "no-cache"
    return secured(response)
  }

  /// Sets language or theme and goes back to where the reader was.
  func preferences(_ request: Request) -> Response {
    let query = Query(encoded: request.uri.query)
    var response = redirect(to: Self.localAddress(query["back"]))
    if let language = query["language"].flatMap(Language.init(rawValue:)) {
      response.headers[values: .setCookie].append(cookie("breakeven_language", language.rawValue))
    }
    if let theme = query["theme"].flatMap(Theme.init) {
      response.headers[values: .setCookie].append(cookie("breakeven_theme", theme.rawValue))
    }
    return response
  }

  func redirect(to address: String) -> Response {
    var response = Response(status: .seeOther)
    response.headers[.location] = address
    return secured(response)
  }

  /// A cookie for a year, or for `seconds`.
  func cookie(_ name: String, _ value: String, seconds: Int64 = 31_536_000) -> String {
    "\(name)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax"
      + (pages.configuration.isSecure ? "; Secure" : "")
  }

  /// Only a path of our own: never another host, so that a link cannot lead a signed-in owner away.
  static func localAddress(_ text: String?) -> String {
    guard let text, text.utf8.first == 0x2F,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }),
      !text.hasPrefix("//"), !text.hasPrefix("/signin"), !text.hasPrefix("/preferences")
    else { return "/" }
    return text
  }
}

extension HTTPField.Name {
  static let frameOptions = HTTPField.Name("X-Frame-Options")!
  static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
  static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
