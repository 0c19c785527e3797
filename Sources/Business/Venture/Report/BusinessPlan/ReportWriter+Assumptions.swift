import Forecast
import Foundation

extension ReportWriter {
  /// Every number that the plan writes: its line, as written, and what it amounts to.
  mutating func assumptions() {
    document.add(.pageBreak)
    document.heading(2, words("report_appendix"))
    paragraph("report_appendix_note")
    let origins = Dictionary(
      plan.assumptions.map { ($0.line, $0.source) }, uniquingKeysWith: { first, _ in first })
    table(
      [
        "plan_column_line", "report_column_assumption", "report_column_written",
        "report_column_p5", "report_column_p50", "report_column_p95", "report_column_unit",
      ],
      numeric: [0, 3, 4, 5],
      content.figures.map { figure -> [[Inline]] in
        let source = written(figure.line, figure.path, figure.text)
        func show(_ value: Double) -> [Inline] {
          [.figure(format.value(value, scale: 1, unit: ""), source)]
        }
        let origin = origins[figure.line].map { $0.isEmpty ? "" : " (\($0))" } ?? ""
        return [
          [.text("\(figure.line)")], [.text(name(of: figure) + origin)],
          [.text(Self.short(figure.text, 60))], show(figure.low), show(figure.median),
          show(figure.high), [.text(figure.unit)],
        ]
      })
  }

  /// A figure of the plan in the reader's words, with what it belongs to.
  private func name(of figure: PlanFigure) -> String {
    let label = figure.label
    guard !figure.path.hasPrefix("assumptions."), !label.contains(" · ") else {
      return name(label: label)
    }
    let last = label.split(separator: ".").last.map(String.init) ?? label
    for part in figure.path.split(separator: ".").dropLast().reversed() {
      if let owner = owner(String(part), in: figure.path) { return "\(owner) · \(field(last))" }
    }
    return field(last)
  }

  /// The thing that a step of a path is about: `candidates[service]` or `technology`.
  private func owner(_ part: String, in path: String) -> String? {
    if let open = part.firstIndex(of: "["), part.hasSuffix("]") {
      let id = String(part[part.index(after: open)..<part.index(before: part.endIndex)])
      return names[id] ?? (id.allSatisfy(\.isNumber) ? nil : id)
    }
    let isPath = path.hasPrefix("strategy.paths") && words.has("plan_path_\(part)")
    return isPath ? words("plan_path_\(part)") : nil
  }

  private var names: [String: String] {
    let candidates = plan.opportunities?.candidates.map { ($0.id, $0.name) } ?? []
    let criteria = plan.strategy?.paths?.criteria.map { ($0.id, $0.name) } ?? []
    return Dictionary(candidates + criteria, uniquingKeysWith: { first, _ in first })
  }

  /// A field's name, an indicator's, a criterion's, else as written.
  private func field(_ name: String) -> String {
    words.field(name) ?? names[name] ?? name
  }

  func name(of slot: ParameterTable.Slot) -> String {
    name(label: slot.label.isEmpty ? slot.name : slot.label)
  }

  /// `Small shops · churn`: the owner as written, the field in the reader's words.
  func name(label: String) -> String {
    label.split(separator: " · ").map { field(String($0)) }.joined(separator: " · ")
  }
}
