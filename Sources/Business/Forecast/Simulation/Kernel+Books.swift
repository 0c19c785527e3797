import CKernels
import Ledger

struct RoundState {
  let probability: Row
  /// 1 (or in the deterministic limit the chance) while it can still come; 0 after.
  let open: Row
  let weight: Row
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
  let marketingAccount: Int
  let lossAccount: Int
  let supportAccount: Int
  let computeAccount: Int
  let idleAccount: Int
  let vendorAccount: Int
  let partnerAccount: Int
  /// [month]: bills collected and suppliers paid then; the row after the last takes all later ones.
  let inflow: Row
  let outflow: Row
  let payable: Lag
  let openingCash: Row
  let openingReceivable: Row?
  let openingPayable: Row?
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
  let closing: UnsafePointer<ck_closing>
  let rounds: [UnsafePointer<ck_round>]
}

extension RowLayout {
  func round(_ round: Finance.Round) -> RoundState {
    RoundState(
      probability: slot(round.probability), open: arena.row(), weight: arena.row(),
      key: key("rounds.\(round.id)"))
  }

  private func step(
    _ round: Finance.Round, _ state: RoundState, cash: Row, funded: Row, founders: Row
  ) -> UnsafePointer<ck_round> {
    arena.keep(
      ck_round(
        month: slot(round.month).reading, cash_below: slot(round.cashBelow)?.reading,
        amount: slot(round.amount).reading, equity: slot(round.equity).reading,
        weight: state.weight.reading, cash: cash.reading, open: state.open.values,
        funded: funded.values, founders: founders.values))
  }

  func loan(_ loan: Finance.Loan) -> LoanState {
    LoanState(
      month: slot(loan.month), amount: slot(loan.amount), rate: slot(loan.rate),
      term: slot(loan.term), isCommon: isCommon(loan.month, loan.amount, loan.rate, loan.term),
      payment: arena.row(), balance: arena.row(), left: arena.row(),
      received: arena.row(), interest: arena.row(), principal: arena.row())
  }

  func books(
    _ plan: SimulationPlan, fleet: FleetState, billed: [Row], rounds: [RoundState]
  ) -> BookState {
    let finance = plan.model.finance
    let special: Set<Account> = [.interest, .tax]
    let isCostOfRevenue = { (account: Account) in
      account.kind == .costOfRevenue || account.kind == .contraRevenue
    }
    let costOfRevenue = plan.accounts.indices.filter { isCostOfRevenue(plan.accounts[$0]) }
    let operating = plan.accounts.indices.filter {
      !isCostOfRevenue(plan.accounts[$0]) && !special.contains(plan.accounts[$0])
    }
    let costs = arena.rows(plan.accounts.count)
    let (fees, paid, revenueTax) = (arena.row(), arena.row(), arena.row())
    let (incomeTax, funded, lent) = (arena.row(), arena.row(), arena.row())
    let (interest, principal, free) = (arena.row(), arena.row(), arena.row())
    let (gross, profit, cumulative) = (arena.row(), arena.row(), arena.row())
    let (lossCarried, cash, unfunded) = (arena.row(), arena.row(), arena.row())
    let (receivable, payables, founders) = (arena.row(), arena.row(), arena.row())
    let closing = ck_closing(
      costs: costs.values, cost_of_revenue: arena.keep(costOfRevenue.map(Int32.init)),
      operating: arena.keep(operating.map(Int32.init)),
      cost_of_revenue_count: costOfRevenue.count, operating_count: operating.count,
      fee_account: plan.row(of: .paymentFees), interest_account: plan.row(of: .interest),
      tax_account: plan.row(of: .tax), billed: arena.keep(billed.map(\.reading)),
      billed_count: billed.count, revenue: common.revenue.reading,
      collected: common.collected.reading, owed: common.owed.reading,
      direct: common.direct.reading, bought: fleet.bought.reading, paid: paid.reading,
      fee_rate: slot(finance.paymentFee).reading,
      revenue_tax_rate: slot(finance.revenueTax).reading,
      income_tax_rate: slot(finance.incomeTax).reading, funded: funded.reading,
      lent: lent.reading, interest: interest.reading, principal: principal.reading,
      fees: fees.values, revenue_tax: revenueTax.values, income_tax: incomeTax.values,
      gross: gross.values, profit: profit.values, cumulative: cumulative.values,
      loss_carried: lossCarried.values, free: free.values, unfunded: unfunded.values,
      cash: cash.values, payables: payables.values, receivable: receivable.values)
    return BookState(
      costs: costs, accounts: plan.accounts.count,
      marketingAccount: plan.row(of: .marketing), lossAccount: plan.row(of: .administration),
      supportAccount: plan.row(of: .support), computeAccount: plan.row(of: .computeUsed),
      idleAccount: plan.row(of: .idleCapacity), vendorAccount: plan.row(of: .upstreamModels),
      partnerAccount: plan.row(of: .partnerShare), inflow: arena.rows(months + 1),
      outflow: arena.rows(months + 1), payable: lag(finance.payableMonths, plan),
      openingCash: slot(finance.openingCash),
      openingReceivable: slot(finance.openingReceivable),
      openingPayable: slot(finance.openingPayable), fees: fees, paid: paid, revenueTax: revenueTax,
      incomeTax: incomeTax, funded: funded, lent: lent, interest: interest,
      principal: principal, free: free, gross: gross, profit: profit, cumulative: cumulative,
      lossCarried: lossCarried, cash: cash, unfunded: unfunded, receivable: receivable,
      payables: payables, founders: founders, closing: arena.keep(closing),
      rounds: zip(finance.rounds, rounds).map {
        step($0, $1, cash: cash, funded: funded, founders: founders)
      })
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
    books.paid.copy(books.outflow.advanced(month))
    schedule(common.owed, books.payable, books.outflow, month, now: books.paid)
    steps.pointee.close(books.closing, Row.paths)
  }

  // MARK: Funding

  private func fund(_ month: Int) {
    for row in [books.funded, books.lent, books.interest, books.principal] { row.fill(0) }
    // On the cash of the month before.
    for round in books.rounds { steps.pointee.raise(round, Double(month), Row.paths) }
    for loan in loans { run(loan, month) }
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
