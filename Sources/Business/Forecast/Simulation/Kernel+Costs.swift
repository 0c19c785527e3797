import Ledger

/// People of one kind on the paths of a block.
struct RoleState {
  let account: Int
  let opening: Row
  let hires: Range<Int>
  let customersEach: Row?
  let cost: Row
  let growth: Row
  let recruiting: Row
  let ramp: Row
  let growthNow: Row
  let heads: Row
  let hired: Row
  /// Person-months of work left this month, after ramp-up.
  let spare: Row
  let paid: Row
}

struct HireState {
  let month: Row
  let count: Row
  /// The same on every path, with the role's ramp.
  let isCommon: Bool
}

struct LineState {
  let account: Int
  let isPaidAtOnce: Bool
  let amount: Row
  let isOneOff: Bool
  let growth: Row
  let from: Row
  let to: Row?
  let growthNow: Row
  let cost: Row
}

extension RowLayout {
  func role(_ role: Role, plan: SimulationPlan, _ hires: inout [HireState]) -> RoleState {
    let first = hires.count
    hires += role.hires.map {
      HireState(
        month: slot($0.month), count: slot($0.count),
        isCommon: isCommon($0.month, $0.count, role.ramp))
    }
    return RoleState(
      account: plan.row(of: role.account), opening: slot(role.opening),
      hires: first..<hires.count, customersEach: slot(role.customersEach), cost: slot(role.cost),
      growth: slot(role.growth), recruiting: slot(role.recruiting), ramp: slot(role.ramp),
      growthNow: arena.row(), heads: arena.row(), hired: arena.row(), spare: arena.row(),
      paid: arena.row())
  }

  func line(_ line: CostLine, plan: SimulationPlan) -> LineState {
    LineState(
      account: plan.row(of: line.account),
      isPaidAtOnce: line.account == .people || line.account == .marketing,
      amount: slot(line.amount), isOneOff: line.isOneOff, growth: slot(line.growth),
      from: slot(line.from), to: slot(line.to), growthNow: arena.row(), cost: arena.row())
  }
}

extension Kernel {
  @inline(__always) func costs(_ account: Int) -> Row { books.costs.advanced(account) }

  func clearCosts() {
    for account in 0..<books.accounts { costs(account).fill(0) }
  }

  func beginCosts() {
    for role in roles {
      role.growthNow.fill(1)
      role.heads.copy(role.opening)
    }
    for line in lines { line.growthNow.fill(1) }
  }

  // MARK: People

  /// Heads and hands of the month; what they cost is booked by `bookCosts`.
  func staff(_ month: Int) {
    for role in roles {
      let heads = scratch
      heads.copy(role.opening)
      role.spare.copy(role.opening)
      for hire in role.hires { join(hires[hire], role, heads, month) }
      if let each = role.customersEach {
        for v in 0..<Row.vectors {
          let size = each[v]
          let needed = (customers[v] / size.atLeast(1e-9)).ceiling().where_(
            size .> 0, else: .zero)
          heads[v] += needed
          role.spare[v] += needed
        }
      }
      for v in 0..<Row.vectors {
        let hired = (heads[v] - role.heads[v]).atLeast(0)
        role.hired[v] = hired
        role.heads[v] = heads[v]
        role.paid[v] =
          heads[v] * role.cost[v] * role.growthNow[v] + hired * role.recruiting[v]
        role.growthNow[v] *= role.growth[v] + 1
      }
    }
  }

  /// In the month of the hire a person works half of a month's step up the ramp.
  private func join(_ hire: HireState, _ role: RoleState, _ heads: Row, _ month: Int) {
    let now = Lanes(repeating: Double(month))
    func joined(_ v: Int) -> (count: Lanes, hands: Lanes) {
      let since = now - hire.month[v].atLeast(0).ceiling()
      let count = hire.count[v].where_(since .>= 0, else: .zero)
      let ramp = role.ramp[v]
      let part = ((since + 0.5) / ramp).where_(ramp .> 0, else: Lanes(repeating: 1))
      return (count, count * part.atLeast(0).atMost(1))
    }
    let common = hire.isCommon ? joined(0) : nil
    for v in 0..<Row.vectors {
      let (count, hands) = common ?? joined(v)
      heads[v] += count
      role.spare[v] += hands
    }
  }

  // MARK: All costs

  func bookCosts(_ month: Int) {
    for role in roles {
      costs(role.account).add(role.paid)
      direct.add(role.paid)
    }
    for line in lines { book(line, month) }
    let marketing = costs(books.marketingAccount)
    for channel in channels {
      marketing.add(channel.spent)
      direct.add(channel.spent)
    }
    let losses = costs(books.lossAccount)
    for shock in shocks {
      losses.add(shock.loss)
      direct.add(shock.loss)
    }
    let support = costs(books.supportAccount)
    for s in segments {
      for v in 0..<Row.vectors {
        let cost = s.customers[v] * s.supportCost[v]
        support[v] += cost
        owed[v] += cost
      }
    }
    bookMachines()
  }

  private func book(_ line: LineState, _ month: Int) {
    let now = Lanes(repeating: Double(month))
    let account = costs(line.account)
    let due = line.isPaidAtOnce ? direct : owed
    for v in 0..<Row.vectors {
      let from = line.from[v]
      var cost = line.amount[v]
      if line.isOneOff {
        cost = cost.where_((from .<= now) .& (now - 1 .< from), else: .zero)
        // What is dated before the start falls due in the first month.
        if month == 0 { cost = line.amount[v].where_(from .<= now, else: .zero) }
      } else {
        cost *= line.growthNow[v]
        var isOn = from .<= now
        if let to = line.to { isOn = isOn .& (now .< to[v]) }
        cost = cost.where_(isOn, else: .zero)
        line.growthNow[v] *= line.growth[v] + 1
      }
      line.cost[v] = cost
      account[v] += cost
      due[v] += cost
    }
  }

  /// Machines by the share of their throughput that was used, the rest as idle; and the vendor.
  private func bookMachines() {
    let used = costs(books.computeAccount)
    let idle = costs(books.idleAccount)
    let vendor = costs(books.vendorAccount)
    for v in 0..<Row.vectors {
      let room = fleet.machines[v] * fleet.throughput[v]
      let share = (fleet.served[v] / room).atMost(1).where_(room .> 0, else: .zero)
      let cost = fleet.machineCost[v] + fleet.depreciation[v]
      used[v] += cost * share
      idle[v] += cost * (1 - share)
      owed[v] += fleet.machineCost[v]
      if fleet.overflow != nil {
        vendor[v] += fleet.vendorCost[v]
        owed[v] += fleet.vendorCost[v]
      }
    }
  }
}
