import Billing
import Crypto
import Hummingbird
import HummingbirdTesting
import Ledger
import Logging
import TestSupport

@testable import Dashboard

/// 2026-11-24T06:05:09Z, 14:05:09 in Shanghai.
let noon = Timestamp(seconds: 1_795_500_309)

struct Setup {
  let books: FakeBooks
  let clock: HandClock
  let routes: DashboardRoutes
  static let password = "correct horse"

  init(
    _ books: FakeBooks = FakeBooks(),
    limits: EventStream.Limits = EventStream.Limits(ticks: 1, pause: {}),
    live: LiveFigures = .none, isSecure: Bool = false
  ) throws {
    var generator = SplitMix64(seed: 1)
    self.books = books
    clock = HandClock(noon)
    routes = try DashboardRoutes(
      configuration: DashboardConfiguration(
        title: "Test & Sons", reportingCurrency: .usd,
        exchangeRates: ExchangeRates(base: .usd, rates: [(.cny, "0.14")]),
        timeZone: "Asia/Shanghai",
        passwordHash: PasswordHash(password: Self.password, iterations: 10, using: &generator),
        assetsFolder: "/nonexistent", isSecure: isSecure),
      books: books, live: { live }, secret: SymmetricKey(data: [UInt8](repeating: 7, count: 32)),
      time: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      eventLimits: limits,
      attempts: AttemptLimiter.Limits())
  }

  func test(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws
  {
    let router = Router()
    routes.add(to: router)
    try await Application(router: router).test(.router, body)
  }

  /// Headers of a signed-in reader.
  func signedIn(_ language: String = "en") -> HTTPFields {
    let session = routes.sessions.make(at: clock.now())
    return [
      .cookie: "\(Sessions.cookieName)=\(routes.sessions.cookieValue(session))",
      .acceptLanguage: language,
    ]
  }

  static func month() throws -> FakeBooks { try FakeBooks.month(until: noon, days: 3, perDay: 40) }
}

extension TestResponse {
  var text: String { String(buffer: body) }
}
