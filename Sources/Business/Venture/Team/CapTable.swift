package import Forecast

/// Who owns how much, from the founding through the rounds.
package struct CapTable: Sendable, Hashable, Codable {
  /// A finance round in numbers.
  package struct Round: Sendable, Hashable, Codable {
    package var id: String
    package var name: String
    package var month: Double
    /// Money in, and the share of the company it buys.
    package var amount: Double
    package var equity: Double
    package init(id: String, name: String, month: Double, amount: Double, equity: Double) {
      self.id = id
      self.name = name
      self.month = month
      self.amount = amount
      self.equity = equity
    }
  }

  package struct Holder: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable { case founder, grant, pool, investor }
    package var id: String
    package var name: String
    package var kind: Kind
    package var shares: Double
    package var vesting: Vesting?
    /// Investors: money that comes back first, and whether they then also share.
    package var preference: Double
    package var isParticipating: Bool
  }

  /// The table after the founding or a round.
  package struct Step: Sendable, Hashable, Codable {
    /// Empty for the founding.
    package var round: String
    package var month: Double
    package var holders: [Holder]
    /// Money: the company before and after the round, and a share; 0 at the founding.
    package var preMoney: Double
    package var postMoney: Double
    package var sharePrice: Double

    package var shares: Double { holders.reduce(0) { $0 + $1.shares } }
    package func share(of id: String) -> Double {
      let total = shares
      guard total > 0 else { return 0 }
      return holders.reduce(0) { $0 + ($1.id == id ? $1.shares : 0) } / total
    }
    package func share(of kind: Holder.Kind) -> Double {
      let total = shares
      guard total > 0 else { return 0 }
      return holders.reduce(0) { $0 + ($1.kind == kind ? $1.shares : 0) } / total
    }
  }

  package var steps: [Step]
}

extension EquityPlan {
  /// Fully diluted (granted options and the free pool count).
  ///
  /// A round first fills the free pool up to its terms' share of the company after the round, then
  /// sells `equity` of it: total = others ÷ (1 − equity − pool), or (others + pool now) ÷
  /// (1 − equity) when the pool already holds more. Rounds are taken in order of their month.
  ///
  /// - Throws: `ForecastError` when a round sells nothing, all, or with its pool more than there is.
  package func capTable(rounds: [CapTable.Round]) throws(ForecastError) -> CapTable {
    var step = founding
    var steps = [step]
    for round in rounds.sorted(by: { ($0.month, $0.id) < ($1.month, $1.id) }) {
      step = try after(round, step)
      steps.append(step)
    }
    return CapTable(steps: steps)
  }

  private var founding: CapTable.Step {
    let founded = founders.reduce(0) { $0 + $1.shares }
    let granted = grants.reduce(0) { $0 + $1.shares }
    let free = max(0, pool / (1 - pool) * founded - granted)
    func holders(_ list: [Holding], _ kind: CapTable.Holder.Kind) -> [CapTable.Holder] {
      list.map {
        CapTable.Holder(
          id: $0.holder, name: $0.name, kind: kind, shares: $0.shares, vesting: $0.vesting,
          preference: 0, isParticipating: false)
      }
    }
    let poolHolder = CapTable.Holder(
      id: "pool", name: "pool", kind: .pool, shares: free, vesting: nil, preference: 0,
      isParticipating: false)
    return CapTable.Step(
      round: "", month: 0,
      holders: holders(founders, .founder) + holders(grants, .grant) + [poolHolder],
      preMoney: 0, postMoney: 0, sharePrice: 0)
  }

  private func after(
    _ round: CapTable.Round, _ before: CapTable.Step
  ) throws(ForecastError) -> CapTable.Step {
    let terms = terms.first { $0.round == round.id }
    let target = terms?.pool ?? 0
    guard round.equity > 0, round.equity + target < 1, round.amount >= 0 else {
      throw ForecastError(
        .range, "round '\(round.id)' must sell a share above 0 that, with its pool, stays below 1",
        field: "finance.rounds.\(round.id).equity")
    }
    var holders = before.holders
    let free = holders.first { $0.kind == .pool }?.shares ?? 0
    let others = before.shares - free
    var total = others / (1 - round.equity - target)
    let filled = max(free, target * total)
    if filled > target * total { total = (others + free) / (1 - round.equity) }
    for index in holders.indices where holders[index].kind == .pool {
      holders[index].shares = filled
    }
    let postMoney = round.amount / round.equity
    holders.append(
      CapTable.Holder(
        id: round.id, name: round.name, kind: .investor, shares: round.equity * total,
        vesting: nil, preference: (terms?.preference ?? 1) * round.amount,
        isParticipating: terms?.isParticipating ?? false))
    return CapTable.Step(
      round: round.id, month: round.month, holders: holders, preMoney: postMoney - round.amount,
      postMoney: postMoney, sharePrice: total > 0 ? postMoney / total : 0)
  }
}
