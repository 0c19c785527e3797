import ArgumentParser
import Dashboard
import Foundation
import Inference
import Ledger

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a workspace: configuration, books, secret.")
  @Argument(help: "The folder.") var folder: String
  @Option(help: "A GGUF file to serve; it is measured and a price proposed.") var model: String?
  @Option(help: "What you report in.") var currency = "USD"
  @Option(help: "An IANA time zone such as Asia/Shanghai.") var timeZone: String?
  @Flag(help: "Accept the proposed price.") var acceptPrice = false
  // `init` names its folder; the option is taken so that scripts may pass it everywhere.
  @Option(help: .hidden) var workspace: String?

  func run() async throws {
    let zone = timeZone ?? Workspace.localZone
    guard TimeZone(identifier: zone) != nil else {
      throw CommandError("--time-zone: '\(zone)' is not an IANA name such as Asia/Shanghai")
    }
    let loaded = try model.map { try LoadedModel.load(path: $0) }
    let space = try Workspace.create(
      path: folder, currency: Currency(currency), timeZone: zone,
      modelFile: model.map { URL(filePath: $0).standardizedFileURL.path })
    let password = try space.makePassword()
    Output.line("Workspace ready: \(space.folder.path)")
    Output.line("The pages' password, shown this once: \(password)")
    if let loaded {
      let setup = PriceSetup(workspace: space, books: try space.openBooks())
      _ = try await setup.ensurePrice(
        for: loaded, options: space.engineOptions, answer: acceptPrice ? .accept : .ask)
    }
    Output.line("Next: breakeven up --workspace \(folder)" + (model == nil ? " --model FILE" : ""))
  }
}

struct AdminCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admin", abstract: "The pages' sign-in.", subcommands: [Password.self])

  struct Password: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a new password for the pages; printed alone on the last line.")
    @OptionGroup var workspace: WorkspaceOptions

    func run() async throws {
      let password = try workspace.open().makePassword()
      Output.note("A running server takes it after a restart.")
      Output.line(password)
    }
  }
}
