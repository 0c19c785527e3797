import ArgumentParser
import Billing
import Ledger
import Store

struct PriceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "price", abstract: "The price book.", subcommands: [Set.self, List.self])

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Set a model's price from a date on. Charges already made never change.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "The model's name.") var model: String
    @Option(parsing: .unconditional, help: "Price of a million prompt tokens.") var input: String
    @Option(
      parsing: .unconditional,
      help: "Price of a million prompt tokens read from the cache (the input price).")
    var cached: String?
    @Option(parsing: .unconditional, help: "Price of a million completion tokens.") var output:
      String
    @Option(parsing: .unconditional, help: "Price of each request.") var perRequest: String = "0"
    @Option(help: "The currency (the workspace's).") var currency: String?
    @Option(help: "Only for customers of this plan.") var plan: String?
    @Option(help: "From when: a date (now).") var from: String?

    func run() async throws {
      let space = try workspace.open()
      let unit = try currency.map { try Currency($0) } ?? space.configuration.currency
      let now = SystemTime().now()
      let price = try PriceVersion(
        id: Identifier.make("price"), model: model, plan: plan,
        input: Money(parsing: input, unit, field: "--input"),
        cachedInput: Money(parsing: cached ?? input, unit, field: "--cached"),
        output: Money(parsing: output, unit, field: "--output"),
        perRequest: Money(parsing: perRequest, unit, field: "--per-request"),
        effective: from.map { try space.dates.parse($0, option: "--from") } ?? now, created: now)
      let books = try space.openBooks()
      try await books.setPrice(price)
      let inForce = try await books.refreshCatalogue().price(
        model: model, plan: plan, currency: unit, at: now)
      if price.effective <= now, let inForce, inForce.id != price.id {
        Output.note(
          "Not in force: \(inForce.id), from \(DateText.iso(inForce.effective)), is newer. Leave --from out to change the price from now on."
        )
      }
      if format.json { return try Output.json(PriceJSON(price)) }
      Output.line(
        "\(model): \(price.input.decimal) in, \(price.cachedInput.decimal) cached, \(price.output.decimal) out \(unit) a million tokens (\(price.id))"
      )
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Every price version.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
      let prices = try await workspace.open().openBooks().prices()
      if format.json { return try Output.json(prices.map(PriceJSON.init)) }
      Output.table(
        [
          "ID", "MODEL", "PLAN", "FROM", "INPUT/M", "CACHED/M", "OUTPUT/M", "PER REQUEST",
          "CURRENCY",
        ],
        prices.map { price in
          [
            price.id, price.model, price.plan ?? "-", DateText.iso(price.effective),
            price.input.decimal, price.cachedInput.decimal, price.output.decimal,
            price.perRequest.decimal, price.currency.code,
          ]
        }, right: [4, 5, 6, 7])
    }
  }
}

struct PriceJSON: Encodable {
  let id, model, currency, input, cachedInput, output, perRequest, effective: String
  let plan: String?
  init(_ price: PriceVersion) {
    id = price.id
    model = price.model
    plan = price.plan
    currency = price.currency.code
    input = price.input.decimal
    cachedInput = price.cachedInput.decimal
    output = price.output.decimal
    perRequest = price.perRequest.decimal
    effective = DateText.iso(price.effective)
  }
}
