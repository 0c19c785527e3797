import Forecast
import Venture

extension PlanPages {
  /// Who owns how much after each round, what has vested when, and who gets what at a sale.
  func equityBlocks(_ part: PlanPart, _ table: CapTable) -> [Block] {
    guard let last = table.steps.last else { return [] }
    let rounds = Dictionary(
      part.plan.model().finance.rounds.map { ($0.id, $0.name) },
      uniquingKeysWith: { one, _ in one })
    let heads = table.steps.map { step in
      step.round.isEmpty ? part.text("report_founding") : rounds[step.round] ?? step.round
    }
    return [
      shareBlock(part, table, heads), valuationBlock(part, table, heads),
      vestingBlock(part, last), exitBlock(part, last),
    ]
  }

  private func holder(_ part: PlanPart, _ holder: CapTable.Holder) -> Cell {
    let kind = part.text("plan_holder_\(holder.kind.rawValue)")
    let place: String? =
      switch holder.kind {
      case .founder:
        part.plan.team.equity?.founders.firstIndex { $0.holder == holder.id }
          .map { "team.equity.founders[\($0)]" }
      case .grant:
        part.plan.team.equity?.grants.firstIndex { $0.holder == holder.id }
          .map { "team.equity.grants[\($0)]" }
      case .pool: "team.equity.pool"
      case .investor: "forecast.finance.rounds[\(holder.id)]"
      }
    let name =
      holder.kind == .pool
      ? kind : holder.name.isEmpty ? part.person(holder.id) : part.person(holder.name)
    return Cell.name(name, place.flatMap { part.link(at: $0) })
  }

  private func shareBlock(_ part: PlanPart, _ table: CapTable, _ heads: [String]) -> Block {
    let kinds: [CapTable.Holder.Kind] = [.founder, .grant, .pool, .investor]
    let drawing = PlanPictures.shares(
      zip(heads, table.steps).map { head, step in (head, kinds.map { step.share(of: $0) }) },
      parts: kinds.map { part.text("plan_holder_\($0.rawValue)") },
      title: part.text("plan_team_cap_table"), format: part.format)
    var block = part.block(
      "equity", "plan_team_cap_table", aside: part.text("plan_cap_table_aside"), drawing: drawing,
      columns: [],
      rows: (table.steps.last?.holders ?? []).map { owner in
        Row(
          cells: [
            holder(part, owner), .words(part.text("plan_holder_\(owner.kind.rawValue)")),
          ]
            + table.steps.map { step -> Cell in
              let own = step.share(of: owner.id)
              return own > 0 ? part.share(own) : .number("–")
            })
      })
    block.table?.columns =
      [
        Column(part.text("report_column_holder"), .name),
        Column(part.text("report_column_kind"), .text),
      ] + heads.map { Column($0) }
    return block
  }

  private func valuationBlock(_ part: PlanPart, _ table: CapTable, _ heads: [String]) -> Block {
    part.block(
      "rounds", "plan_team_rounds",
      columns: [
        ("report_column_round", .name), ("report_column_when", .number),
        ("plan_column_pre_money", .number), ("report_column_amount", .number),
        ("plan_column_post_money", .number), ("plan_column_share_price", .number),
        ("plan_team_dilution", .number),
      ],
      rows: zip(table.steps.indices.dropFirst(), heads.dropFirst()).map { index, head -> Row in
        let (before, step) = (table.steps[index - 1], table.steps[index])
        let kept = before.share(of: .founder)
        return Row(cells: [
          Cell.name(head, part.link(at: "forecast.finance.rounds[\(step.round)]")),
          .number(
            part.format.month(part.plan.start.advanced(by: Int(min(max(step.month, 0), 1_200))))),
          part.money(step.preMoney), part.money(step.postMoney - step.preMoney),
          part.money(step.postMoney), part.money(step.sharePrice),
          part.share(kept > 0 ? 1 - step.share(of: .founder) / kept : 0),
        ])
      }, missing: "plan_rounds_none")
  }

  private func vestingBlock(_ part: PlanPart, _ step: CapTable.Step) -> Block {
    let months = [6, 12, 24, 36, 48]
    var block = part.block(
      "vesting", "plan_team_vesting", aside: part.text("plan_vesting_aside"), columns: [],
      rows: step.holders.compactMap { owner -> Row? in
        guard let vesting = owner.vesting else { return nil }
        return Row(
          cells: [
            holder(part, owner), part.number(owner.shares), .number("\(vesting.cliff)"),
            .number("\(vesting.months)"),
          ] + months.map { part.share(vesting.vested(at: $0)) })
      }, missing: "plan_vesting_none")
    block.table?.columns =
      [
        Column(part.text("report_column_holder"), .name), Column(part.text("plan_column_shares")),
        Column(part.text("plan_column_cliff")), Column(part.text("plan_column_vesting_months")),
      ] + months.map { Column(part.text("plan_column_after_months", ["months": "\($0)"])) }
    return block
  }

  /// At sales from half to ten times of what the last round valued the company at.
  private func exitBlock(_ part: PlanPart, _ step: CapTable.Step) -> Block {
    let horizon = part.plan.horizon
    let base = step.postMoney > 0 ? step.postMoney : 1e7
    let values = [0.25, 0.5, 1, 3, 10].map { $0 * base }
    let falls = values.map { step.waterfall(value: $0, month: horizon) }
    var block = part.block(
      "exit", "plan_team_exit",
      aside: part.text("plan_exit_aside", ["months": "\(horizon)"]), columns: [],
      rows: step.holders.compactMap { owner -> Row? in
        guard owner.kind != .pool else { return nil }
        return Row(
          cells: [holder(part, owner)]
            + falls.map { fall -> Cell in
              guard let paid = fall.payments.first(where: { $0.holder == owner.id }) else {
                return Cell.number("–")
              }
              var cell = part.money(paid.amount)
              if paid.hasConverted { cell.exact = part.text("plan_exit_converted") }
              return cell
            })
      })
    block.table?.columns =
      [Column(part.text("report_column_holder"), .name)]
      + values.map { Column(part.text("plan_exit_at", ["value": part.format.money($0)])) }
    return block
  }
}
