import Billing
import Crypto
import Forecast
import Foundation
import Hummingbird
import HummingbirdTesting
import Ledger
import Logging
import Synchronization
import TestSupport
import Venture

@testable import Dashboard

/// Frozen forecasts kept in memory.
final class MemoryForecasts: ForecastStore {
  private let kept = Mutex<[FrozenPlan]>([])

  func save(_ plan: FrozenPlan) async throws {
    kept.withLock { plans in
      if !plans.contains(where: { $0.hash == plan.hash }) { plans.insert(plan, at: 0) }
    }
  }
  func list() async throws -> [FrozenPlan] { kept.withLock { $0 } }
  func load(_ hash: String) async throws -> FrozenPlan? {
    kept.withLock { $0.first { $0.hash == hash } }
  }
}

/// The pages over a plan, with books beside it or without.
struct ForecastSetup {
  let routes: DashboardRoutes
  let clock = HandClock(noon)
  let forecasts = MemoryForecasts()

  /// A few paths are enough for what the pages show.
  static let few = "paths=200"

  init(_ text: String, books: FakeBooks? = nil) throws {
    var generator = SplitMix64(seed: 1)
    let clock = clock
    let rates = try ExchangeRates(base: .usd, rates: [(.cny, "0.14")])
    let desk = PlanDesk(
      PlanAccess(
        load: { text }, save: { _ in }, now: { clock.now() },
        hash: { text in
          SHA256.hash(data: Data(text.utf8)).map { String($0, radix: 16) }.joined()
        },
        books: books, forecasts: forecasts, offsetSeconds: 8 * 3_600,
        conversion: { Conversion(target: $0, rates: rates) }, facts: { ProjectState() }))
    routes = try DashboardRoutes(
      configuration: DashboardConfiguration(
        title: "Test & Sons", reportingCurrency: .usd, exchangeRates: rates,
        timeZone: "Asia/Shanghai",
        passwordHash: PasswordHash(password: "x", iterations: 10, using: &generator),
        assetsFolder: "/nonexistent", isSecure: false),
      books: books ?? FakeBooks(), plan: desk, live: { .none },
      secret: SymmetricKey(data: [UInt8](repeating: 7, count: 32)), time: clock,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      eventLimits: EventStream.Limits(ticks: 1, pause: {}), attempts: AttemptLimiter.Limits())
  }

  /// The example, begun in September so that the books have two whole months of it.
  static func withBooks(_ language: String = "en") throws -> ForecastSetup {
    let text = PlanExample.venture(language: language)
      .replacing("start: 2027-01", with: "start: 2026-09", maxReplacements: 1)
    return try ForecastSetup(text, books: FakeBooks.month(until: noon, days: 84, perDay: 20))
  }

  func test(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws
  {
    let router = Router()
    routes.add(to: router)
    try await Application(router: router).test(.router, body)
  }

  func session() -> Sessions.Session { routes.sessions.make(at: clock.now()) }

  func headers(_ session: Sessions.Session? = nil, _ language: String = "en") -> HTTPFields {
    [
      .cookie:
        "\(Sessions.cookieName)=\(routes.sessions.cookieValue(session ?? self.session()))",
      .acceptLanguage: language,
    ]
  }

  func page(
    _ client: any TestClientProtocol, _ path: String, _ language: String = "en"
  ) async throws -> TestResponse {
    try await client.execute(uri: path, method: .get, headers: headers(nil, language))
  }
}
