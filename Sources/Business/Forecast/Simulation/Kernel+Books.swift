import Ledger

struct RoundState {
  let month: Row
  let cashBelow: Row?
  let amount: Row
  let probability: Row
  let equity: Row
  /// 1 (or in the deterministic limit the chance) while it can still come; 0 after.
  let open: Row
  let weight: Row
  let received: Row
  let key: UInt64
}

struct LoanState {
  let month: Row
  let amount: Row
  let rate: Row
  let term: Row
  /// The same on every path.
  let isCommon: Bool
  let payment: Row
  let balance: Row
  /// Payments still to come.
  let left: Row
  let received: Row
  let interest: Row
  let principal: Row
}

/// Accounts of the month and balances at its end.
struct BookState {
  /// [account], the costs of the month.
  let costs: Row
  let accounts: Int
  let costOfRevenue: [Int]
  let operating: [Int]
  let marketingAccount: Int
  let lossAccount: Int
  let supportAccount: Int
  let computeAccount: Int
  let idleAccount: Int
  let vendorAccount: Int
  let partnerAccount: Int
  let feeAccount: Int
  let interestAccount: Int
  let taxAccount: Int
  /// [month]: bills collected and suppliers paid then; the row after the last takes all later ones.
  let inflow: Row
  let outflow: Row
  let payable: Lag
  let openingCash: Row
  let openingReceivable: Row?
  let openingPayable: Row?
  let incomeTaxRate: Row
  let revenueTaxRate: Row
  let feeRate: Row
  // Flows.
  let fees: Row
  let paid: Row
  let revenueTax: Row
  let incomeTax: Row
  let funded: Row
  let lent: Row
  let interest: Row
  let principal: Row
  let free: Row
  // Results and balances.
  let gross: Row
  let profit: Row
  let cumulative: Row
  let lossCarried: Row
  let cash: Row
  let unfunded: Row
  let receivable: Row
  let payables: Row
  let founders: Row
  let loans: Row
}

extension RowLayout {
  func round(_ round: Finance.Round) -> RoundState {
    RoundState(
      month: slot(round.month), cashBelow: slot(round.cashBelow), amount: slot(round.amount),
      probability: slot(round.probability), equity: slot(round.equity), open: arena.row(),
      weight: arena.row(), received: arena.row(), key: key("rounds.\(round.id)"))
  }

  func loan(_ loan: Finance.Loan) -> LoanState {
    LoanState(
      month: slot(loan.month), amount: slot(loan.amount), rate: slot(loan.rate),
      term: slot(loan.term), isCommon: isCommon(loan.month, loan.amount, loan.rate, loan.term),
      payment: arena.row(), balance: arena.row(), left: arena.row(),
      received: arena.row(), interest: arena.row(), principal: arena.row())
  }

  func books(_ plan: SimulationPlan) -> BookState {
    let finance = plan.model.finance
    let special: Set<Account> = [.interest, .tax]
    let isCostOfRevenue = { (account: Account) in
      account.kind == .costOfRevenue || account.kind == .contraRevenue
    }
    return BookState(
      costs: arena.rows(plan.accounts.count), accounts: plan.accounts.count,
      costOfRevenue: plan.accounts.indices.filter { isCostOfRevenue(plan.accounts[$0]) },
      operating: plan.accounts.indices.filter {
        !isCostOfRevenue(plan.accounts[$0]) && !special.contains(plan.accounts[$0])
      },
      marketingAccount: plan.row(of: .marketing), lossAccount: plan.row(of: .administration),
      supportAccount: plan.row(of: .support), computeAccount: plan.row(of: .computeUsed),
      idleAccount: plan.row(of: .idleCapacity), vendorAccount: plan.row(of: .upstreamModels),
      partnerAccount: plan.row(of: .partnerShare), feeAccount: plan.row(of: .paymentFees),
      interestAccount: plan.row(of: .interest), taxAccount: plan.row(of: .tax),
      inflow: arena.rows(months + 1), outflow: arena.rows(months + 1),
      payable: lag(finance.payableMonths, plan), openingCash: slot(finance.openingCash),
      openingReceivable: slot(finance.openingReceivable),
      openingPayable: slot(finance.openingPayable),
      incomeTaxRate: slot(finance.incomeTax), revenueTaxRate: slot(finance.revenueTax),
      feeRate: slot(finance.paymentFee), fees: arena.row(), paid: arena.row(),
      revenueTax: arena.row(), incomeTax: arena.row(), funded: arena.row(), lent: arena.row(),
      interest: arena.row(), principal: arena.row(), free: arena.row(), gross: arena.row(),
      profit: arena.row(), cumulative: arena.row(), lossCarried: arena.row(), cash: arena.row(),
      unfunded: arena.row(), receivable: arena.row(), payables: arena.row(),
      founders: arena.row(), loans: arena.row())
  }
}

/// From sales and costs to profit, cash and balances.
extension Kernel {
  func beginBooks() {
    for month in 0...months {
      books.inflow.advanced(month).fill(0)
      books.outflow.advanced(month).fill(0)
    }
    for row in [books.cumulative, books.lossCarried, books.receivable, books.payables] {
      row.fill(0)
    }
    if let open = books.openingReceivable {
      books.inflow.copy(open)
      books.receivable.copy(open)
    }
    if let open = books.openingPayable {
      books.outflow.copy(open)
      books.payables.copy(open)
    }
    books.cash.copy(books.openingCash)
    books.unfunded.copy(books.openingCash)
    books.founders.fill(1)
    for round in rounds { begin(round) }
    for loan in loans {
      loan.balance.fill(0)
      loan.left.fill(-1)
    }
  }

  private func begin(_ round: RoundState) {
    round.open.fill(1)
    if isDeterministic { return round.weight.copy(round.probability) }
    var state = Draws.state(round.key, path: firstPath, month: 0)
    for lane in 0..<Row.paths {
      let isRaised = Draws.uniform(Draws.bits(state)) < round.probability.values[lane]
      round.weight.values[lane] = isRaised ? 1 : 0
      state &+= Draws.stride
    }
  }

  func closeMonth(_ month: Int) {
    fund(month)
    for v in 0..<Row.vectors {
      let fees = collected[v] * books.feeRate[v]
      books.fees[v] = fees
      costs(books.feeAccount)[v] += fees
      books.revenueTax[v] = revenue[v] * books.revenueTaxRate[v]
      costs(books.interestAccount)[v] += books.interest[v]
    }
    books.paid.copy(books.outflow.advanced(month))
    schedule(owed, books.payable, books.outflow, month, now: books.paid)
    earn()
    settle()
  }

  private func earn() {
    let cost = scratch
    let operating = scratch2
    cost.fill(0)
    operating.fill(0)
    for account in books.costOfRevenue { cost.add(costs(account)) }
    for account in books.operating { operating.add(costs(account)) }
    for v in 0..<Row.vectors {
      let gross = revenue[v] - cost[v]
      let before = gross - operating[v] - books.revenueTax[v] - books.interest[v]
      let carried = books.lossCarried[v]
      let tax = (before - carried).atLeast(0) * books.incomeTaxRate[v]
      books.lossCarried[v] = (carried - before).atLeast(0)
      books.incomeTax[v] = tax
      costs(books.taxAccount)[v] += books.revenueTax[v] + tax
      books.gross[v] = gross
      books.profit[v] = before - tax
      books.cumulative[v] += before - tax
    }
  }

  private func settle() {
    for v in 0..<Row.vectors {
      let out =
        books.fees[v] + books.paid[v] + direct[v] + fleet.bought[v] + books.revenueTax[v]
        + books.incomeTax[v]
      let free = collected[v] - out
      books.free[v] = free
      books.unfunded[v] += free
      books.cash[v] +=
        free + books.funded[v] + books.lent[v] - books.interest[v] - books.principal[v]
      books.payables[v] += owed[v] - books.paid[v]
      books.receivable[v] -= collected[v]
    }
    for stream in streams { books.receivable.add(stream.billed) }
  }

  // MARK: Funding

  private func fund(_ month: Int) {
    for row in [books.funded, books.lent, books.interest, books.principal] { row.fill(0) }
    for round in rounds { raise(round, month) }
    for loan in loans { run(loan, month) }
  }

  /// On the cash of the month before.
  private func raise(_ round: RoundState, _ month: Int) {
    let now = Lanes(repeating: Double(month))
    for v in 0..<Row.vectors {
      var isDue = (round.month[v] .<= now) .& (round.open[v] .> 0)
      if let below = round.cashBelow { isDue = isDue .& (books.cash[v] .< below[v]) }
      let weight = round.weight[v].where_(isDue, else: .zero)
      let received = weight * round.amount[v]
      round.received[v] = received
      round.open[v] = Lanes.zero.where_(isDue, else: round.open[v])
      books.funded[v] += received
      books.founders[v] *= 1 - round.equity[v] * weight
    }
  }

  /// An annuity: the first payment is a month after the money.
  private func run(_ loan: LoanState, _ month: Int) {
    for lane in 0..<(loan.isCommon ? 1 : Row.paths) {
      loan.received.values[lane] = 0
      loan.interest.values[lane] = 0
      loan.principal.values[lane] = 0
      let left = loan.left.values[lane]
      if left < 0 {
        if loan.month.values[lane] <= Double(month) { take(loan, lane) }
      } else if left > 0 {
        let balance = loan.balance.values[lane]
        let interest = balance * loan.rate.values[lane]
        let principal = left == 1 ? balance : loan.payment.values[lane] - interest
        loan.interest.values[lane] = interest
        loan.principal.values[lane] = principal
        loan.balance.values[lane] = balance - principal
        loan.left.values[lane] = left - 1
      }
    }
    if loan.isCommon {
      for row in [loan.received, loan.interest, loan.principal, loan.balance] {
        row.fill(row.values[0])
      }
    }
    books.lent.add(loan.received)
    books.interest.add(loan.interest)
    books.principal.add(loan.principal)
  }

  private func take(_ loan: LoanState, _ lane: Int) {
    let amount = loan.amount.values[lane]
    let term = max(1, min(loan.term.values[lane], 1200).rounded())
    let rate = loan.rate.values[lane]
    var discount = 1.0
    for _ in 0..<Int(term) { discount /= 1 + rate }
    loan.payment.values[lane] = rate == 0 ? amount / term : amount * rate / (1 - discount)
    loan.balance.values[lane] = amount
    loan.left.values[lane] = term
    loan.received.values[lane] = amount
  }
}
