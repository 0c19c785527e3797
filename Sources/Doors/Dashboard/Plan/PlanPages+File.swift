import Forecast
import Venture

/// What a reader typed that was not written, and why: it is shown again, so that nothing is lost.
struct FileDraft: Sendable {
  /// The place of the value, or nil for the whole text.
  var path: String?
  var typed: String
  /// In the reader's language, then what the plan's reader says, with line and field.
  var message: String
  var problems: [PlanProblem] = []
}

/// A line of the file with what is wrong there.
struct SourceLine: ViewModel, Sendable {
  let number: Int
  let text: String
  let problems: [Note]

  struct Note: ViewModel, Sendable {
    let text: String
    let is_error: Bool
  }
}

/// A figure of the file with the field that edits it.
struct EditedValue: ViewModel, Sendable {
  let anchor: String
  let label: String
  let link: String
  let path: String
  let value: String
  let middle: String
  let range: String
  let unit: String
  let error: String?
}

extension PlanPages {
  /// 计划文件: the text with its line numbers, what is wrong beside its lines, and its editing.
  ///
  /// - Parameter draft: a change that was refused.
  func file(_ visit: Visit, draft: FileDraft? = nil) async throws -> String {
    let state = try desk.state()
    let check = try desk.check()
    let values = try editedValues(visit, state, draft)
    let problems = Dictionary(grouping: check.problems, by: \.line)
    let lines = Self.lines(of: state.text).enumerated().map { index, line in
      SourceLine(
        number: index + 1, text: line,
        problems: (problems[index + 1] ?? []).map {
          SourceLine.Note(text: "\($0.field): \($0.message)", is_error: $0.severity == .error)
        })
    }
    let groups = Self.groups.compactMap { prefix -> [String: Any]? in
      let own = values.filter { $0.path.hasPrefix(prefix + ".") }
      guard !own.isEmpty else { return nil }
      return [
        "id": "values-\(prefix)", "title": visit.text("plan_values_\(prefix)"), "values": own,
      ]
    }
    return page(
      .file, visit, answer: fileAnswer(visit, check, lines: lines.count, values: values.count),
      blocks: [], template: "plan-file",
      more: [
        "message": message(visit, draft) as Any? ?? false,
        "saved": draft == nil && visit.query["saved"] != nil,
        "problem_block": check.problems.isEmpty
          ? false : ["table": problemTable(visit, check)] as Any,
        "groups": groups, "hash": state.hash, "lines": lines,
        "text": draft.flatMap { $0.path == nil ? $0.typed : nil } ?? state.text,
        "is_text_draft": draft != nil && draft?.path == nil,
      ])
  }

  /// What of the file has fields of its own; the rest is edited as text.
  private static let groups = ["assumptions", "forecast"]

  /// As the plan's reader counts lines.
  static func lines(of text: String) -> [String] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
  }

  private func fileAnswer(
    _ visit: Visit, _ check: PlanCheck, lines: Int, values: Int
  ) -> [Piece] {
    let key =
      check.errors > 0
      ? "plan_answer_file_errors"
      : check.warnings > 0 ? "plan_answer_file_warnings" : "plan_answer_file"
    func piece(_ count: Int, _ link: String, _ tone: Tone? = nil) -> Piece {
      Piece(text: "\(count)", link: link, strong: true, tone: tone)
    }
    return visit.text.pieces(
      key,
      [
        "errors": piece(check.errors, "#problems", .loss),
        "warnings": piece(check.warnings, "#problems"), "lines": piece(lines, "#source"),
        "values": piece(values, "#values-assumptions"),
      ])
  }

  private func message(_ visit: Visit, _ draft: FileDraft?) -> String? {
    guard let draft else { return nil }
    let first = draft.problems.first.map { " \($0.description)" } ?? ""
    return draft.message + first
  }

  private func problemTable(_ visit: Visit, _ check: PlanCheck) -> TableView {
    var table = TableView(id: "problems", caption: visit.text("plan_problems"))
    table.columns = [
      Column(visit.text("plan_column_problem"), .name), Column(visit.text("plan_column_line")),
      Column(visit.text("plan_column_field"), .code),
      Column(visit.text("plan_column_severity"), .text),
    ]
    table.rows = check.problems.map { problem in
      Row(cells: [
        Cell.name(problem.message, line(problem.line)), .number("\(problem.line)"),
        .code(problem.field),
        Cell(
          visit.text("plan_severity_\(problem.severity.rawValue)"), .text,
          tone: problem.severity == .error ? .loss : nil),
      ])
    }
    return table
  }

  /// Empty while the plan has errors: then the text itself is to be mended.
  private func editedValues(
    _ visit: Visit, _ state: PlanDesk.State, _ draft: FileDraft?
  ) throws -> [EditedValue] {
    guard state.reading.plan != nil else { return [] }
    let part = try part(visit)
    return try editable(part.plan).enumerated().map { index, figure in
      func show(_ value: Double) -> String {
        part.format.value(value, scale: 1, unit: "")
      }
      let isDraft = draft?.path == figure.path
      return EditedValue(
        anchor: "v\(index)", label: part.words.driver(figure.label), link: "#L\(figure.line)",
        path: figure.path, value: isDraft ? draft?.typed ?? "" : figure.text,
        middle: show(figure.median),
        range: figure.isUncertain
          ? visit.text("plan_range", ["low": show(figure.low), "high": show(figure.high)]) : "",
        unit: figure.unit,
        error: isDraft ? message(visit, draft) : nil)
    }
  }

  private func editable(_ plan: Plan) throws -> [PlanFigure] {
    try plan.figures().filter { figure in
      Self.groups.contains { figure.path.hasPrefix($0 + ".") }
    }
  }

  /// Where a value has its field; the top of the page when it has none.
  func anchor(of path: String) -> String {
    guard let plan = try? desk.plan().plan,
      let index = (try? editable(plan))?.firstIndex(where: { $0.path == path })
    else { return "" }
    return "#v\(index)"
  }
}
