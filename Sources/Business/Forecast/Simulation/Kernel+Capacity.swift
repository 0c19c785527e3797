import CKernels

/// Machines on the paths of a block.
struct FleetState {
  let purchase: Row
  let life: Row
  let lead: Row
  /// Whole months, where they are the same on every path.
  let commonLead: Int?
  let minimum: Row
  let maximum: Row?
  /// The bounds as whole machines.
  let least: Row
  let most: Row
  let overflow: Row?
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
  /// The machines' cost by the share of their throughput that was used.
  let usedCost: Row
  let idleCost: Row
  let planned: Row
  let step: UnsafePointer<ck_fleet>
}

extension RowLayout {
  func fleet(_ fleet: Fleet, _ queue: QueueTable) -> FleetState {
    let rows = months + Kernel.longestLead + 1
    let (least, most, machines) = (arena.row(), arena.row(), arena.row())
    let (ratio, before, demand) = (arena.row(), arena.row(), arena.row())
    let (served, vendor, missed) = (arena.row(), arena.row(), arena.row())
    let (machineCost, vendorCost, depreciation) = (arena.row(), arena.row(), arena.row())
    let (usedCost, idleCost) = (arena.row(), arena.row())
    let step = ck_fleet(
      capacity: arena.keep(queue.capacity), machines: queue.capacity.count,
      least: arena.keep(queue.least), loads: queue.least.count, limit: queue.limit,
      throughput: slot(fleet.throughput).reading, peak: slot(fleet.peak).reading,
      fewest: least.reading, most: most.reading, running: slot(fleet.running).reading,
      price_index: common.machineIndex.reading, token_index: common.tokenIndex.reading,
      upstream_share: fleet.overflow == nil ? nil : slot(fleet.upstreamShare).reading,
      overflow: slot(fleet.overflow)?.reading, ratio: ratio.values, before: before.values,
      demand: demand.values, own: arena.row().values, machines_row: machines.values,
      served: served.values, vendor: vendor.values, missed: missed.values,
      machine_cost: machineCost.values, vendor_cost: vendorCost.values,
      depreciation: depreciation.values, used_cost: usedCost.values, idle_cost: idleCost.values)
    return FleetState(
      purchase: slot(fleet.purchase), life: slot(fleet.life), lead: slot(fleet.lead),
      commonLead: constants[fleet.lead.index].map(Kernel.lead), minimum: slot(fleet.minimum),
      maximum: slot(fleet.maximum), least: least, most: most, overflow: slot(fleet.overflow),
      decided: arena.rows(rows), decidedRows: rows, machines: machines, committed: arena.row(),
      ordered: arena.row(), ratio: ratio, before: before, demand: demand, served: served,
      vendor: vendor, missed: missed, bought: arena.row(), ending: arena.rows(months + 1),
      depreciation: depreciation, bookValue: arena.row(), machineCost: machineCost,
      vendorCost: vendorCost, usedCost: usedCost, idleCost: idleCost, planned: arena.row(),
      step: arena.keep(step))
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
    steps.pointee.serve(fleet.step, Row.paths)
    if plan.model.fleet.mode == .owned { buy(month) } else { fleet.bought.fill(0) }
  }

  /// Looks `lead` months ahead by the smoothed growth of planned demand.
  private func decide(_ month: Int) {
    add(sums.demand)
    add(sums.planned)
    let planned = fleet.planned
    let load = scratch2
    steps.pointee.foresee(
      fleet.step, month == 0 ? 1 : 0, fleet.commonLead ?? 0, planned.values, load.values, Row.paths)
    if month == 0 { foresee(planned) }
    if let lead = fleet.commonLead {
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
    let first = scratch
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
    steps.pointee.need(fleet.step, tokens.values, Row.paths)
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

  /// Paid when ordered; written off in a straight line from then on.
  private func buy(_ month: Int) {
    let ending = fleet.ending.advanced(month)
    for lane in 0..<Row.paths {
      let price = fleet.ordered.values[lane] * fleet.purchase.values[lane]
      let cost = price * common.machineIndex.values[lane]
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
}
