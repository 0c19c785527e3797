import Yams

extension PlanNode {
  /// The root of a YAML text.
  ///
  /// - Throws: Yams' error when the text is not YAML, and `PlanProblem` when it is empty.
  init(yaml: String, path: String, problems: PlanProblems) throws {
    guard let node = try Yams.compose(yaml: yaml) else {
      throw PlanProblem(line: 0, field: path, "is empty")
    }
    self.init(node, path: path, problems: problems)
  }
}
