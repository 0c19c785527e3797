import ArgumentParser
import Billing
import Ledger
import Store

struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "API keys.",
    subcommands: [Create.self, List.self, Revoke.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key. It is shown once, alone on the last line.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "The customer's name or id.") var customer: String
    @Option(parsing: .unconditional, help: "Prepaid credit to add, such as 10 or '10 CNY'.")
    var credit: String?
    @Option(parsing: .upToNextOption, help: "Models that the key may use (all when not given).")
    var models: [String] = []
    @Option(help: "When the key expires: a date.") var expires: String?

    func run() async throws {
      let space = try workspace.open()
      let books = try space.openBooks()
      let owner = try await books.customer(named: customer)
      let amount = try credit.map {
        try Money(parsing: $0, fallback: owner.currency, field: "--credit")
      }
      if let amount, amount.isNegative || amount.isZero {
        throw CommandError("--credit: \(amount) must be above zero")
      }
      var generator = SystemRandomNumberGenerator()
      let text = APIKey.makeText(using: &generator)
      let names = models.flatMap { $0.split(separator: ",").map(String.init) }
      // A script's empty variable must not make a key for everything.
      guard models.isEmpty || !names.isEmpty else {
        throw CommandError(
          "--models: no model is named; leave the option out for a key to all models")
      }
      let now = SystemTime().now()
      let end = try expires.map { try space.dates.parse($0, option: "--expires") }
      if let end, end <= now {
        throw CommandError("--expires: \(DateText.iso(end)) is past; name a later date")
      }
      let key = APIKey(
        id: Identifier.make("key"), customer: owner.id,
        digest: KeyDigest(of: text, secret: space.secret),
        prefix: String(text.prefix(APIKey.prefixLength)), created: now,
        expires: end, revoked: nil,
        models: names.isEmpty ? nil : names)
      try await books.createKey(key, credit: amount)
      if format.json {
        return try Output.json(NewKeyJSON(id: key.id, customer: owner.id, key: text))
      }
      Output.note("Key \(key.id) of \(owner.name). It is shown this once; keep it safe.")
      Output.line(text)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Keys by prefix.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "Only this customer's.") var customer: String?

    func run() async throws {
      let books = try workspace.open().openBooks()
      var id: String?
      if let customer { id = try await books.customer(named: customer).id }
      let keys = try await books.keys(customer: id)
      if format.json { return try Output.json(keys.map(KeyJSON.init)) }
      Output.table(
        ["ID", "PREFIX", "CUSTOMER", "MODELS", "EXPIRES", "REVOKED"],
        keys.map { key in
          [
            key.id, key.prefix + "…", key.customer, key.models?.joined(separator: ",") ?? "all",
            key.expires.map(DateText.iso) ?? "-", key.revoked.map(DateText.iso) ?? "-",
          ]
        })
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Stop a key at once.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "The key's id ('breakeven key list').") var id: String

    func run() async throws {
      let books = try workspace.open().openBooks()
      try await books.revokeKey(id, at: SystemTime().now())
      if format.json {
        return try Output.json(
          try await books.keys(customer: nil).filter { $0.id == id }.map(KeyJSON.init).first)
      }
      Output.line("revoked \(id)")
    }
  }
}

private struct NewKeyJSON: Encodable { let id, customer, key: String }

private struct KeyJSON: Encodable {
  let id, prefix, customer, created: String
  let expires, revoked: String?
  let models: [String]?
  init(_ key: APIKey) {
    id = key.id
    prefix = key.prefix
    customer = key.customer
    created = DateText.iso(key.created)
    expires = key.expires.map(DateText.iso)
    revoked = key.revoked.map(DateText.iso)
    models = key.models
  }
}
