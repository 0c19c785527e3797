import ArgumentParser
import Billing
import Foundation
import Ledger
import Store

struct UpstreamCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upstream", abstract: "OpenAI-compatible services that answer for a model.",
    subcommands: [Add.self, List.self])

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Add an upstream, or change its address and cost. NAME is then a model that customers call once it has a price."
    )
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "The model name that customers call.") var name: String
    @Option(help: "Base URL, such as https://host/v1.") var url: String
    @Option(help: "The model name that the upstream knows.") var model: String
    @Option(help: "The environment variable that holds the upstream's key.") var keyEnv: String?
    @Option(parsing: .unconditional, help: "What a million prompt tokens cost us.") var costInput:
      String
    @Option(
      parsing: .unconditional, help: "What a million cached prompt tokens cost us (the input cost)."
    )
    var costCached: String?
    @Option(parsing: .unconditional, help: "What a million completion tokens cost us.")
    var costOutput: String
    @Option(help: "The currency of the costs (the workspace's).") var currency: String?

    func run() async throws {
      let space = try workspace.open()
      guard let address = URL(string: url), ["http", "https"].contains(address.scheme),
        address.host()?.isEmpty == false, address.query() == nil, address.fragment() == nil
      else {
        throw CommandError("--url: '\(url)' is not a base URL; write for example https://host/v1")
      }
      let unit = try currency.map { try Currency($0) } ?? space.configuration.currency
      let cost = try UpstreamCost(
        input: Money(parsing: costInput, unit, field: "--cost-input"),
        cachedInput: Money(parsing: costCached ?? costInput, unit, field: "--cost-cached"),
        output: Money(parsing: costOutput, unit, field: "--cost-output"))
      var base = url
      while base.hasSuffix("/") { base.removeLast() }
      let books = try space.openBooks()
      let upstream = Upstream(
        name: name, url: base, model: model, keyEnvironment: keyEnv, cost: cost,
        costVersion: Identifier.make("cost"))
      try await books.addUpstream(upstream)
      let priced = try await books.prices().contains { $0.model == name }
      if format.json {
        try Output.json(UpstreamJSON(upstream))
      } else {
        Output.line("\(name): \(base) (\(model))")
      }
      if !priced {
        Output.note(
          "It is served once it has a price: breakeven price set \(name) --input AMOUNT --cached AMOUNT --output AMOUNT --currency \(unit)"
        )
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Upstreams and their costs.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
      let upstreams = try await workspace.open().openBooks().upstreams()
      if format.json { return try Output.json(upstreams.map(UpstreamJSON.init)) }
      Output.table(
        ["NAME", "URL", "MODEL", "KEY FROM", "COST INPUT/M", "COST OUTPUT/M", "CURRENCY"],
        upstreams.map { upstream in
          [
            upstream.name, upstream.url, upstream.model, upstream.keyEnvironment ?? "-",
            upstream.cost.input.decimal, upstream.cost.output.decimal, upstream.cost.currency.code,
          ]
        }, right: [4, 5])
    }
  }
}

private struct UpstreamJSON: Encodable {
  let name, url, model, costInput, costCached, costOutput, currency, costVersion: String
  let keyEnv: String?
  init(_ upstream: Upstream) {
    name = upstream.name
    url = upstream.url
    model = upstream.model
    keyEnv = upstream.keyEnvironment
    costInput = upstream.cost.input.decimal
    costCached = upstream.cost.cachedInput.decimal
    costOutput = upstream.cost.output.decimal
    currency = upstream.cost.currency.code
    costVersion = upstream.costVersion
  }
}
