import ArgumentParser
import Forecast
import Foundation
import Venture

extension PlanCommand {
  struct New: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a plan to begin with: a small one, or the example.")
    @Argument(help: "The folder.") var folder: String
    @Flag(help: "The example: an intelligent customer-service start-up.") var example = false
    @Option(help: "en or zh (the system's).") var lang: PlanLanguage = .system
    @Option(help: "The first month, such as 2027-01 (this month).") var start: String?

    func run() async throws {
      let place = PlanFolder(path: folder)
      guard !FileManager.default.fileExists(atPath: place.file.path) else {
        throw CommandError(
          "\(place.file.path) is there already; choose another folder, or move it away")
      }
      let first = start ?? String(DateText.iso(SystemTime().now()).prefix(7))
      guard Month(first) != nil else {
        throw CommandError("--start: '\(first)' is not a month; write 2027-01")
      }
      try Self.write(to: place, isExample: example, language: lang, start: first)
      Output.line("Plan written: \(place.file.path)")
      Output.line("Check it with: breakeven plan check --plan \(folder)")
      Output.line("Forecast with: breakeven plan forecast --plan \(folder)")
    }

    static func write(
      to place: PlanFolder, isExample: Bool, language: PlanLanguage, start: String
    ) throws {
      let text = isExample ? PlanExample.venture(language: language.rawValue) : PlanExample.minimal
      let plan = try PlanText(text).setting(path: "start", to: start)
      do {
        try FileManager.default.createDirectory(
          at: place.folder, withIntermediateDirectories: true)
        try Data(Plan.schema().utf8).write(
          to: place.folder.appending(path: Plan.schemaName), options: .atomic)
        try Data(plan.text.utf8).write(to: place.file, options: .atomic)
      } catch {
        throw CommandError("cannot write to '\(place.folder.path)': \(error.localizedDescription)")
      }
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Everything that is wrong or doubtful in the plan, by line.")
    @OptionGroup var plan: PlanOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let desk = try plan.desk()
      let check = try desk.check()
      if output.json {
        try Output.json(check)
      } else {
        for problem in check.problems {
          Output.line(
            "\(PlanFolder.fileName):\(problem.line): \(problem.severity.rawValue): \(problem.field): \(problem.message)"
          )
        }
        Output.line(
          "\(check.errors) error\(check.errors == 1 ? "" : "s"), \(check.warnings) warning\(check.warnings == 1 ? "" : "s")"
        )
      }
      if check.errors > 0 { throw ExitCode(1) }
    }
  }

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change, add or remove one value in its place; comments and layout stay.")
    @OptionGroup var plan: PlanOptions
    @Argument(help: "The field, such as 'forecast.segments[smb].churn'.") var field: String
    @Argument(help: "The value, such as '3% to 6% /month'.") var value: String?
    @Flag(help: "Take the field or element out instead.") var remove = false

    func run() async throws {
      let desk = try plan.desk()
      guard (value == nil) == remove else {
        throw CommandError("give either a value for \(field) or --remove")
      }
      try desk.set(field, to: value, over: desk.state().hash)
      Output.line(value.map { "\(field) is now: \($0)" } ?? "\(field) is gone")
    }
  }

  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the plan's JSON Schema, for editors.")
    func run() throws { Output.line(Plan.schema()) }
  }
}
