import Foundation

/// Runs a model month by month over many paths.
///
/// A path's slots are drawn once: Philox uniforms keyed by (seed, slot's name, path), the copula, then
/// formulas. The noise of a month is a hash keyed by (seed, driver's name, path, month): a new risk or
/// stream moves nobody's numbers. Paths run in blocks of 64 and chunks of 1,024 whose sums are added
/// in order, so that any number of workers gives the same bits.
///
/// A month m = 0, 1, …, in this order (`Kernel.step`):
///
/// 1. **Indices** of token and machine prices: 1, then × exp(drift + σz − σ² ÷ 2) each month.
/// 2. **Shocks**: Poisson(rate) arrivals, a lognormal loss each (90% interval; a low end not above 0
///    is a thousandth of the high one); the factors hold while m − last arrival < duration.
/// 3. **Leaving**: hazard in the t-th month of a customer α ÷ (κ + t − 1), α = churn·κ (churn without
///    κ), × (1 + sensitivity × share missed last month) × Π(1 − attach(1 − retention)) over streams on
///    sale × multiplier^(elasticity ÷ 2) × shocks, within [0, 1]. Leavers: Binomial(customers, mean
///    hazard); the cohorts are scaled to the survivors.
/// 4. **Coming**: mean [Σ spend ÷ (cost·(1 + spend ÷ saturation)^exponent) + (p + qN ÷ M)(M − N) +
///    free × conversion] × multiplier^−elasticity × shocks; × gamma(φ) ÷ φ, then Poisson; at most
///    ⌊M − N⌋. Free users are a fluid: + sign-ups − churn − converted.
/// 5. **Use**: tokens = Σ customers of age a × tokens × (1 + expansion)^a × the month's lognormal shock
///    of mean 1, + free users' tokens.
/// 6. **Capacity**: demand without the month's shock, `lead` months ahead by its smoothed growth ratio
///    (half old, half new, new within [½, 2]); the least k with capacity(k)·throughput ≥ demand·peak
///    (`QueueTable`), in bounds. Months before the first decision take month 0's. Served: at most
///    capacity·throughput ÷ peak; the rest goes to the vendor, or is missed. Cloud machines shrink,
///    others do not; a bought one is paid when ordered and written off in a straight line.
/// 7. **People**: opening + hires + ⌈customers ÷ customersEach⌉; hands by the ramp.
/// 8. **Sales**: customers × attach × E[charge] × multiplier × price, usage × (1 − missed)
///    (`ExpectedCharge`); orders Poisson; projects Poisson into a backlog worked off by the role's
///    hands; audience; turnover; × token index where indexed; nothing before `from`.
/// 9. **Bills**: contracts of A > 1 months are billed at once and earned evenly; those that run cover
///    a part of the sale, the rest is signed now. Cash after the collection lag, a fraction of a month
///    split between its two ends.
/// 10. **Costs** by account; people, marketing, losses and machines bought are paid at once, the rest
///    after the payable lag. Machines are split into used and idle.
/// 11. **Funding** on last month's cash: a round comes from its month on, and under its mark if it has
///    one, if its one draw is under the probability. Loans are annuities, first paid a month later.
/// 12. **Closing**: fees on what is collected, tax on revenue, tax on profit beyond losses carried
///    forward; profit = revenue − all costs; cash, receivables, payables, prepayments, hardware, loans.
///
/// Without noise (the deterministic limit): slots at their means, draws at theirs, factors of shocks
/// 1 + (f − 1)·min(1, rate·duration), rounds × probability.
///
/// Figures, months counted from 0: break-even, the first of three months in a row with a profit (at
/// the end what fits); payback, the month after the last with a loss since the start; ruin, the first
/// with cash < 0; present value of free cash flow ÷ (1 + r)^(m + 1); internal rate a year, none without
/// a change of sign between −50% and +100% a month; least cash without rounds and loans.
package struct Simulation: Sendable {
  package let model: Model
  let plan: SimulationPlan
  let program: ParameterProgram
  /// Every slot, the uncertain ones at their means.
  let means: [Double]

  /// Months that a forecast may have.
  package static let longest = 600
  package static let mostPaths = 10_000_000

  package struct Options: Sendable, Hashable {
    package var paths: Int
    package var seed: UInt64
    package var workers: Int
    /// One path with every slot at its mean and no noise.
    package var isDeterministic: Bool

    /// - Parameter workers: nil: one a core.
    package init(
      paths: Int = 10_000, seed: UInt64 = 1, workers: Int? = nil, isDeterministic: Bool = false
    ) {
      self.paths = paths
      self.seed = seed
      self.workers = workers ?? ProcessInfo.processInfo.activeProcessorCount
      self.isDeterministic = isDeterministic
    }
  }

  /// - Throws: `invalid`, `range` or `correlation` when the model contradicts itself, naming the field.
  package init(_ model: Model) throws(ForecastError) {
    plan = try SimulationPlan(model)
    program = try ParameterProgram(model.parameters)
    means = try model.parameters.meanValues()
    self.model = model
  }

  /// Bit for bit the same for any number of workers. At most 10,000,000 paths, at least one.
  package func run(_ options: Options = Options()) -> Outcome {
    run(options, keeping: 0).0
  }

  /// Also gives the first `keeping` paths one by one: 8 bytes × paths × (slots + 10 × months).
  package func run(_ options: Options = Options(), keeping: Int) -> (Outcome, PathTable) {
    if options.isDeterministic { return deterministic(options) }
    let paths = min(max(1, options.paths), Self.mostPaths)
    let table = TableStore(
      plan: plan, paths: min(max(0, keeping), paths), measures: Set(Outcome.Measure.allCases))
    let run = SimulationRun(
      self, paths: paths, seed: options.seed, workers: options.workers, latents: nil,
      table: keeping > 0 ? table : nil)
    return (run.outcome(), table.table)
  }

  /// Paths of given inputs, with the noise of the months by seed and row.
  /// - Parameters:
  ///   - latents: a path a row; a column an uncertain slot, in the order of
  ///     `ParameterTable.uncertain`: independent uniforms in (0, 1), before the correlations are put
  ///     in.
  ///   - measures: kept month by month; each takes 8 bytes × paths × months.
  package func run(
    latents: [[Double]], seed: UInt64 = 1, workers: Int? = nil,
    measures: Set<Outcome.Measure> = Set(Outcome.Measure.allCases)
  ) -> PathTable {
    precondition(
      latents.allSatisfy { $0.count == program.uncertain.count },
      "each path needs a latent for each of the \(program.uncertain.count) uncertain slots")
    guard !latents.isEmpty else { return PathTable() }
    let table = TableStore(plan: plan, paths: latents.count, measures: measures)
    let cores = workers ?? ProcessInfo.processInfo.activeProcessorCount
    SimulationRun(
      self, paths: latents.count, seed: seed, workers: cores, latents: latents, table: table
    ).fillTable()
    return table.table
  }
}
