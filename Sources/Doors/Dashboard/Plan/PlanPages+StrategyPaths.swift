import Venture

extension PlanPages {
  /// The three paths by criteria, with their chance to be best, beside their simulated value.
  func pathBlocks(
    _ part: PlanPart, _ strategy: Strategy, _ assessment: PlanAssessment
  ) -> [Block] {
    guard let paths = strategy.paths, let comparison = assessment.paths else {
      return [
        part.block(
          "paths", "plan_strategy_paths", columns: [], rows: [], missing: "report_missing_paths")
      ]
    }
    let entries = comparison.entries
    let names = entries.map { part.text($0.kind.textKey) }
    let drawing = PlanPictures.shares(
      entries.map { (part.text($0.kind.textKey), $0.ranks) },
      parts: entries.indices.map { part.text("plan_rank_number", ["rank": "\($0 + 1)"]) },
      title: part.text("plan_strategy_paths_title"), format: part.format)
    var table = part.block(
      "paths", "plan_strategy_paths_title", aside: part.text("plan_strategy_paths_aside"),
      drawing: drawing, prose: pathWords(part, comparison, assessment.verdicts), columns: [],
      rows: pathRows(part, paths, comparison, assessment.verdicts))
    table.table?.columns =
      [
        Column(part.text("plan_column_criterion"), .name),
        Column(part.text("report_column_weight")),
      ]
      + names.map { Column($0) }
    return [table, stepBlock(part, paths)]
  }

  private func pathWords(
    _ part: PlanPart, _ comparison: PathComparison, _ verdicts: [PathVerdict]
  ) -> [String] {
    var lines: [String] = []
    if let winner = comparison.winner {
      lines.append(
        part.text(
          winner.isSettled ? "report_path_settled" : "report_path_open",
          ["path": part.text(winner.kind.textKey)]))
    }
    let simulated = verdicts.filter { $0.bestBySimulation != nil }
    if simulated.count > 1, let winner = comparison.winner {
      let best = simulated.max { ($0.bestBySimulation ?? 0) < ($1.bestBySimulation ?? 0) }
      lines.append(
        part.text(best?.kind == winner.kind ? "report_path_agrees" : "report_path_disagrees"))
    }
    return lines
  }

  private func pathRows(
    _ part: PlanPart, _ paths: VenturePaths, _ comparison: PathComparison,
    _ verdicts: [PathVerdict]
  ) -> [Row] {
    let entries = comparison.entries
    var rows = paths.criteria.enumerated().map { index, criterion in
      Row(
        cells: [
          Cell.name(criterion.name, part.link(criterion.weight.line)),
          part.share(comparison.weights[index]),
        ]
          + entries.map { entry -> Cell in
            let written = paths.paths.first { $0.kind == entry.kind }?.scores[index]
            return Cell.number(
              part.format.number(entry.scores[index]), link: written.flatMap { part.link($0.line) },
              exact: written?.text)
          })
    }
    func sum(_ key: String, total: Bool = false, _ cell: (PathComparison.Entry) -> Cell) {
      rows.append(
        Row(
          cells: [Cell.name(part.text(key), nil), .number("")] + entries.map(cell), total: total))
    }
    func verdict(_ entry: PathComparison.Entry) -> PathVerdict? {
      verdicts.first { $0.kind == entry.kind }
    }
    sum("report_column_attractiveness", total: true) {
      Cell.number(part.interval($0.total, part.format.number))
    }
    sum("report_column_best_criteria") { part.share($0.best) }
    sum("report_column_best_simulation") { entry in
      verdict(entry)?.bestBySimulation.map { part.share($0, link: "/plan/decisions") }
        ?? Cell.number("–")
    }
    sum("report_column_npv") { entry in
      verdict(entry)?.expected.map {
        part.money($0, link: "/plan/decisions", signed: true)
      } ?? Cell.number("–")
    }
    return rows
  }

  private func stepBlock(_ part: PlanPart, _ paths: VenturePaths) -> Block {
    part.block(
      "steps", "plan_strategy_steps",
      columns: [
        ("report_column_path", .name), ("plan_column_summary", .text),
        ("plan_column_step_1", .text),
        ("plan_column_step_2", .text), ("plan_column_step_3", .text), ("plan_scenario", .text),
      ],
      rows: paths.paths.map { path in
        let scenario = part.plan.scenarios.first { $0.id == path.scenario }
        let steps = (0..<3).map { index -> Cell in
          let name = part.text(path.kind.stepKeys[index])
          guard path.steps.indices.contains(index) else { return Cell.words(name) }
          return Cell.words("\(name)\(part.text("report_colon"))\(path.steps[index])")
        }
        return Row(
          cells: [
            Cell.name(part.text(path.kind.textKey), part.link(path.line)), part.cell(path.summary),
          ] + steps
            + [
              part.cell(
                scenario?.name ?? path.scenario, link: part.link(at: "scenarios[\(path.scenario)]"))
            ])
      })
  }

  // MARK: Stages

  func stageBlocks(_ part: PlanPart, _ stage: Stage) -> [Block] {
    let name = stage.name.isEmpty ? part.text("plan_stage_\(stage.kind.rawValue)") : stage.name
    func title(_ key: String) -> String {
      part.text("plan_stage_part", ["stage": name, "part": part.text(key)])
    }
    let goals = Dictionary(
      stage.goals.map { ($0.id, $0.claim.text) }, uniquingKeysWith: { one, _ in one })
    return [
      part.titled(
        "goals-\(stage.id)", title("plan_stage_goals"),
        columns: Self.claimColumns(("report_column_area", .name)),
        rows: stage.goals.map { goal in
          Row(
            cells: [
              Cell.name(
                goal.area.map { part.text($0.textKey) } ?? goal.id, part.link(goal.claim.line))
            ] + claimCells(part, goal.claim))
        }),
      part.titled(
        "tasks-\(stage.id)", title("plan_stage_tasks"),
        columns: [
          ("report_column_task", .name), ("plan_column_serves", .text),
          ("report_column_owner", .text), ("plan_column_due", .number),
        ],
        rows: stage.tasks.map { task in
          Row(cells: [
            Cell.name(task.name, part.link(task.line)),
            part.cell(part.list(task.goals.map { goals[$0] ?? $0 })),
            part.cell(task.owner.isEmpty ? "" : part.person(task.owner)),
            .number(task.due ?? "–"),
          ])
        }),
      part.titled(
        "gates-\(stage.id)", title("plan_stage_gates"), aside: part.text("plan_stage_gates_aside"),
        columns: [
          ("report_column_gate", .name), ("report_column_metric", .text),
          ("report_column_threshold", .number), ("report_column_date", .number),
        ],
        rows: stage.gates.map { gate in
          Row(cells: [
            Cell.name(gate.name.isEmpty ? gate.id : gate.name, part.link(gate.line)),
            part.cell(gate.metric.isEmpty ? "" : part.metric(gate.metric)),
            .number(gate.threshold?.text ?? "–"), .number(gate.date ?? "–"),
          ])
        }),
    ]
  }
}
