package import Forecast
import Ledger

extension Project {
  package init(reading node: PlanNode, sheet: QuantitySheet) {
    let text = node.date("start")
    let start = text.flatMap { CalendarDate($0) }
    if let text, start == nil { node.fail("start: '\(text)' is not a day of the calendar") }
    if text == nil, !node.has("start") { node.fail("needs 'start': the first day, 2027-01-04") }
    var seen: Set<String> = []
    self.init(
      start: start ?? CalendarDate(year: 2027, month: 1, day: 1),
      daysPerWeek: node.number("days_per_week", in: 1...7) ?? 5,
      tasks: node.list("tasks", limit: 300).enumerated().map { index, entry in
        defer { entry.finish() }
        return ProjectTask(reading: entry, index: index, seen: &seen)
      },
      technology: node.child("technology").map { TechnologyBrief(reading: $0) })
    node.finish()
    let ids = Set(tasks.map(\.id))
    for (task, entry) in zip(tasks, node.list("tasks", limit: 300)) {
      entry.expect(task.after, in: ids, "a task of the project")
    }
    if let circle {
      node.fail("tasks wait for each other in a circle: \(circle.joined(separator: " → "))")
    }
  }
}

extension ProjectTask {
  fileprivate init(reading entry: PlanNode, index: Int, seen: inout Set<String>) {
    let id = entry.identifier(among: &seen, fallback: "task\(index)")
    if !entry.has("phase") {
      entry.fail("needs 'phase': \(Phase.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    if !entry.has("days") { entry.fail("needs 'days': [best, likely, worst]") }
    self.init(
      id: id, name: entry.text("name", required: true, limit: 200),
      phase: entry.choice("phase", Phase.self) ?? .initiation,
      owner: entry.text("owner", limit: 60), after: entry.texts("after"),
      estimate: entry.child("days").map { ThreePoint(reading: $0) } ?? ThreePoint(0, 0, 0),
      doneWhen: entry.choice("done_when", ProjectState.Fact.self),
      isDone: entry.flag("done", default: false), share: entry.number("progress", in: 0...1) ?? 0,
      delays: entry.list("risks", limit: 20).map { element in
        defer { element.finish() }
        return Delay(
          risk: element.text("risk", required: true, limit: 60),
          chance: element.number("chance", in: 0...1) ?? 0,
          days: element.child("days").map { ThreePoint(reading: $0) } ?? ThreePoint(0, 0, 0))
      }, isGate: entry.flag("gate", default: false), line: entry.line)
    if owner.isEmpty { entry.warn("has no owner; name who does it") }
  }
}

extension ThreePoint {
  /// `[10, 15, 30]`, or one number for a step without doubt.
  fileprivate init(reading node: PlanNode) {
    let texts = node.scalar.map { [$0] } ?? node.elements(limit: 4).map { $0.scalar ?? "" }
    let values = texts.compactMap { Double($0) }.filter { $0.isFinite && (0...10_000).contains($0) }
    guard values.count == texts.count, values.count == 1 || values.count == 3 else {
      node.fail("must be [best, likely, worst] in days, each from 0 to 10000, such as [10, 15, 30]")
      self.init(0, 0, 0)
      return
    }
    guard values.count == 3 else {
      self.init(values[0], values[0], values[0])
      return
    }
    if !(values[0] <= values[1] && values[1] <= values[2]) {
      node.fail("must ascend: best ≤ likely ≤ worst")
    }
    let sorted = values.sorted()
    self.init(sorted[0], sorted[1], sorted[2])
  }
}
