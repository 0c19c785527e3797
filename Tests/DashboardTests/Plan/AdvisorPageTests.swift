import Billing
import Crypto
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Ledger
import Logging
import NIOCore
import TestSupport
import Testing
import Venture

@testable import Dashboard

@Suite struct AdvisorPageTests {
  struct Said: AdvisorModel {
    let text: String
    let name = "said-1"
    let contextTokens: Int? = nil

    func answer(
      _ messages: [AdvisorMessage], maxTokens: Int
    ) -> AsyncThrowingStream<String, any Error> {
      AsyncThrowingStream { continuation in
        continuation.yield(text)
        continuation.finish()
      }
    }
  }

  static func routes(_ model: (any AdvisorModel)?) throws -> DashboardRoutes {
    var generator = SplitMix64(seed: 1)
    let plan = PlanExample.venture(language: "en")
    let desk = PlanDesk(
      PlanAccess(
        load: { plan }, save: { _ in }, now: { noon }, hash: { "\($0.utf8.count)-0123456789" },
        books: nil, forecasts: nil, offsetSeconds: 0,
        conversion: { Conversion(target: $0) { _, _ in nil } },
        facts: { ProjectState(facts: [.planChecked]) }))
    return try DashboardRoutes(
      configuration: DashboardConfiguration(
        title: "Test", reportingCurrency: .usd,
        exchangeRates: ExchangeRates(base: .usd, rates: [(.cny, "0.14")]), timeZone: "UTC",
        passwordHash: PasswordHash(password: "x", iterations: 10, using: &generator),
        assetsFolder: "/nonexistent", isSecure: false),
      books: FakeBooks(), plan: desk, advisor: { model }, live: { .none },
      secret: SymmetricKey(data: [UInt8](repeating: 7, count: 32)), time: HandClock(noon),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  static func post(
    _ routes: DashboardRoutes, _ question: String, token: String? = nil, language: String = "en"
  ) async throws -> (status: HTTPResponse.Status, text: String) {
    let router = Router()
    routes.add(to: router)
    let session = routes.sessions.make(at: noon)
    let body = Query([
      "form_token": token ?? routes.sessions.formToken(session), "question": question,
    ]).address("").dropFirst()
    return try await Application(router: router).test(.router) { client in
      try await client.execute(
        uri: "/plan/advisor", method: .post,
        headers: [
          .cookie: "\(Sessions.cookieName)=\(routes.sessions.cookieValue(session))",
          .acceptLanguage: language,
        ], body: ByteBuffer(string: String(body))
      ) { ($0.status, $0.text) }
    }
  }

  @Test func inventionsAreMarkedInWordsAndKnownFiguresLeadToTheirFact() async throws {
    let routes = try Self.routes(
      Said(text: "Within 60 months [F1] it earns ¥987,654,321. See [F99] & <b>bold</b>."))
    let (status, text) = try await Self.post(routes, "What is the chance of break-even?")
    #expect(status == .ok)
    #expect(text.contains("<mark>¥987,654,321</mark> <span class=\"tag\">not in the data</span>"))
    #expect(text.contains("<mark>[F99]</mark> <span class=\"tag\">no such fact</span>"))
    #expect(text.contains("&amp; &lt;b&gt;bold"))
    #expect(!text.contains("<b>bold"))
    #expect(text.contains("<tr id=\"F1\">"))
    #expect(text.contains("href=\"#F1\""))
    #expect(text.hasSuffix("</html>\n") || text.contains("</html>"))
  }

  @Test(arguments: [("en", "What the data say"), ("zh-CN", "数据怎么说")])
  func withoutAModelTheFactsAnswer(_ language: String, _ title: String) async throws {
    let (status, text) = try await Self.post(
      Self.routes(nil), "break-even 盈亏平衡", language: language)
    #expect(status == .ok)
    #expect(text.contains(title))
    #expect(!text.contains("<mark>"))
    #expect(!text.contains("plan_advisor_"))
  }

  @Test func aForgedOrEmptyFormIsRefused() async throws {
    let routes = try Self.routes(nil)
    #expect(try await Self.post(routes, "anything", token: "forged").status == .forbidden)
    #expect(try await Self.post(routes, "   ").status == .badRequest)
  }

  @Test func aSessionAsksOneQuestionAtATime() {
    let turns = AdvisorTurns()
    #expect(turns.enter("a"))
    #expect(!turns.enter("a"))
    for name in ["b", "c", "d"] { #expect(turns.enter(name)) }
    #expect(!turns.enter("e"))
    turns.leave("a")
    #expect(turns.enter("a"))
  }
}
