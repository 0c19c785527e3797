import ArgumentParser
import Foundation

/// The command line: the one place where everything is put together. Start at `ServerAssembly` for
/// what runs, at `Workspace` for what a folder holds.
@main
struct Breakeven: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "breakeven",
    abstract: "Plan, build and run an AI model as a business whose every request is on the books.",
    version: "0.1.0",
    subcommands: [
      InitCommand.self, UpCommand.self, DemoCommand.self, PlanCommand.self, CustomerCommand.self,
      KeyCommand.self,
      CreditCommand.self, PriceCommand.self, UpstreamCommand.self, UsageCommand.self,
      LedgerCommand.self, ReportCommand.self, ModelCommand.self, GenerateCommand.self,
      EmbedCommand.self,
      BenchCommand.self, AdminCommand.self,
    ])

  /// A failure is one clear line on standard error and a status other than zero.
  static func main() async {
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      let code = exitCode(for: error)
      if code.isSuccess || error is CleanExit { exit(withError: error) }
      let text = error is CommandError ? String(describing: error) : message(for: error)
      let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
      FileHandle.standardError.write(Data("breakeven: \(line)\n".utf8))
      Foundation.exit(code == .success ? 1 : code.rawValue)
    }
  }
}

/// What a command says when it cannot do its work: one line with the remedy.
struct CommandError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
