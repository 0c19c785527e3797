import CKernels
import Foundation

/// Risks: arrivals, losses, and what they do to customers for a while.
extension Kernel {
  func beginShocks() {
    for shock in shocks {
      for v in 0..<Row.vectors { shock.none[v] = -shock.rate[v] }
      exponential(shock.none, into: shock.none)
      let (low, high) = (shock.low.values, shock.high.values)
      var law = LossLaw(low: low[0], high: high[0])
      for lane in 0..<Row.paths {
        if lane > 0, low[lane] != low[lane - 1] || high[lane] != high[lane - 1] {
          law = LossLaw(low: low[lane], high: high[lane])
        }
        shock.mu.values[lane] = law.isZero ? -.infinity : law.mu
        shock.sigma.values[lane] = law.sigma
      }
      shock.last.fill(-1e9)
    }
  }

  func shocks(_ month: Int) {
    common.acquisition.fill(1)
    common.churnFactor.fill(1)
    for shock in shocks {
      if isDeterministic { expect(shock) } else { strike(shock, month) }
    }
  }

  /// The deterministic limit: the mean loss, and the factors by the share of months they hold.
  private func expect(_ shock: ShockState) {
    for lane in 0..<Row.paths {
      let rate = shock.rate.values[lane]
      let law = LossLaw(low: shock.low.values[lane], high: shock.high.values[lane])
      let share = min(1, rate * max(0, shock.duration.values[lane]))
      shock.count.values[lane] = rate
      shock.loss.values[lane] = rate * law.mean
      common.acquisition.values[lane] *= 1 + (shock.acquisition.values[lane] - 1) * share
      common.churnFactor.values[lane] *= 1 + (shock.churn.values[lane] - 1) * share
    }
  }

  private func strike(_ shock: ShockState, _ month: Int) {
    shock.count.fill(0)
    shock.loss.fill(0)
    let state = Draws.state(shock.key, path: firstPath, month: month)
    let arrivals = steps.pointee.strike(
      state, Draws.stride, shock.none.values, scratch.values, bits, Row.paths)
    for place in 0..<arrivals { arrive(shock, Int(bits[place]), month) }
    steps.pointee.shake(
      shock.last.values, shock.duration.values, Double(month), shock.acquisition.values,
      shock.churn.values, common.acquisition.values, common.churnFactor.values, Row.paths)
  }

  @inline(never)
  private func arrive(_ shock: ShockState, _ lane: Int, _ month: Int) {
    let count = arrivals(scratch.values[lane], shock.rate.values[lane], shock.none.values[lane])
    let (mu, sigma) = (shock.mu.values[lane], shock.sigma.values[lane])
    var state = Draws.state(shock.lossKey, path: firstPath + lane, month: month)
    var loss = 0.0
    for _ in 0..<Int(min(count, 1000)) where mu > -.infinity {
      loss += exp(mu + sigma * sampler.normal(Draws.bits(state)))
      state = Draws.bits(state &+ Draws.step)
    }
    shock.count.values[lane] = count
    shock.loss.values[lane] = loss
    shock.last.values[lane] = Double(month)
  }

  /// The Poisson quantile of `uniform`, over `none`; a risk comes seldom, so it is searched from 1.
  private func arrivals(_ uniform: Double, _ rate: Double, _ none: Double) -> Double {
    var (mass, total, count) = (none, none, 0.0)
    while uniform > total, count < 1000 {
      count += 1
      mass *= rate / count
      total += mass
    }
    return count
  }
}

/// One event's loss: lognormal from its 90% interval; 0 where the interval's top is not above 0. A
/// bottom that is not above 0 is read as a thousandth of the top.
struct LossLaw {
  let mu: Double
  let sigma: Double
  let isZero: Bool

  /// Φ⁻¹(0.95).
  static let score = 1.644_853_626_951_472_2

  init(low: Double, high: Double) {
    isZero = !(high > 0)
    let top = isZero ? 1 : high
    let bottom = low > 0 ? min(low, top) : top / 1000
    mu = (log(bottom) + log(top)) / 2
    sigma = (log(top) - log(bottom)) / (2 * Self.score)
  }

  var mean: Double { isZero ? 0 : exp(mu + sigma * sigma / 2) }
}
