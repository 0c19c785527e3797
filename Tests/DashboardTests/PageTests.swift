import Billing
import Hummingbird
import HummingbirdTesting
import Ledger
import NIOCore
import Testing

@testable import Dashboard

@Suite struct PageTests {
  static let paths = [
    "/", "/customers", "/models", "/requests", "/ledger", "/statements", "/?range=today",
    "/?range=7d&currency=CNY", "/?range=custom&from=2026-01-01&to=2026-11-24",
    "/ledger?order=oldest&account=usage",
  ]

  @Test(arguments: paths, ["en", "zh-CN"]) func `each page renders with empty books`(
    path: String, language: String
  ) async throws {
    let setup = try Setup()
    try await setup.test { client in
      let response = try await client.execute(
        uri: path, method: .get, headers: setup.signedIn(language))
      #expect(response.status == .ok)
      #expect(response.text.contains("<html lang=\"\(language)\""))
      #expect(
        response.text.firstMatch(of: /\{\{|\{[a-z_]+\}/) == nil, "an unfilled place or template tag"
      )
    }
  }

  @Test(arguments: ["en", "zh-CN"]) func `each page renders with a month of business`(
    language: String
  ) async throws {
    let setup = try Setup(Setup.month())
    let request = try setup.books.change { try #require($0.events.last { $0.usage != nil }?.id) }
    try await setup.test { client in
      for path in Self.paths + [
        "/customers/cus_lingxi", "/models/deepseek-chat", "/models/smollm2-135m-instruct",
        "/requests/\(request)",
      ] {
        let response = try await client.execute(
          uri: path, method: .get, headers: setup.signedIn(language))
        #expect(response.status == .ok, "\(path)")
        #expect(response.text.contains("</html>"), "\(path)")
      }
    }
  }

  @Test func `a page can only load our own files and cannot be framed`() async throws {
    let setup = try Setup()
    try await setup.test { client in
      let response = try await client.execute(uri: "/", method: .get, headers: setup.signedIn())
      let policy = try #require(response.headers[.contentSecurityPolicy])
      #expect(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"))
      #expect(response.headers[.xContentTypeOptions] == "nosniff")
      #expect(response.headers[.cacheControl] == "no-store")
      #expect(!response.text.contains("style=\"") && !response.text.contains("onclick"))
    }
  }

  @Test(arguments: ["/customers/nobody", "/models/nothing", "/requests/none"])
  func `an unknown id is a page that says so`(path: String) async throws {
    let setup = try Setup()
    try await setup.test { client in
      let response = try await client.execute(uri: path, method: .get, headers: setup.signedIn())
      #expect(response.status == .notFound)
      #expect(response.text.contains("The books have nothing called"))
    }
  }

  @Test func `books that cannot be read are a page that says what to do`() async throws {
    let setup = try Setup()
    setup.books.change { $0.fails = true }
    try await setup.test { client in
      let response = try await client.execute(uri: "/", method: .get, headers: setup.signedIn())
      #expect(response.status == .internalServerError)
      #expect(response.text.contains("Nothing was changed"))
    }
  }

  @Test func `hostile names are text everywhere`() async throws {
    let name = "<script>alert('x')</script>\"&"
    let setup = try Setup(FakeBooks.month(until: noon, days: 1, perDay: 90, extraName: name))
    try await setup.test { client in
      for path in [
        "/", "/customers", "/customers/cus_blue", "/requests", "/ledger",
        "/requests?customer=%3Cscript%3E&model=%22%3E%3Cscript%3E", "/customers/%3Cscript%3E",
      ] {
        let response = try await client.execute(uri: path, method: .get, headers: setup.signedIn())
        #expect(!response.text.contains("<script>"), "\(path)")
      }
      let page = try await client.execute(
        uri: "/customers", method: .get, headers: setup.signedIn())
      #expect(page.text.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"))
    }
  }

  @Test func `verifying needs the form's token and shows what was found`() async throws {
    let setup = try Setup(Setup.month())
    let session = setup.routes.sessions.make(at: noon)
    let headers: HTTPFields = [
      .cookie: "\(Sessions.cookieName)=\(setup.routes.sessions.cookieValue(session))"
    ]
    let body = ByteBuffer(string: "form_token=\(setup.routes.sessions.formToken(session))")
    try await setup.test { client in
      #expect(
        try await client.execute(uri: "/ledger/verify", method: .post, headers: headers).status
          == .forbidden)
      let sound = try await client.execute(
        uri: "/ledger/verify", method: .post, headers: headers, body: body)
      #expect(sound.text.contains("The ledger is sound"))
      setup.books.change {
        $0.findings = [.init(check: "hash_chain", location: "entry 7", message: "edited")]
      }
      let broken = try await client.execute(
        uri: "/ledger/verify", method: .post, headers: headers, body: body)
      #expect(broken.text.contains("The ledger is not sound") && broken.text.contains("entry 7"))
    }
  }

  @Test func `requests are paged: the pages together hold each once`() async throws {
    let setup = try Setup(FakeBooks.month(until: noon, days: 1, perDay: 90))
    let count = setup.books.change { $0.events.count }
    try #require(count > 60)
    try await setup.test { client in
      var seen: [String] = []
      var next: String? = "/requests"
      while let path = next {
        let text = try await client.execute(uri: path, method: .get, headers: setup.signedIn()).text
        seen += text.matches(of: /class="code"><a href="\/requests\/([A-Za-z0-9_]+)/).map {
          String($0.1)
        }
        next = text.firstMatch(of: /href="([^"]+)" rel="next"/).map {
          String($0.1).replacing("&amp;", with: "&")
        }
      }
      #expect(seen.count == count)
      #expect(Set(seen).count == count)
    }
  }

  @Test func `language and theme are kept in a cookie, and the address can choose the language`()
    async throws
  {
    let setup = try Setup()
    try await setup.test { client in
      let chosen = try await client.execute(
        uri: "/preferences?language=zh-Hans&back=%2Fmodels", method: .get)
      #expect(chosen.headers[.location] == "/models")
      #expect(chosen.headers[.setCookie]?.contains("breakeven_language=zh-Hans") == true)
      var headers = setup.signedIn("en")
      headers[.cookie]! += "; breakeven_language=zh-Hans; breakeven_theme=dark"
      let page = try await client.execute(uri: "/", method: .get, headers: headers)
      #expect(page.text.contains("<html lang=\"zh-CN\" data-theme=\"dark\">"))
      let other = try await client.execute(uri: "/?lang=en", method: .get, headers: headers)
      #expect(other.text.contains("<html lang=\"en\""))
    }
  }
}
