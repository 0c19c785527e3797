import Yams

/// A plan's file under edit: a change replaces the characters of one value and nothing else, so that
/// comments, order and layout stay as their author left them.
///
/// Every edit is read again before it is given back: the value must be as intended and all others as
/// before; an edit that cannot be made so is refused.
package struct PlanText: Sendable, Hashable {
  package let text: String

  /// - Throws: why it is no plan, at its line.
  package init(_ text: String) throws(PlanProblem) {
    self.text = text
    _ = try root()
  }

  private init(checked text: String) { self.text = text }

  /// What stands at a path such as `forecast.segments[smb].churn`; nil when nothing does.
  package func value(at path: String) -> PlanValue? {
    guard let path = PlanPath(path), let root = try? root(), let node = path.node(in: root) else {
      return nil
    }
    return PlanValue(node)
  }

  /// 1-based line of a value.
  package func line(of path: String) -> Int? {
    guard let path = PlanPath(path), let root = try? root() else { return nil }
    return path.node(in: root)?.mark?.line
  }

  /// With a text in the place of what stands at `path`; a field that is not there is added.
  package func setting(path: String, to text: String) throws(PlanProblem) -> PlanText {
    try setting(path: path, to: .text(text))
  }

  package func setting(path: String, to value: PlanValue) throws(PlanProblem) -> PlanText {
    let edit = try edit(path)
    guard let node = edit.path.node(in: edit.root) else {
      return try inserting(value, at: path)
    }
    guard let start = edit.source.start(of: node), let end = edit.source.end(of: node) else {
      throw edit.refusal
    }
    let candidates = edit.renderings(of: value, replacing: node, at: start)
    return try finish(edit, expecting: edit.root.setting(edit.path.steps[...], to: Node(value))) {
      candidates.map { edit.source.replacing(start..<end, with: $0) }
    }
  }

  /// With a new field (the path's last step is its name) or a new element of a list (its place; the
  /// list's length appends).
  package func inserting(_ value: PlanValue, at path: String) throws(PlanProblem) -> PlanText {
    let edit = try edit(path)
    guard let last = edit.path.steps.last, let parent = edit.path.parent.node(in: edit.root),
      edit.path.node(in: edit.root) == nil || last.isIndex
    else { throw edit.refusal }
    let insertions = edit.insertions(of: value, as: last, into: parent)
    let expected = edit.root.inserting(Node(value), edit.path.steps[...])
    return try finish(edit, expecting: expected) {
      insertions.map { edit.source.replacing($0.range, with: $0.text) }
    }
  }

  /// Without the field or element at `path`.
  package func removing(path: String) throws(PlanProblem) -> PlanText {
    let edit = try edit(path)
    let removals = edit.removals()
    return try finish(edit, expecting: edit.root.removing(edit.path.steps[...])) {
      removals.map { edit.source.replacing($0.range, with: $0.text) }
    }
  }

  private func root() throws(PlanProblem) -> Node {
    let problems = PlanProblems()
    guard let document = PlanDocument(text: text, problems: problems) else {
      throw problems.all[0]
    }
    return document.root
  }

  private func edit(_ text: String) throws(PlanProblem) -> PlanEdit {
    guard let path = PlanPath(text) else {
      throw PlanProblem(
        line: 0, field: text, "is no path; write one such as forecast.segments[0].churn")
    }
    return PlanEdit(source: PlanSource(self.text), root: try root(), path: path)
  }

  /// The first candidate that reads as expected.
  private func finish(
    _ edit: PlanEdit, expecting expected: Node?, _ candidates: () -> [String]
  ) throws(PlanProblem) -> PlanText {
    guard let expected else { throw edit.refusal }
    let value = PlanValue(expected)
    for candidate in candidates() {
      let problems = PlanProblems()
      if let document = PlanDocument(text: candidate, problems: problems),
        PlanValue(document.root) == value
      {
        return PlanText(checked: candidate)
      }
    }
    throw edit.refusal
  }
}
