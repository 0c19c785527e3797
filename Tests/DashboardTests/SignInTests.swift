import Hummingbird
import HummingbirdTesting
import Ledger
import NIOCore
import TestSupport
import Testing

@testable import Dashboard

@Suite struct SignInTests {
  static let protected = [
    "/", "/customers", "/customers/x", "/models", "/models/x", "/requests", "/requests/x",
    "/ledger", "/statements",
    "/requests.csv", "/ledger.csv", "/customers.csv", "/models.csv", "/statements.csv",
  ]

  @Test(arguments: protected) func `a page without a session leads to the sign-in`(
    path: String
  )
    async throws
  {
    try await Setup().test { client in
      let response = try await client.execute(uri: path, method: .get)
      #expect(response.status == .seeOther)
      #expect(response.headers[.location]?.hasPrefix("/signin") == true)
      #expect(!response.text.contains("Revenue"))
    }
  }

  @Test func `events without a session are refused`() async throws {
    try await Setup().test { client in
      let response = try await client.execute(uri: "/events", method: .get)
      #expect(response.status == .unauthorized)
    }
  }

  @Test func `the right password signs in, and the cookie opens the page it came from`()
    async throws
  {
    try await Setup(isSecure: true).test { client in
      let response = try await client.execute(
        uri: "/signin", method: .post,
        body: ByteBuffer(string: "password=correct+horse&back=%2Fledger%3Frange%3D7d"))
      #expect(response.status == .seeOther)
      #expect(response.headers[.location] == "/ledger?range=7d")
      let cookie = try #require(response.headers[.setCookie])
      for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        #expect(cookie.contains(attribute))
      }
      let value = String(cookie.prefix { $0 != ";" })
      #expect(
        try await client.execute(uri: "/", method: .get, headers: [.cookie: value]).status == .ok)
    }
  }

  @Test
  func `a wrong password is refused, and after five the right one too until the window has passed`()
    async throws
  {
    let setup = try Setup()
    try await setup.test { client in
      func attempt(_ password: String) async throws -> TestResponse {
        try await client.execute(
          uri: "/signin", method: .post, body: ByteBuffer(string: "password=\(password)"))
      }
      for _ in 0..<5 { #expect(try await attempt("wrong").status == .unauthorized) }
      let limited = try await attempt("correct+horse")
      #expect(limited.status == .tooManyRequests)
      #expect(limited.headers[.retryAfter] == "300")
      setup.clock.advance(seconds: 301)
      #expect(try await attempt("correct+horse").status == .seeOther)
    }
  }

  @Test func `a printed address signs in once`() async throws {
    let setup = try Setup()
    let address = setup.routes.makeSignInAddress()
    try await setup.test { client in
      let first = try await client.execute(uri: address, method: .get)
      #expect(first.headers[.setCookie]?.hasPrefix(Sessions.cookieName) == true)
      let second = try await client.execute(uri: address, method: .get)
      #expect(second.status == .forbidden)
      #expect(second.headers[.setCookie] == nil)
    }
  }

  @Test func `a printed address expires after an hour`() async throws {
    let setup = try Setup()
    let address = setup.routes.makeSignInAddress()
    setup.clock.advance(seconds: SignInLinks.lifetimeSeconds)
    try await setup.test { client in
      let response = try await client.execute(uri: address, method: .get)
      #expect(response.status == .forbidden)
    }
  }

  @Test func `a forged or expired cookie is no session`() throws {
    let setup = try Setup()
    let sessions = setup.routes.sessions
    let session = sessions.make(at: noon)
    let value = sessions.cookieValue(session)
    #expect(sessions.session(cookie: value, at: noon) == session)
    #expect(sessions.session(cookie: value, at: session.expires) == nil)
    for index in value.indices where value[index] != "." {
      var forged = value
      forged.replaceSubrange(index...index, with: value[index] == "0" ? "1" : "0")
      #expect(sessions.session(cookie: forged, at: noon) == nil)
    }
    for text in ["", ".", "..", "1.2", "9999999999.x."] {
      #expect(sessions.session(cookie: text, at: noon) == nil)
    }
  }

  @Test func `signing out needs the form's token and ends the session`() async throws {
    let setup = try Setup()
    let session = setup.routes.sessions.make(at: noon)
    let headers: HTTPFields = [
      .cookie: "\(Sessions.cookieName)=\(setup.routes.sessions.cookieValue(session))"
    ]
    let token = setup.routes.sessions.formToken(session)
    try await setup.test { client in
      let without = try await client.execute(uri: "/signout", method: .post, headers: headers)
      #expect(without.status == .forbidden)
      #expect(try await client.execute(uri: "/", method: .get, headers: headers).status == .ok)
      let done = try await client.execute(
        uri: "/signout", method: .post, headers: headers,
        body: ByteBuffer(string: "form_token=\(token)"))
      #expect(done.status == .seeOther)
      #expect(
        try await client.execute(uri: "/", method: .get, headers: headers).status == .seeOther)
    }
  }

  /// PBKDF2-HMAC-SHA-256 vectors of RFC 7914 §11, first 32 bytes.
  @Test(arguments: [
    ("passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"),
    (
      "Password", "NaCl", 80_000, "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
    ),
  ])
  func `the password's hash is PBKDF2`(
    password: String, salt: String, iterations: Int, expected: String
  ) {
    let derived = PasswordHash.derive(password, salt: Array(salt.utf8), iterations: iterations)
    #expect(derived.map { hex($0) }.joined() == expected)
  }

  @Test func `a password hash reads back and matches only its password`() throws {
    var generator = SplitMix64(seed: 3)
    let hash = PasswordHash(password: "密码 1", iterations: 20, using: &generator)
    let read = try PasswordHash(hash.description)
    #expect(read == hash)
    #expect(read.matches("密码 1"))
    #expect(!read.matches("密码 2"))
    #expect(throws: DashboardError.self) { try PasswordHash("pbkdf2-sha256$0$AA==$AA==") }
  }

  @Test func `attempts are limited by caller and over all, in bounded memory`() {
    let limiter = AttemptLimiter(.init(perPeer: 2, overall: 10, windowSeconds: 60, peers: 3))
    #expect(limiter.attempt(from: "a", at: noon) == nil)
    #expect(limiter.attempt(from: "a", at: noon) == nil)
    #expect(limiter.attempt(from: "a", at: noon.advanced(bySeconds: 15)) == 45)
    for index in 0..<8 { #expect(limiter.attempt(from: "b\(index)", at: noon) == nil) }
    #expect(limiter.attempt(from: "c", at: noon) == 60)
    #expect(limiter.attempt(from: "c", at: noon.advanced(bySeconds: 60)) == nil)
  }

  @Test(arguments: [
    "https://evil.example", "//evil.example", "/\\evil.example", "", "/signin?token=1", "/\n",
  ])
  func `going back never leaves the pages`(text: String) {
    #expect(DashboardRoutes.localAddress(text) == "/")
  }
}
