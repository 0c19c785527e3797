import Yams

/// An edit of one place: the characters that it would replace, and with what.
struct PlanEdit {
  struct Change {
    let range: Range<Int>
    let text: String
  }

  let source: PlanSource
  let root: Node
  let path: PlanPath

  var refusal: PlanProblem {
    PlanProblem(
      line: path.deepest(in: root)?.mark?.line ?? 0, field: "\(path)",
      "cannot be edited in place; edit the file at this line")
  }

  /// Whether the place lies within brackets.
  private var isFlow: Bool { isFlow(path.parent) }

  private func isFlow(_ path: PlanPath) -> Bool {
    (0...path.steps.count).contains { count in
      PlanPath(Array(path.steps.prefix(count))).node(in: root).map { source.isFlow($0) } ?? false
    }
  }

  /// Indentation of the mapping or list that holds the place.
  private func indentation(of parent: Node) -> Int {
    guard let start = source.start(of: parent) else { return 0 }
    return source.column(start)
  }

  // MARK: Replacing

  /// Ways to write a value in the place of another, the nearest to what stood there first.
  func renderings(of value: PlanValue, replacing node: Node, at start: Int) -> [String] {
    // `name:` without a value: its place is directly behind the colon.
    let gap = source[start - 1] == ":" || source[start - 1] == "-" ? " " : ""
    guard case .text(let text) = value else {
      let parent = path.parent.node(in: root)
      let block = parent.map { YAMLText.after(value, indentation: indentation(of: $0)) }
      return [isFlow ? nil : block, gap + YAMLText.flow(value)].compactMap { $0 }
    }
    var ways: [String] = []
    switch node.scalar?.style {
    case .doubleQuoted?: ways.append(YAMLText.quoted(text))
    case .singleQuoted? where !text.contains("\n"):
      ways.append(
        "'"
          + text.split(separator: "'", omittingEmptySubsequences: false)
          .joined(separator: "''") + "'")
    default: break
    }
    if !isFlow, let parent = path.parent.node(in: root),
      let literal = YAMLText.literal(text, indentation: indentation(of: parent) + 2)
    {
      ways.append(literal)
    }
    ways.append(YAMLText.scalar(text, isFlow: isFlow))
    ways.append(YAMLText.quoted(text))
    return ways.map { gap + $0 }
  }

  // MARK: Inserting

  func insertions(of value: PlanValue, as step: PlanPath.Step, into parent: Node) -> [Change] {
    switch (parent, step) {
    case (.mapping(let mapping), .name(let name)):
      let last = Array(mapping).last.flatMap { source.end(of: $0.value) ?? source.end(of: $0.key) }
      if source.isFlow(parent) {
        let field = YAMLText.flow(.map([.init(name, value)])).dropFirst().dropLast()
        return flow(String(field), after: last, in: parent)
      }
      guard let last else { return [] }
      let column = indentation(of: parent)
      return [
        line(
          YAMLText.block(.map([.init(name, value)]), indentation: column), column: column,
          after: last)
      ]
    case (.sequence(let sequence), .index(let index)):
      guard index <= sequence.count else { return [] }
      if source.isFlow(parent) {
        return flowElement(YAMLText.flow(value), at: index, of: Array(sequence), in: parent)
      }
      return element(value, at: index, of: Array(sequence))
    default:
      return emptied(value, as: step, parent)
    }
  }

  /// The parent is there but empty: `hires:` becomes a list of one.
  private func emptied(_ value: PlanValue, as step: PlanPath.Step, _ parent: Node) -> [Change] {
    guard parent.isEmpty, let start = source.start(of: parent), let end = source.end(of: parent)
    else { return [] }
    let whole: PlanValue
    switch step {
    case .name(let name): whole = .map([.init(name, value)])
    case .index(0): whole = .list([value])
    default: return []
    }
    let edit = PlanEdit(source: source, root: root, path: path.parent)
    return edit.renderings(of: whole, replacing: parent, at: start).map {
      Change(range: start..<end, text: $0)
    }
  }

  private func line(_ text: String, column: Int, after offset: Int) -> Change {
    let end = source.lineEnd(offset)
    return Change(
      range: end..<end, text: "\n" + String(repeating: " ", count: column) + text)
  }

  private func element(_ value: PlanValue, at index: Int, of sequence: [Node]) -> [Change] {
    guard let first = sequence.first, let dash = dash(of: first) else { return [] }
    let column = source.column(dash)
    let text = "- " + YAMLText.block(value, indentation: column + 2)
    if index > 0 {
      guard let end = source.end(of: sequence[index - 1]) else { return [] }
      return [line(text, column: column, after: end)]
    }
    let lead = String(repeating: " ", count: column)
    return [Change(range: dash..<dash, text: text + "\n" + lead)]
  }

  private func flow(_ text: String, after last: Int?, in parent: Node) -> [Change] {
    if let last { return [Change(range: last..<last, text: ", " + text)] }
    guard let start = source.start(of: parent) else { return [] }
    return [Change(range: start + 1..<start + 1, text: text)]
  }

  private func flowElement(
    _ text: String, at index: Int, of sequence: [Node], in parent: Node
  ) -> [Change] {
    guard index < sequence.count else {
      return flow(text, after: sequence.last.flatMap { source.end(of: $0) }, in: parent)
    }
    guard let start = source.start(of: sequence[index]) else { return [] }
    return [Change(range: start..<start, text: text + ", ")]
  }

  /// The dash of an element of a block list.
  private func dash(of element: Node) -> Int? {
    guard var offset = source.start(of: element) else { return nil }
    while offset > 0 {
      offset -= 1
      let scalar = source.scalars[offset]
      if scalar == "-" { return offset }
      guard PlanSource.isSpace(scalar) || PlanSource.isBreak(scalar) else { return nil }
    }
    return nil
  }

  // MARK: Removing

  func removals() -> [Change] {
    guard let last = path.steps.last, let parent = path.parent.node(in: root),
      let node = path.node(in: root)
    else { return [] }
    let items: [(start: Int?, end: Int?)]
    let index: Int?
    switch parent {
    case .mapping(let mapping):
      items = mapping.map { (source.start(of: $0.key), source.end(of: $0.value)) }
      index = mapping.firstIndex { last == .name($0.key.scalar?.string ?? "") }
    case .sequence(let sequence):
      let isFlow = source.isFlow(parent)
      items = sequence.map { (isFlow ? source.start(of: $0) : dash(of: $0), source.end(of: $0)) }
      index = sequence.firstIndex {
        $0.mark?.line == node.mark?.line && $0.mark?.column == node.mark?.column
      }
    default: return []
    }
    guard let index, let start = items[index].start, let end = items[index].end else { return [] }
    if items.count == 1 { return emptying(parent) }
    return source.isFlow(parent)
      ? cut(
        start, end, next: items.dropFirst(index + 1).first?.start,
        previous: index > 0 ? items[index - 1].end : nil)
      : lines(start, end, next: items.dropFirst(index + 1).first?.start)
  }

  private func emptying(_ parent: Node) -> [Change] {
    let brackets = parent.mapping == nil ? "[]" : "{}"
    guard var start = source.start(of: parent), let end = source.end(of: parent) else { return [] }
    if !source.isFlow(parent), let first = parent.sequence?.first, let dash = dash(of: first) {
      start = dash
    }
    return [Change(range: start..<end, text: brackets)]
  }

  private func cut(_ start: Int, _ end: Int, next: Int?, previous: Int?) -> [Change] {
    if let next { return [Change(range: start..<next, text: "")] }
    guard let previous else { return [] }
    return [Change(range: previous..<end, text: "")]
  }

  private func lines(_ start: Int, _ end: Int, next: Int?) -> [Change] {
    if source.isFirst(start) {
      let stop = source.lineEnd(end)
      if let after = source.nextLine(stop) {
        return [Change(range: source.lineStart(start)..<after, text: "")]
      }
      // The last line: the break before it goes.
      let line = source.lineStart(start)
      return [Change(range: max(0, line - 1)..<stop, text: "")]
    }
    // `- a: …`: what follows takes its place behind the dash.
    return next.map { [Change(range: start..<$0, text: "")] } ?? []
  }
}
