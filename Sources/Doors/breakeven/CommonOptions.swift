import ArgumentParser
import Foundation

/// `--workspace`, which every command takes.
struct WorkspaceOptions: ParsableArguments {
  @Option(name: .long, help: "The workspace folder (made by 'breakeven init').")
  var workspace: String = ProcessInfo.processInfo.environment["BREAKEVEN_WORKSPACE"] ?? "."

  func open() throws -> Workspace { try Workspace(path: workspace) }
}

/// `--json`, which every command that prints data takes.
struct OutputOptions: ParsableArguments {
  @Flag(name: .long, help: "Print JSON.")
  var json = false
}
