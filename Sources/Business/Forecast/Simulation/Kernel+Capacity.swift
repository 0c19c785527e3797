/// Machines on the paths of a block.
struct FleetState {
  let running: Row
  let purchase: Row
  let life: Row
  let throughput: Row
  let peak: Row
  let lead: Row
  /// Whole months, where they are the same on every path.
  let commonLead: Int?
  let minimum: Row
  let maximum: Row?
  /// The bounds as whole machines.
  let least: Row
  let most: Row
  let overflow: Row?
  let upstreamShare: Row
  /// [month]: machines decided on for it.
  let decided: Row
  let decidedRows: Int
  /// Machines that serve, and those with what is ordered.
  let machines: Row
  let committed: Row
  let ordered: Row
  /// Smoothed growth ratio of planned demand, and the demand it was last seen at.
  let ratio: Row
  let before: Row
  let demand: Row
  let own: Row
  let served: Row
  let vendor: Row
  /// Share of the month's demand that nobody served.
  let missed: Row
  let bought: Row
  /// [month]: purchases whose write-off ends then, a month's worth each.
  let ending: Row
  let depreciation: Row
  let bookValue: Row
  let machineCost: Row
  let vendorCost: Row
}

extension RowLayout {
  func fleet(_ fleet: Fleet) -> FleetState {
    let rows = months + Kernel.longestLead + 1
    return FleetState(
      running: slot(fleet.running), purchase: slot(fleet.purchase), life: slot(fleet.life),
      throughput: slot(fleet.throughput), peak: slot(fleet.peak), lead: slot(fleet.lead),
      commonLead: constants[fleet.lead.index].map(Kernel.lead), minimum: slot(fleet.minimum),
      maximum: slot(fleet.maximum), least: arena.row(), most: arena.row(),
      overflow: slot(fleet.overflow),
      upstreamShare: slot(fleet.upstreamShare), decided: arena.rows(rows), decidedRows: rows,
      machines: arena.row(), committed: arena.row(), ordered: arena.row(), ratio: arena.row(),
      before: arena.row(), demand: arena.row(), own: arena.row(), served: arena.row(),
      vendor: arena.row(), missed: arena.row(), bought: arena.row(),
      ending: arena.rows(months + 1), depreciation: arena.row(), bookValue: arena.row(),
      machineCost: arena.row(), vendorCost: arena.row())
  }
}

/// From demand to machines to what is served.
extension Kernel {
  static let longestLead = 24

  func beginCapacity() {
    for row in [
      fleet.machines, fleet.committed, fleet.before, fleet.missed, fleet.depreciation,
      fleet.bookValue,
    ] { row.fill(0) }
    fleet.ratio.fill(1)
    fleet.most.fill(.infinity)
    for lane in 0..<Row.paths {
      fleet.least.values[lane] = fleet.minimum.values[lane].rounded(.up)
      if let maximum = fleet.maximum {
        fleet.most.values[lane] = max(0, maximum.values[lane].rounded(.down))
      }
    }
    if plan.model.fleet.mode == .owned {
      for month in 0...months { fleet.ending.advanced(month).fill(0) }
    }
  }

  func capacity(_ month: Int) {
    decide(month)
    serve(month)
    if plan.model.fleet.mode == .owned { buy(month) } else { fleet.bought.fill(0) }
    payForMachines()
  }

  /// Looks `lead` months ahead by the smoothed growth of planned demand.
  private func decide(_ month: Int) {
    let planned = scratch
    let demand = fleet.demand
    planned.fill(0)
    demand.fill(0)
    for s in segments {
      planned.add(s.planned)
      demand.add(s.tokens)
    }
    let hasVendor = fleet.overflow != nil
    for v in 0..<Row.vectors {
      let share = hasVendor ? fleet.upstreamShare[v].atLeast(0).atMost(1) : .zero
      planned[v] *= 1 - share
      fleet.own[v] = demand[v] * (1 - share)
      guard month > 0 else { continue }
      let growth = (planned[v] / fleet.before[v]).where_(
        fleet.before[v] .> 0, else: Lanes(repeating: 1))
      fleet.ratio[v] = (fleet.ratio[v] + growth.atLeast(0.5).atMost(2)) * 0.5
    }
    fleet.before.copy(planned)
    if month == 0 { foresee(planned) }
    let load = scratch2
    if let lead = fleet.commonLead {
      load.copy(planned)
      for _ in 0..<lead { load.multiply(fleet.ratio) }
      need(load)
      fleet.decided.advanced(month + lead).copy(load)
    } else {
      for lane in 0..<Row.paths {
        load.values[lane] = planned.values[lane]
        for _ in 0..<lead(lane) { load.values[lane] *= fleet.ratio.values[lane] }
      }
      need(load)
      for lane in 0..<Row.paths {
        fleet.decided.advanced(month + lead(lane)).values[lane] = load.values[lane]
      }
    }
    commit(month)
  }

  /// The months before the first decision is there are served by what month 0 needs.
  private func foresee(_ planned: Row) {
    let first = scratch2
    first.copy(planned)
    need(first)
    for lane in 0..<Row.paths {
      for early in 0..<lead(lane) {
        fleet.decided.advanced(early).values[lane] = first.values[lane]
      }
    }
  }

  static func lead(_ months: Double) -> Int {
    Int(min(max(months, 0), Double(longestLead)).rounded())
  }

  @inline(__always) private func lead(_ lane: Int) -> Int { Self.lead(fleet.lead.values[lane]) }

  /// A month's tokens are replaced by the least number of machines that serves them within the
  /// promised wait, in bounds.
  private func need(_ tokens: Row) {
    for v in 0..<Row.vectors {
      let throughput = fleet.throughput[v]
      tokens[v] = (tokens[v] * fleet.peak[v] / throughput).where_(throughput .> 0, else: .zero)
    }
    plan.queue.machines(tokens.values, count: Row.paths)
    for v in 0..<Row.vectors {
      tokens[v] = smaller(larger(tokens[v], fleet.least[v]), fleet.most[v])
    }
  }

  private func commit(_ month: Int) {
    let decided = fleet.decided.advanced(month)
    if plan.model.fleet.mode == .cloud {
      fleet.machines.copy(decided)
      fleet.ordered.fill(0)
      return
    }
    for v in 0..<Row.vectors { fleet.machines[v] = larger(fleet.machines[v], decided[v]) }
    // What is decided this month for `lead` months on, over all that was decided before.
    for lane in 0..<Row.paths {
      let lead = lead(lane)
      let wanted = max(
        fleet.decided.advanced(month + lead).values[lane], fleet.machines.values[lane])
      let committed = max(fleet.committed.values[lane], wanted)
      fleet.ordered.values[lane] = committed - fleet.committed.values[lane]
      fleet.committed.values[lane] = committed
    }
  }

  private func serve(_ month: Int) {
    let limit = scratch
    limit.copy(fleet.machines)
    plan.queue.usable(limit.values, count: Row.paths)
    for v in 0..<Row.vectors {
      let peak = fleet.peak[v].atLeast(1e-9)
      let served = smaller(fleet.own[v], limit[v] * fleet.throughput[v].atLeast(0) / peak)
      let rest = (fleet.demand[v] - served).atLeast(0)
      fleet.served[v] = served
      let demand = fleet.demand[v]
      if let overflow = fleet.overflow {
        fleet.vendor[v] = rest
        fleet.missed[v] = .zero
        fleet.vendorCost[v] = rest * overflow[v] * tokenIndex[v]
      } else {
        fleet.missed[v] = (rest / demand).where_(demand .> 0, else: .zero)
      }
    }
  }

  /// Paid when ordered; written off in a straight line from then on.
  private func buy(_ month: Int) {
    let ending = fleet.ending.advanced(month)
    for lane in 0..<Row.paths {
      let price = fleet.ordered.values[lane] * fleet.purchase.values[lane]
      let cost = price * machineIndex.values[lane]
      fleet.bought.values[lane] = cost
      guard cost > 0 else { continue }
      let life = max(1, min(fleet.life.values[lane], 1200).rounded())
      fleet.depreciation.values[lane] += cost / life
      let end = month + Int(life)
      if end < months { fleet.ending.advanced(end).values[lane] += cost / life }
    }
    for v in 0..<Row.vectors {
      fleet.depreciation[v] -= ending[v]
      fleet.bookValue[v] += fleet.bought[v] - fleet.depreciation[v]
    }
  }

  private func payForMachines() {
    for v in 0..<Row.vectors {
      fleet.machineCost[v] = fleet.machines[v] * fleet.running[v] * machineIndex[v]
    }
  }
}
