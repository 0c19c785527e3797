import Venture

extension PlanPages {
  /// 报告: the business plan in each form, in the reader's language and the other.
  ///
  /// - Parameter isMade: whether this program can write it.
  func report(_ visit: Visit, isMade: Bool) async throws -> String {
    let part = try part(visit)
    let hash = try desk.plan().hash
    let own = visit.text.language
    let languages = [own] + Language.allCases.filter { $0 != own }
    return page(
      .report, visit,
      answer: visit.text.pieces(
        "plan_answer_report",
        [
          "name": part.piece(part.plan.name, "/plan/file"),
          "count": part.piece("\(ReportFormat.allCases.count)", "#report-\(own.rawValue)"),
        ]),
      blocks: languages.map { formatBlock(part, $0, isMade: isMade, isOwn: $0 == own) },
      template: "plan-chosen",
      more: ["imprint": visit.text("plan_report_imprint", ["hash": String(hash.prefix(12))])])
  }

  private func formatBlock(
    _ part: PlanPart, _ language: Language, isMade: Bool, isOwn: Bool
  ) -> Block {
    let name = language == .english ? "English" : "简体中文"
    var block = part.titled(
      "report-\(language.rawValue)", part.text("plan_report_in", ["language": name]),
      aside: isOwn ? part.text("plan_report_aside") : nil,
      columns: [
        ("plan_column_form", .name), ("plan_column_what_for", .text), ("plan_column_file", .text),
      ],
      rows: isMade
        ? ReportFormat.allCases.map { format in
          let address = "/plan/report/\(format.rawValue)"
          let query = Query(["language": language.rawValue])
          let download = query.address(address, ["download": "1"])
          return Row(cells: [
            Cell.name(
              part.text("plan_format_\(format.rawValue)"),
              format == .html ? query.address(address) : download),
            .words(part.text("plan_format_\(format.rawValue)_note")),
            .words(part.text("plan_download"), link: download),
          ])
        } : [], missing: "plan_report_none")
    block.table?.empty_command =
      "breakeven plan report --lang \(language == .english ? "en" : "zh") -o plan.pdf"
    return block
  }
}
