/// Ownership through funding rounds: who holds which share of the company after each.
package struct Dilution: Sendable, Hashable, Codable {
  package struct Round: Sendable, Hashable, Codable {
    package let investor: String
    /// Money raised and the company's value before it, in the same unit.
    package let raised: Double
    package let preMoney: Double
    /// Share of the company after the round that the option pool must hold; the pool is topped up
    /// before the money comes, so that the earlier holders pay for it.
    package let poolAfter: Double?

    package init(investor: String, raised: Double, preMoney: Double, poolAfter: Double? = nil) {
      self.investor = investor
      self.raised = raised
      self.preMoney = preMoney
      self.poolAfter = poolAfter
    }
  }

  package struct Holding: Sendable, Hashable, Codable {
    package let holder: String
    /// 0...1 of the fully diluted company.
    package let share: Double
  }

  /// The pool's name among the holders.
  package static let pool = "pool"

  /// Holdings at the start and after each round; each adds up to 1.
  package let steps: [[Holding]]

  /// - Parameter founders: shares that add up to 1.
  /// - Throws: `.range` for shares that do not add up, money or value that is not positive, or a
  ///   pool that leaves nothing to the earlier holders.
  package init(founders: [(holder: String, share: Double)], rounds: [Round]) throws(ForecastError) {
    let total = founders.reduce(0) { $0 + $1.share }
    guard abs(total - 1) < 1e-9, founders.allSatisfy({ $0.share >= 0 }) else {
      throw ForecastError(
        .range, "the founders' shares add up to \(total): they must add up to 1", field: "founders")
    }
    var current = founders.map { Holding(holder: $0.holder, share: $0.share) }
    var steps = [current]
    for round in rounds {
      current = try Self.after(round, current)
      steps.append(current)
    }
    self.steps = steps
  }

  /// The share of `holder` after the last round.
  package func share(of holder: String) -> Double {
    steps.last?.first { $0.holder == holder }?.share ?? 0
  }

  private static func after(
    _ round: Round, _ holdings: [Holding]
  ) throws(ForecastError) -> [Holding] {
    guard round.raised >= 0, round.preMoney > 0, round.raised.isFinite, round.preMoney.isFinite
    else {
      throw ForecastError(
        .range, "a round needs money of 0 or more and a value before it above 0",
        field: round.investor)
    }
    let sold = round.raised / (round.raised + round.preMoney)
    let oldPool = holdings.first { $0.holder == pool }?.share ?? 0
    // A pool that is already large enough is diluted like everybody else.
    let newPool = max(round.poolAfter ?? 0, oldPool * (1 - sold))
    let left = 1 - sold - newPool
    guard left > 0 || oldPool == 1 else {
      throw ForecastError(
        .range, "the round and the pool leave nothing to the earlier holders: lower either",
        field: round.investor)
    }
    var after: [Holding] = []
    let isPoolToppedUp = newPool > oldPool * (1 - sold)
    let factor = isPoolToppedUp ? left / (1 - oldPool) : 1 - sold
    for holding in holdings where holding.holder != pool {
      after.append(Holding(holder: holding.holder, share: holding.share * factor))
    }
    if newPool > 0 { after.append(Holding(holder: pool, share: newPool)) }
    if sold > 0 {
      if let index = after.firstIndex(where: { $0.holder == round.investor }) {
        after[index] = Holding(holder: round.investor, share: after[index].share + sold)
      } else {
        after.append(Holding(holder: round.investor, share: sold))
      }
    }
    return after
  }
}
