import ArgumentParser
import AsyncHTTPClient
import Billing
import Dashboard
import Foundation
import Inference
import Ledger
import ServiceLifecycle
import Store

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Three customers, real requests, real books, and the page that shows the profit.",
    discussion: """
      With --year, a workspace with the books of a simulated start-up instead: customers of all
      segments come, use and leave, months of usage go through real admission, rating and settlement
      at their simulated times, and salaries, marketing and capital are booked beside them. It takes
      seconds and needs no model. What was true is written to truth.json, so that a forecast and its
      calibration can be judged; the months end before the present one.
      """)
  @Option(help: "A GGUF file (the demo model).") var model: String?
  @Option(help: "HOST:PORT to listen on (127.0.0.1:8080, or a free port where that is taken).")
  var listen: String?
  @Option(help: "Seconds of traffic before the statement.") var seconds = 60
  @Option(help: "Keep the workspace in this folder.") var workspace: String?
  @Option(help: "Fixes the traffic, or the year.") var seed: UInt64 = 20_261
  @Flag(help: "End after the statement.") var exit = false
  @Flag(help: "Make the books of a simulated year instead (in breakeven-year).") var year = false
  @Option(help: "With --year: how many months.") var months = 12
  @Option(help: "With --year: the first month, such as 2026-01 (the last full months).")
  var start: String?
  @Flag(help: "With --year: print JSON.") var json = false

  func run() async throws {
    if year {
      return try await DemoYear(
        folder: workspace ?? "breakeven-year", months: months, start: start, seed: seed
      ).run(json: json)
    }
    let path = model ?? Workspace.demoModel.path
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandError(
        "the demo model is not at \(path); fetch it with scripts/bootstrap, or name a file with --model"
      )
    }
    let folder =
      workspace
      ?? FileManager.default.temporaryDirectory.appending(path: Identifier.make("breakeven-demo"))
      .path
    defer { if workspace == nil { try? FileManager.default.removeItem(atPath: folder) } }
    let (host, port) = try await address()
    let space = try Workspace.create(
      path: folder, currency: .usd, timeZone: Workspace.localZone, modelFile: path,
      clockSeconds: 2)
    try PlanCommand.New.write(
      to: PlanFolder(path: folder), isExample: true, language: .system,
      start: String(DateText.iso(SystemTime().now()).prefix(7)))
    let password = try space.makePassword()
    let lock = try ServerLock(workspace: space)
    let loaded = try LoadedModel.load(path: path)
    let books = try space.openBooks()
    let buyers = try await DemoCustomers(workspace: space, books: books, model: loaded).make()
    let server = try ServerAssembly(
      workspace: space, books: books, model: loaded, lock: lock, host: host, port: port,
      logger: UpCommand.logger(level: "warning"))
    let traffic = DemoTraffic(
      server: server, buyers: buyers, model: loaded.name, seconds: seconds, seed: seed,
      endsItself: exit)
    try await server.run(also: [traffic]) { port in
      let base = "http://\(host == "0.0.0.0" ? "127.0.0.1" : host):\(port)"
      Output.line("Open the page: \(base)\(server.dashboard.makeSignInAddress(isReusable: true))")
      Output.line("Later, sign in with the password \(password)")
      Output.line(
        "API: \(base)/v1, model \(loaded.name). A statement follows in \(seconds) seconds; Ctrl-C ends it."
      )
      traffic.begin(base: base)
    }
  }
}

extension DemoCommand {
  fileprivate func address() async throws -> (String, Int) {
    if let listen {
      let (host, port) = try Configuration.address(listen, option: "--listen")
      try await ServerAssembly.checkAddress(host: host, port: port)
      return (host, port)
    }
    do {
      try await ServerAssembly.checkAddress(host: "127.0.0.1", port: 8080)
      return ("127.0.0.1", 8080)
    } catch {
      return ("127.0.0.1", 0)
    }
  }
}

/// Three customers on different prices.
struct DemoCustomers {
  let workspace: Workspace
  let books: SQLiteBooks
  let model: LoadedModel

  func make() async throws -> [DemoLoad.Buyer] {
    let setup = PriceSetup(workspace: workspace, books: books)
    _ = try await setup.ensurePrice(for: model, options: workspace.engineOptions, answer: .accept)
    guard let list = try await books.prices().first(where: { $0.model == model.name }) else {
      throw CommandError("the model has no price")
    }
    // Volume pays 20% less; the low-latency plan pays half as much again.
    try await setPrice(list, plan: "volume", percent: 80)
    try await setPrice(list, plan: "priority", percent: 150)
    return [
      try await buyer(
        "Harbour Shop", plan: nil, credit: 5, interval: 2.0, DemoPrompts.questions,
        system: DemoPrompts.support, tokens: 24...72),
      try await buyer(
        "Quill & Co", plan: "volume", credit: nil, interval: 1.6, DemoPrompts.writing, system: nil,
        tokens: 32...120),
      try await buyer(
        "青石科技", plan: "priority", credit: 8, interval: 3.5, DemoPrompts.chinese, system: nil,
        tokens: 16...64),
    ]
  }

  private func setPrice(_ list: PriceVersion, plan: String, percent: Int64) async throws {
    func scaled(_ price: Money) throws -> Money {
      let exact = try price.multiplied(by: percent, over: 100, rounding: .up)
      return try Money(picos: exact.picos / 1_000_000, exact.currency).multiplied(
        by: 1_000_000, rounding: .up)
    }
    let now = SystemTime().now()
    try await books.setPrice(
      PriceVersion(
        id: Identifier.make("price"), model: list.model, plan: plan, input: scaled(list.input),
        cachedInput: scaled(list.cachedInput), output: scaled(list.output),
        perRequest: list.perRequest, effective: now, created: now))
  }

  private func buyer(
    _ name: String, plan: String?, credit: Int?, interval: Double, _ prompts: [String],
    system: String?, tokens: ClosedRange<Int>
  ) async throws -> DemoLoad.Buyer {
    let now = SystemTime().now()
    let customer = Customer(
      id: Identifier.make("cus"), name: name, currency: .usd, terms: .onAccount, plan: plan,
      created: now)
    try await books.createCustomer(customer)
    var generator = SystemRandomNumberGenerator()
    let text = APIKey.makeText(using: &generator)
    let key = APIKey(
      id: Identifier.make("key"), customer: customer.id,
      digest: KeyDigest(of: text, secret: workspace.secret),
      prefix: String(text.prefix(APIKey.prefixLength)), created: now, expires: nil, revoked: nil,
      models: nil)
    try await books.createKey(key, credit: credit.map { Money(units: $0, .usd) })
    return DemoLoad.Buyer(
      name: name, key: text, interval: interval, prompts: prompts, system: system, maxTokens: tokens
    )
  }
}
