import Foundation

/// The worth of being able to act later, by the binomial tree of Cox, Ross & Rubinstein ("Option
/// pricing: a simplified approach", 1979): u = e^(σ√Δt), d = 1/u, p = (e^((r − y)Δt) − d) ÷ (u − d).
///
/// It takes the project's value as if a twin of it were traded, so that risk can be hedged away. A
/// new venture has no such twin: read the figure beside the simulation's, not instead of it.
package struct RealOption: Sendable, Hashable, Codable {
  /// Present value of the project without the option.
  package let value: Double
  /// σ of the log of the value, a year.
  package let volatility: Double
  /// Continuously compounded, a year.
  package let riskFreeRate: Double
  /// Share of the value lost by waiting, a year, continuously: cash flows missed, rivals' advance.
  package let leakage: Double
  package let years: Double
  package let steps: Int

  /// - Throws: `.range` for a value, volatility or time not above 0, steps outside 1...5000, or steps so
  ///   few that p leaves 0...1.
  package init(
    value: Double, volatility: Double, riskFreeRate: Double, leakage: Double = 0, years: Double,
    steps: Int = 500
  ) throws(ForecastError) {
    guard value > 0, volatility > 0, years > 0, value.isFinite, volatility.isFinite,
      years.isFinite, riskFreeRate.isFinite, leakage.isFinite, (1...5000).contains(steps)
    else {
      throw ForecastError(
        .range, "an option needs value, volatility and time above 0, and 1 to 5000 steps")
    }
    self.value = value
    self.volatility = volatility
    self.riskFreeRate = riskFreeRate
    self.leakage = leakage
    self.years = years
    self.steps = steps
    guard (0...1).contains(upChance) else {
      throw ForecastError(
        .range, "the rate is too high for steps so long: take more steps", field: "steps")
    }
  }

  package var stepYears: Double { years / Double(steps) }
  package var up: Double { exp(volatility * stepYears.squareRoot()) }
  package var upChance: Double {
    (exp((riskFreeRate - leakage) * stepYears) - 1 / up) / (up - 1 / up)
  }

  /// What acting gives at a value of the project.
  package enum Action: Sendable, Hashable, Codable {
    /// Pay `cost`, and the project is worth `factor` times as much.
    case expand(factor: Double, cost: Double)
    /// Give the project up for `salvage`.
    case abandon(salvage: Double)
    /// Save `saving` and keep `factor` of the project.
    case contract(factor: Double, saving: Double)
    /// Pay `cost` to begin; without it there is nothing (an option to wait).
    case invest(cost: Double)

    /// Worth on acting, and worth at the end without it, both for the whole project.
    func worth(_ value: Double) -> (acting: Double, resting: Double) {
      switch self {
      case .expand(let factor, let cost): (factor * value - cost, value)
      case .abandon(let salvage): (salvage, value)
      case .contract(let factor, let saving): (factor * value + saving, value)
      case .invest(let cost): (value - cost, 0)
      }
    }
  }

  package struct Answer: Sendable, Hashable, Codable {
    /// Of the project with the option, and of the option alone.
    package let total: Double
    package let option: Double
    /// Acting at once is best.
    package let isNow: Bool
  }

  /// Worth with any one of `actions` open until the end (`isAmerican`), or only at the end. O(steps²).
  package func price(_ actions: [Action], isAmerican: Bool = true) -> Answer {
    let isWaiting = actions.contains { if case .invest = $0 { true } else { false } }
    func acting(_ value: Double) -> Double {
      actions.reduce(-Double.infinity) { max($0, $1.worth(value).acting) }
    }
    func node(_ step: Int, _ ups: Int) -> Double { value * pow(up, Double(2 * ups - step)) }
    var worth = (0...steps).map { ups in
      let end = node(steps, ups)
      return max(isWaiting ? 0 : end, acting(end))
    }
    let (p, discount) = (upChance, exp(-riskFreeRate * stepYears))
    // What the project itself pays out while it is held.
    let payout = isWaiting ? 0 : -expm1(-leakage * stepYears)
    var isNow = false
    for step in stride(from: steps - 1, through: 0, by: -1) {
      for ups in 0...step {
        let here = node(step, ups)
        let held = discount * (p * worth[ups + 1] + (1 - p) * worth[ups]) + payout * here
        let now = isAmerican ? acting(here) : -.infinity
        worth[ups] = max(held, now)
        if step == 0 { isNow = now >= held }
      }
    }
    return Answer(total: worth[0], option: worth[0] - (isWaiting ? 0 : value), isNow: isNow)
  }
}
