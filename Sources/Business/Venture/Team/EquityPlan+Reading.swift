extension EquityPlan {
  init(reading node: PlanNode) {
    founders = Self.holdings(node, "founders")
    grants = Self.holdings(node, "grants")
    pool = node.number("pool", in: 0...0.9) ?? 0
    terms = node.list("rounds", limit: 50).map { entry in
      defer { entry.finish() }
      return Terms(
        round: entry.text("round", required: true, limit: 60),
        pool: entry.number("pool", in: 0...0.9) ?? 0,
        preference: entry.number("preference", in: 0...10) ?? 1,
        isParticipating: entry.flag("participating", default: false))
    }
    if founders.isEmpty { node.fail("needs 'founders': who holds how many shares") }
    let free = pool / (1 - pool) * founders.reduce(0) { $0 + $1.shares }
    let granted = grants.reduce(0) { $0 + $1.shares }
    if granted > free * (1 + 1e-9) {
      node.fail(
        "grants \(Int(granted)) shares, the pool holds \(Int(free)); raise 'pool' or grant fewer")
    }
    node.finish()
  }

  private static func holdings(_ node: PlanNode, _ name: String) -> [Holding] {
    node.list(name, limit: 200).map { entry in
      defer { entry.finish() }
      let holder = entry.text("holder", required: true, limit: 60)
      let shares = entry.number("shares", in: 1...1e15)
      if shares == nil, !entry.has("shares") { entry.fail("needs 'shares': a number") }
      let label = entry.text("name", limit: 200)
      return Holding(
        holder: holder, name: label.isEmpty ? holder : label, shares: shares ?? 0,
        vesting: entry.child("vesting").map { Vesting(reading: $0) })
    }
  }
}

extension Vesting {
  fileprivate init(reading node: PlanNode) {
    self.init(
      start: node.integer("start", in: -240...240) ?? 0,
      cliff: node.integer("cliff", in: 0...120) ?? 12,
      months: node.integer("months", in: 0...240) ?? 48)
    if cliff > months { node.fail("has a cliff of \(cliff) months, after all \(months) are over") }
    node.finish()
  }
}
