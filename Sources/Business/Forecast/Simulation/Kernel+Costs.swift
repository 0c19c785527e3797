import CKernels
import Ledger

/// People of one kind on the paths of a block.
struct RoleState {
  let account: Int
  let opening: Row
  let growthNow: Row
  let heads: Row
  let hired: Row
  /// Person-months of work left this month, after ramp-up.
  let spare: Row
  let paid: Row
  let step: UnsafePointer<ck_role>
}

struct LineState {
  let account: Int
  let isPaidAtOnce: Bool
  let growthNow: Row
  let cost: Row
  let step: UnsafePointer<ck_line>
}

extension RowLayout {
  func role(_ role: Role, plan: SimulationPlan) -> RoleState {
    let hires = role.hires.map {
      ck_hire(month: slot($0.month).reading, count: slot($0.count).reading)
    }
    let (growthNow, heads, hired) = (arena.row(), arena.row(), arena.row())
    let (spare, paid) = (arena.row(), arena.row())
    let step = ck_role(
      opening: slot(role.opening).reading, customers_each: slot(role.customersEach)?.reading,
      customers: common.customers.reading, cost: slot(role.cost).reading,
      growth: slot(role.growth).reading, recruiting: slot(role.recruiting).reading,
      ramp: slot(role.ramp).reading, hires: arena.keep(hires), hire_count: hires.count,
      growth_now: growthNow.values, heads: heads.values, hired: hired.values, spare: spare.values,
      paid: paid.values,
      is_common: isCommon(role.ramp) && role.hires.allSatisfy { isCommon($0.month, $0.count) }
        ? 1 : 0)
    return RoleState(
      account: plan.row(of: role.account), opening: slot(role.opening), growthNow: growthNow,
      heads: heads, hired: hired, spare: spare, paid: paid, step: arena.keep(step))
  }

  func line(_ line: CostLine, plan: SimulationPlan) -> LineState {
    let (growthNow, cost) = (arena.row(), arena.row())
    let step = ck_line(
      amount: slot(line.amount).reading, growth: slot(line.growth).reading,
      from: slot(line.from).reading, to: slot(line.to)?.reading, growth_now: growthNow.values,
      cost: cost.values, is_one_off: line.isOneOff ? 1 : 0)
    return LineState(
      account: plan.row(of: line.account),
      isPaidAtOnce: line.account == .people || line.account == .marketing, growthNow: growthNow,
      cost: cost, step: arena.keep(step))
  }
}

extension Kernel {
  @inline(__always) func costs(_ account: Int) -> Row { books.costs.advanced(account) }

  func beginCosts() {
    for role in roles {
      role.growthNow.fill(1)
      role.heads.copy(role.opening)
    }
    for line in lines { line.growthNow.fill(1) }
  }

  /// Heads and hands of the month; what they cost is booked by `bookCosts`.
  func staff(_ month: Int) {
    for index in roles.indices {
      steps.pointee.staff(roles[index].step, Double(month), Row.paths)
    }
  }

  /// After sales: the costs of the month by account, and by when they are paid.
  func bookCosts(_ month: Int) {
    for index in lines.indices {
      steps.pointee.line(lines[index].step, Double(month), Row.paths)
    }
    for index in segments.indices {
      let s = segments[index]
      steps.pointee.product(
        s.customers.values, s.supportCost.values, s.supportCosts.values, Row.paths)
    }
    steps.pointee.split(fleet.step, Row.paths)
    for index in sums.costs.indices { add(sums.costs[index]) }
    add(sums.direct)
    add(sums.owed)
  }
}
