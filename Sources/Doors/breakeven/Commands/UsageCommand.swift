import ArgumentParser
import Billing
import Ledger
import Store

struct UsageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage", abstract: "Requests as metered.", subcommands: [List.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Usage events, newest first.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "Only this customer's (name or id).") var customer: String?
    @Option(help: "Only this model's.") var model: String?
    @Flag(help: "Only those whose usage is unknown, for a decision.") var unrated = false
    @Option(help: "From a date.") var from: String?
    @Option(help: "To a date.") var to: String?
    @Option(help: "At most this many.") var limit = 50
    @Option(help: "After skipping this many.") var offset = 0

    func run() async throws {
      let space = try workspace.open()
      let books = try space.openBooks()
      var filter = UsageFilter()
      if let customer { filter.customer = try await books.customer(named: customer).id }
      filter.model = model
      filter.unratedOnly = unrated
      filter.from = try from.map { try space.dates.parse($0, option: "--from") }
      filter.to = try to.map { try space.dates.parse($0, option: "--to", end: true) }
      guard limit > 0, offset >= 0 else {
        throw CommandError("--limit: must be above zero, and --offset not below it")
      }
      filter.limit = limit
      filter.offset = offset
      let events = try await books.usageEvents(filter)
      if format.json { return try Output.json(events.map(UsageJSON.init)) }
      Output.table(
        [
          "REQUEST", "TIME", "CUSTOMER", "MODEL", "OUTCOME", "INPUT", "CACHED", "OUTPUT", "CHARGE",
          "COMPUTE ms", "COST",
        ],
        events.map(row), right: [5, 6, 7, 8, 9, 10])
    }

    private func row(_ event: UsageEvent) -> [String] {
      let cost = [event.computeCost, event.upstreamCost].compactMap { $0 }
        .filter { !$0.isZero }.map { "\($0)" }
      return [
        event.id, DateText.iso(event.settled), event.customer, event.model, event.outcome.rawValue,
        event.usage.map { "\($0.input)" } ?? "?", event.usage.map { "\($0.cachedInput)" } ?? "?",
        event.usage.map { "\($0.output)" } ?? "?", event.charge.map { "\($0)" } ?? "unrated",
        "\(event.computeNanoseconds / 1_000_000)",
        cost.isEmpty ? "-" : cost.joined(separator: " + "),
      ]
    }
  }
}

struct UsageJSON: Encodable {
  let id, admitted, settled, customer, key, model, priceVersion, outcome: String
  let plan, vendor, costVersion: String?
  let streamed, rated: Bool
  let inputTokens, cachedInputTokens, outputTokens: Int?
  let charge, computeCost, upstreamCost: AmountJSON?
  let uncollected: AmountJSON
  let computeNanoseconds: Int64
  let firstTokenMilliseconds: Int?
  let durationMilliseconds: Int

  init(_ event: UsageEvent) {
    id = event.id
    admitted = DateText.iso(event.admitted)
    settled = DateText.iso(event.settled)
    customer = event.customer
    key = event.key
    model = event.model
    plan = event.plan
    vendor = event.vendor
    priceVersion = event.priceVersion
    costVersion = event.costVersion
    outcome = event.outcome.rawValue
    streamed = event.streamed
    rated = event.charge != nil
    inputTokens = event.usage?.input
    cachedInputTokens = event.usage?.cachedInput
    outputTokens = event.usage?.output
    charge = event.charge.map(AmountJSON.init)
    computeCost = event.computeCost.map(AmountJSON.init)
    upstreamCost = event.upstreamCost.map(AmountJSON.init)
    uncollected = AmountJSON(event.uncollected)
    computeNanoseconds = event.computeNanoseconds
    firstTokenMilliseconds = event.firstTokenMilliseconds
    durationMilliseconds = event.durationMilliseconds
  }
}
