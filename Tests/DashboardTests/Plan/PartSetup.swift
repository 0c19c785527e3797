import Billing
import Crypto
import Forecast
import Hummingbird
import HummingbirdTesting
import Ledger
import Logging
import NIOCore
import Synchronization
import TestSupport
import Venture

@testable import Dashboard

/// A plan in memory with its desk and the pages over it.
struct PartSetup {
  final class PlanFile: Sendable {
    private let state: Mutex<String>
    init(_ text: String) { state = Mutex(text) }
    var text: String {
      get { state.withLock { $0 } }
      set { state.withLock { $0 = newValue } }
    }
  }

  let file: PlanFile
  let routes: DashboardRoutes
  private let clock = HandClock(noon)

  init(
    _ text: String = PlanExample.venture(language: "en"), books: FakeBooks? = nil,
    reports: ReportMaker? = nil
  ) throws {
    var generator = SplitMix64(seed: 1)
    let file = PlanFile(text)
    let clock = clock
    self.file = file
    let rates = try ExchangeRates(base: .cny, rates: [(.usd, "7.1")])
    let desk = PlanDesk(
      PlanAccess(
        load: { file.text }, save: { file.text = $0 }, now: { clock.now() }, hash: Self.hash,
        books: books, forecasts: nil, offsetSeconds: 28_800,
        conversion: { Conversion(target: $0, rates: rates) },
        facts: { ProjectState(facts: [.planChecked]) }))
    routes = try DashboardRoutes(
      configuration: DashboardConfiguration(
        title: "Test & Sons", reportingCurrency: .cny, exchangeRates: rates,
        timeZone: "Asia/Shanghai",
        passwordHash: PasswordHash(password: "correct horse", iterations: 10, using: &generator),
        assetsFolder: "/nonexistent", isSecure: false),
      books: books ?? FakeBooks(), plan: desk, reports: reports, live: { .none },
      secret: SymmetricKey(data: [UInt8](repeating: 7, count: 32)), time: clock,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      eventLimits: EventStream.Limits(ticks: 1, pause: {}), attempts: AttemptLimiter.Limits())
  }

  @Sendable static func hash(_ text: String) -> String {
    SHA256.hash(data: Array(text.utf8)).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  func test(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws
  {
    let router = Router()
    routes.add(to: router)
    try await Application(router: router).test(.router, body)
  }

  /// A signed-in reader: the headers, and the token of this session's forms.
  func reader(_ language: String = "en") -> (headers: HTTPFields, token: String) {
    let session = routes.sessions.make(at: clock.now())
    return (
      [
        .cookie: "\(Sessions.cookieName)=\(routes.sessions.cookieValue(session))",
        .acceptLanguage: language, .contentType: "application/x-www-form-urlencoded",
      ], routes.sessions.formToken(session)
    )
  }

  static func form(_ fields: [String: String]) -> ByteBuffer {
    ByteBuffer(
      string: fields.sorted { $0.key < $1.key }
        .map { "\(Query.escape($0.key))=\(Query.escape($0.value))" }.joined(separator: "&"))
  }
}
