import CKernels
import Foundation

/// What is watched of a path until its end.
struct FigureState {
  let least: Row
  let discount: Row
  let factor: Row
  let value: Row
  /// Months in a row with a profit; first month of three; last month with a loss since the start;
  /// first month without cash. Below 0: none.
  let streak: Row
  let breakEven: Row
  let lastLoss: Row
  let ruin: Row
  let totalRevenue: Row
  let totalProfit: Row
  let totalGross: Row
  let totalMarketing: Row
  let totalNew: Row
  let totalLeft: Row
  /// Free cash by month.
  let freeCash: Row
  /// [figure], in the order of `Outcome.Figure.allCases`.
  let results: Row
  // Rows of the month that are only measures.
  let margin: Row
  let tokenCost: Row
  let served: Row
  let watch: UnsafePointer<ck_watch>
  let sums: [RowSum]
}

extension RowLayout {
  func figures(
    _ model: Model, fleet: FleetState, books: BookState, segments: [SegmentState]
  ) -> FigureState {
    let (least, factor, value) = (arena.row(), arena.row(), arena.row())
    let (streak, breakEven, lastLoss) = (arena.row(), arena.row(), arena.row())
    let (ruin, totalRevenue, totalProfit) = (arena.row(), arena.row(), arena.row())
    let (totalGross, totalMarketing) = (arena.row(), arena.row())
    let (totalNew, totalLeft) = (arena.row(), arena.row())
    let (margin, tokenCost, served) = (arena.row(), arena.row(), arena.row())
    let freeCash = arena.rows(months)
    let watch = ck_watch(
      profit: books.profit.reading, free: books.free.reading, unfunded: books.unfunded.reading,
      discount: slot(model.finance.discountRate).reading, cumulative: books.cumulative.reading,
      cash: books.cash.reading, revenue: common.revenue.reading,
      recurring: common.recurring.reading, gross: books.gross.reading,
      marketing: books.costs.advanced(books.marketingAccount).reading,
      demand: fleet.demand.reading, missed: fleet.missed.reading,
      machine_cost: fleet.machineCost.reading, depreciation: fleet.depreciation.reading,
      vendor_cost: fleet.vendorCost.reading, least: least.values, value: value.values,
      factor: factor.values, streak: streak.values, break_even: breakEven.values,
      last_loss: lastLoss.values, ruin: ruin.values, total_revenue: totalRevenue.values,
      total_profit: totalProfit.values, total_gross: totalGross.values,
      total_marketing: totalMarketing.values, token_cost: tokenCost.values,
      margin: margin.values, served: served.values, free_cash: freeCash.values,
      months_recurring: arena.rows(months).values, revenues: arena.rows(months).values,
      profits: arena.rows(months).values)
    return FigureState(
      least: least, discount: slot(model.finance.discountRate), factor: factor, value: value,
      streak: streak, breakEven: breakEven, lastLoss: lastLoss, ruin: ruin,
      totalRevenue: totalRevenue, totalProfit: totalProfit, totalGross: totalGross,
      totalMarketing: totalMarketing, totalNew: totalNew, totalLeft: totalLeft,
      freeCash: freeCash, results: arena.rows(Outcome.Figure.allCases.count), margin: margin,
      tokenCost: tokenCost, served: served, watch: arena.keep(watch),
      sums: [
        RowSum(arena, totalNew, [totalNew] + segments.map(\.fresh)),
        RowSum(arena, totalLeft, [totalLeft] + segments.map(\.churned)),
      ])
  }
}

extension Kernel {
  func beginFigures() {
    let f = figures
    for row in [
      f.value, f.streak, f.totalRevenue, f.totalProfit, f.totalGross, f.totalMarketing,
      f.totalNew, f.totalLeft,
    ] { row.fill(0) }
    for row in [f.breakEven, f.lastLoss, f.ruin] { row.fill(-1) }
    f.least.fill(.infinity)
    for v in 0..<Row.vectors { f.factor[v] = 1 / (1 + f.discount[v]) }
  }

  func observe(_ month: Int) {
    steps.pointee.watch(figures.watch, month, Row.paths)
    for sum in figures.sums { add(sum) }
  }

  /// The row of a measure, after `observe`.
  func row(of measure: Outcome.Measure) -> Row {
    switch measure {
    case .cash: books.cash
    case .customers: common.customers
    case .machines: fleet.machines
    case .revenue: common.revenue
    case .profit: books.profit
    case .tokens: figures.served
    case .grossProfit: books.gross
    case .grossMargin: figures.margin
    case .cumulativeProfit: books.cumulative
    case .tokenCost: figures.tokenCost
    }
  }

  func row(of figure: Outcome.Figure) -> Row {
    figures.results.advanced(Outcome.Figure.allCases.firstIndex(of: figure) ?? 0)
  }

  /// The figures of the whole path; NaN for none.
  func finish() {
    let f = figures
    row(of: .netPresentValue).copy(f.value)
    row(of: .leastCash).copy(f.least)
    row(of: .totalRevenue).copy(f.totalRevenue)
    row(of: .totalProfit).copy(f.totalProfit)
    row(of: .finalCash).copy(books.cash)
    row(of: .founderShare).copy(books.founders)
    steps.pointee.internal_rate(
      f.freeCash.values, months, row(of: .internalRate).values, Row.paths)
    steps.pointee.burn_multiple(f.watch, months, row(of: .burnMultiple).values, Row.paths)
    steps.pointee.rule_of_40(f.watch, months, row(of: .ruleOf40).values, Row.paths)
    for lane in 0..<Row.paths {
      row(of: .breakEvenMonth).values[lane] = breakEven(lane)
      let loss = f.lastLoss.values[lane]
      row(of: .paybackMonth).values[lane] = loss < Double(months - 1) ? loss + 1 : .nan
      let ruin = f.ruin.values[lane]
      row(of: .ruinMonth).values[lane] = ruin >= 0 ? ruin : .nan
      row(of: .lifetimeValueRatio).values[lane] = lifetimeValueRatio(lane)
    }
  }

  private func breakEven(_ lane: Int) -> Double {
    let found = figures.breakEven.values[lane]
    if found >= 0 { return found }
    let streak = figures.streak.values[lane]
    return streak > 0 ? Double(months) - streak : .nan
  }

  /// Gross profit a customer lost ÷ marketing a customer won: with churn = lost ÷ customer-months,
  /// gross profit a customer-month ÷ churn is gross profit ÷ customers lost.
  private func lifetimeValueRatio(_ lane: Int) -> Double {
    let f = figures
    let marketing = f.totalMarketing.values[lane]
    let (won, lost) = (f.totalNew.values[lane], f.totalLeft.values[lane])
    guard marketing > 0, won > 0, lost > 0 else { return .nan }
    return f.totalGross.values[lane] / lost / (marketing / won)
  }
}
