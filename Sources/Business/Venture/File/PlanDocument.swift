import Yams

/// The plan's file as a tree, within bounds: read from untrusted text without harm.
struct PlanDocument {
  /// Bytes of a file, levels of nesting, and values in it.
  static let largestFile = 1_048_576
  static let deepest = 32
  static let mostValues = 50_000
  /// A place in the text beyond which nothing of a plan begins.
  private static let widestIndentation = 200

  var root: Node

  /// Nil when the text is no plan at all; the reason is added to `problems`.
  init?(text: String, problems: PlanProblems) {
    guard text.utf8.count <= Self.largestFile else {
      problems.add(
        PlanProblem(line: 0, field: "", "is larger than 1 MB; a plan holds text and numbers only"))
      return nil
    }
    guard Self.scan(text, problems) else { return nil }
    do {
      guard let root = try compose(yaml: text) else {
        problems.add(PlanProblem(line: 1, field: "", "is empty; begin with 'breakeven: 1'"))
        return nil
      }
      self.root = root
    } catch {
      problems.add(Self.problem(error))
      return nil
    }
    var count = 0
    guard Self.check(root, depth: 1, count: &count, problems) else { return nil }
    guard root.mapping != nil else {
      problems.add(
        PlanProblem(line: 1, field: "", "is not a mapping; begin with 'breakeven: 1'"))
      return nil
    }
  }

  /// Refuses what could blow up before the parser sees it: anchors (a short file can unfold to a
  /// huge one) and an indentation that only an attack has. Nesting itself the parser bounds.
  private static func scan(_ text: String, _ problems: PlanProblems) -> Bool {
    var line = 1
    var lead = 0
    /// A value may begin here.
    var isStart = true
    var isTag = false
    var anchor = false
    for scalar in text.unicodeScalars {
      let isSpace = scalar == " " || scalar == "\t"
      let isBreak = scalar == "\n" || scalar == "\r"
      if anchor, !isSpace, !isBreak {
        problems.add(
          PlanProblem(
            line: line, field: "",
            "has a value that begins with '&': anchors and aliases are not read; "
              + "write the value itself, or put it in quotes"))
        return false
      }
      anchor = false
      if isBreak {
        if scalar == "\n" { line += 1 }
        (lead, isStart, isTag) = (0, true, false)
        continue
      }
      if lead >= 0, isSpace || scalar == "-" || scalar == "?" { lead += 1 } else { lead = -1 }
      if lead > widestIndentation {
        problems.add(
          PlanProblem(
            line: line, field: "", "begins after column \(widestIndentation); indent it less"))
        return false
      }
      switch scalar {
      case " ", "\t": isTag = false
      case "-", "?", ":", "[", "{", ",": isStart = true
      case "&" where isStart: anchor = true
      case "!" where isStart: isTag = true
      default: if !isTag { isStart = false }
      }
    }
    return true
  }

  private static func check(
    _ node: Node, depth: Int, count: inout Int, _ problems: PlanProblems
  ) -> Bool {
    count += 1
    let line = node.mark?.line ?? 0
    guard depth <= deepest else {
      problems.add(
        PlanProblem(line: line, field: "", "is nested more than \(deepest) levels deep; flatten it")
      )
      return false
    }
    guard count <= mostValues else {
      problems.add(
        PlanProblem(line: line, field: "", "has more than \(mostValues) values; shorten the plan"))
      return false
    }
    switch node {
    case .scalar: return true
    case .sequence(let sequence):
      return sequence.allSatisfy { check($0, depth: depth + 1, count: &count, problems) }
    case .mapping(let mapping):
      for (key, value) in mapping {
        guard key.scalar != nil else {
          problems.add(
            PlanProblem(
              line: key.mark?.line ?? line, field: "", "has a list or mapping as a name; use a text"
            ))
          return false
        }
        guard check(value, depth: depth + 1, count: &count, problems) else { return false }
      }
      return true
    case .alias:
      problems.add(PlanProblem(line: line, field: "", "is an alias; write the value itself"))
      return false
    }
  }

  private static func problem(_ error: any Error) -> PlanProblem {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return PlanProblem(
        line: mark.line, column: mark.column, field: "",
        "\(problem); check the indentation, colons and quotes at this place")
    case .duplicatedKeysInMapping(let names, let context):
      return PlanProblem(
        line: context.mark.line, column: context.mark.column,
        field: names.sorted().joined(separator: ", "),
        "is written twice in the same mapping; keep one")
    case .reader(let problem, _, _, _):
      return PlanProblem(line: 0, field: "", "cannot be read: \(problem); save it as UTF-8")
    default:
      return PlanProblem(line: 0, field: "", "cannot be read: \(error)")
    }
  }
}
