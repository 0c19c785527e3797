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
  // [month]
  let freeCash: Row
  let recurring: Row
  let revenues: Row
  let profits: Row
  /// [figure], in the order of `Outcome.Figure.allCases`.
  let results: Row
  // Rows of the month that are only measures.
  let margin: Row
  let tokenCost: Row
  let served: Row
}

extension RowLayout {
  func figures(_ model: Model) -> FigureState {
    FigureState(
      least: arena.row(), discount: slot(model.finance.discountRate), factor: arena.row(),
      value: arena.row(), streak: arena.row(), breakEven: arena.row(), lastLoss: arena.row(),
      ruin: arena.row(), totalRevenue: arena.row(), totalProfit: arena.row(),
      totalGross: arena.row(), totalMarketing: arena.row(), totalNew: arena.row(),
      totalLeft: arena.row(), freeCash: arena.rows(months), recurring: arena.rows(months),
      revenues: arena.rows(months), profits: arena.rows(months),
      results: arena.rows(Outcome.Figure.allCases.count), margin: arena.row(),
      tokenCost: arena.row(), served: arena.row())
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
    let f = figures
    let now = Lanes(repeating: Double(month))
    let none = Lanes(repeating: -1)
    let marketing = costs(books.marketingAccount)
    for v in 0..<Row.vectors {
      let profit = books.profit[v]
      let free = books.free[v]
      f.least[v] = smaller(f.least[v], books.unfunded[v])
      f.value[v] += free * f.factor[v]
      f.factor[v] /= 1 + f.discount[v]
      let streak = (f.streak[v] + 1).where_(profit .> 0, else: .zero)
      f.streak[v] = streak
      let isThird = (streak .== 3) .& (f.breakEven[v] .== none)
      f.breakEven[v] = (now - 2).where_(isThird, else: f.breakEven[v])
      f.lastLoss[v] = now.where_(books.cumulative[v] .< 0, else: f.lastLoss[v])
      let isRuined = (books.cash[v] .< 0) .& (f.ruin[v] .== none)
      f.ruin[v] = now.where_(isRuined, else: f.ruin[v])
      f.totalRevenue[v] += revenue[v]
      f.totalProfit[v] += profit
      f.totalGross[v] += books.gross[v]
      f.totalMarketing[v] += marketing[v]
      let served = fleet.demand[v] * (1 - fleet.missed[v])
      let cost = fleet.machineCost[v] + fleet.depreciation[v] + fleet.vendorCost[v]
      f.tokenCost[v] = (cost / served * 1e6).where_(served .> 0, else: .zero)
      f.margin[v] = (books.gross[v] / revenue[v]).where_(revenue[v] .> 0, else: .zero)
      f.served[v] = served
    }
    for s in segments {
      f.totalNew.add(s.fresh)
      f.totalLeft.add(s.churned)
    }
    f.freeCash.advanced(month).copy(books.free)
    f.recurring.advanced(month).copy(recurring)
    f.revenues.advanced(month).copy(revenue)
    f.profits.advanced(month).copy(books.profit)
  }

  /// The row of a measure, after `observe`.
  func row(of measure: Outcome.Measure) -> Row {
    switch measure {
    case .cash: books.cash
    case .customers: customers
    case .machines: fleet.machines
    case .revenue: revenue
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
    internalRates(row(of: .internalRate))
    for lane in 0..<Row.paths {
      row(of: .breakEvenMonth).values[lane] = breakEven(lane)
      let loss = f.lastLoss.values[lane]
      row(of: .paybackMonth).values[lane] = loss < Double(months - 1) ? loss + 1 : .nan
      let ruin = f.ruin.values[lane]
      row(of: .ruinMonth).values[lane] = ruin >= 0 ? ruin : .nan
      row(of: .ruleOf40).values[lane] = ruleOf40(lane)
      row(of: .burnMultiple).values[lane] = burnMultiple(lane)
      row(of: .lifetimeValueRatio).values[lane] = lifetimeValueRatio(lane)
    }
  }

  private func breakEven(_ lane: Int) -> Double {
    let found = figures.breakEven.values[lane]
    if found >= 0 { return found }
    let streak = figures.streak.values[lane]
    return streak > 0 ? Double(months) - streak : .nan
  }

  private func ruleOf40(_ lane: Int) -> Double {
    guard months >= 24 else { return .nan }
    var (last, before, profit) = (0.0, 0.0, 0.0)
    for month in months - 12..<months {
      last += figures.revenues.advanced(month).values[lane]
      profit += figures.profits.advanced(month).values[lane]
      before += figures.revenues.advanced(month - 12).values[lane]
    }
    return last > 0 && before > 0 ? last / before - 1 + profit / last : .nan
  }

  /// Over the last 12 months in which cash burned, wherever they lie.
  private func burnMultiple(_ lane: Int) -> Double {
    var (burn, growth) = (0.0, 0.0)
    var count = 0
    var month = months - 1
    while month >= 0, count < 12 {
      let free = figures.freeCash.advanced(month).values[lane]
      if free < 0 {
        let now = figures.recurring.advanced(month).values[lane]
        let before = month > 0 ? figures.recurring.advanced(month - 1).values[lane] : 0
        burn -= free
        growth += now - before
        count += 1
      }
      month -= 1
    }
    return growth > 0 ? burn / (12 * growth) : .nan
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

  // MARK: Internal rate

  /// Of the free cash flow, a year; NaN where its value has the same sign at −50% and at +100% a month.
  ///
  /// Newton's steps on v = 1 ÷ (1 + i), kept within a bracket that each step narrows. A path that has
  /// arrived stays, so that no path depends on those beside it.
  private func internalRates(_ out: Row) {
    let nan = Lanes(repeating: .nan)
    let (x, value, slope) = (scratch, scratch2, books.fees)
    let (low, high, rises) = (books.paid, books.free, books.funded)
    low.fill(0.5)
    high.fill(2)
    worth(low, value, slope)
    out.copy(value)
    worth(high, value, slope)
    for v in 0..<Row.vectors {
      let (atLow, atHigh) = (out[v], value[v])
      let hasRoot = ((atLow .<= 0) .& (atHigh .> 0)) .| ((atLow .>= 0) .& (atHigh .< 0))
      rises[v] = Lanes(repeating: 1).where_(atHigh .> atLow, else: Lanes(repeating: -1))
      out[v] = Lanes.zero.where_(hasRoot, else: nan)
    }
    x.fill(1)
    for _ in 0..<40 {
      worth(x, value, slope)
      var isMoving = false
      for v in 0..<Row.vectors {
        let old = x[v]
        let isAbove = value[v] * rises[v] .> 0
        high[v] = old.where_(isAbove, else: high[v])
        low[v] = low[v].where_(isAbove, else: old)
        let newton = old - value[v] / slope[v]
        let isInside = (newton .> low[v]) .& (newton .< high[v])
        let next = newton.where_(isInside, else: (low[v] + high[v]) * 0.5)
        let step = next - old
        let moves = (step .> 1e-14) .| (step .< -1e-14)
        x[v] = next.where_(moves, else: old)
        if any(moves .& (out[v] .== 0)) { isMoving = true }
      }
      if !isMoving { break }
    }
    for v in 0..<Row.vectors { out[v] += FastMath.power(1 / x[v], Lanes(repeating: 12)) - 1 }
  }

  /// Σ flow·xᵐ and its derivative.
  @inline(__always) private func worth(_ x: Row, _ value: Row, _ slope: Row) {
    sampler.rows.worth(
      figures.freeCash.values, months, Row.paths, x.values, value.values, slope.values, Row.paths)
  }
}
