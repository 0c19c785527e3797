import Foundation

extension CaseLibrary {
  /// The program's cases: `Resources/cases.yaml`. The file is part of the program and checked by a
  /// test, so a fault in it is a programmer's mistake.
  package static let bundled: CaseLibrary = {
    let problems = PlanProblems()
    guard
      let url = Bundle.module.url(
        forResource: "cases", withExtension: "yaml", subdirectory: "Resources"),
      let text = try? String(contentsOf: url, encoding: .utf8),
      let node = try? PlanNode(yaml: text, path: "cases", problems: problems)
    else { preconditionFailure("cases.yaml is missing from the program or is not YAML") }
    let library = CaseLibrary(reading: node, isOwn: false)
    precondition(!problems.hasErrors, problems.all.map(\.description).joined(separator: "\n"))
    return library
  }()
}
