import Foundation

/// A model on its way from prior to posterior, and the record of what moved.
struct Learnt {
  private(set) var model: Model
  private(set) var updates: [Calibration.DriverUpdate] = []
  private let latent: LatentDrivers
  private let stated: LatentDrivers
  /// Widened once more, for priors that the data contradict.
  private let doubted: LatentDrivers
  private var touched: Set<Int> = []

  init(model: Model, widening: Double) throws(ForecastError) {
    self.model = model
    stated = try LatentDrivers(model.parameters, widening: 1)
    let ceilings = GrowthCeiling.slots(of: model)
    let isWider = widening > 1
    latent = try LatentDrivers(
      model.parameters, widening: widening, ceilings: isWider ? ceilings : [:])
    doubted = try LatentDrivers(
      model.parameters, widening: widening * EstimatorRecord.untrainedFactor, ceilings: ceilings)
  }

  mutating func update(_ block: DriverBlock, _ options: Calibration.Options) throws(ForecastError) {
    var block = block
    guard !block.drivers.isEmpty else {
      learnProcess(&block, draws: [[]])
      return
    }
    let key = block.drivers.map { model.parameters.slots[latent.slots[$0]].name }
      .joined(separator: "+")
    var posterior = BlockPosterior.of(&block, options: options, key: key)
    let conflicts = block.drivers.indices.map {
      Self.conflict(mean: posterior.means[$0], variance: posterior.variances[$0])
    }
    let contradicted = block.drivers.indices.filter { conflicts[$0] < options.conflict }
    if !contradicted.isEmpty {
      // Their prior loses its weight: its σ counts once more by the untrained factor.
      block = DriverBlock(
        drivers: block.drivers, evidence: block.evidence,
        latent: latent.doubting(contradicted.map { block.drivers[$0] }, as: doubted))
      posterior = BlockPosterior.of(&block, options: options, key: key)
    }
    learnProcess(&block, draws: posterior.draws)
    for place in block.drivers.indices {
      record(
        block, posterior, place, conflict: conflicts[place],
        isReset: contradicted.contains(place))
    }
    correlate(block, posterior)
  }

  /// Box's check on the normal scale: with posterior mean m and variance v of a score whose prior is
  /// N(0, 1), the data's own estimate is m/(1 − v) with prior predictive variance 1/(1 − v), so that
  /// m/√(1 − v) is standard normal when prior and data agree (Evans & Moshonov, 2006).
  static func conflict(mean: Double, variance: Double) -> Double {
    let weight = 1 - variance
    guard weight > 0.01 else { return 1 }
    return 2 * Normal.cumulative(-abs(mean) / weight.squareRoot())
  }

  // MARK: Drivers

  private mutating func record(
    _ block: DriverBlock, _ posterior: BlockPosterior, _ place: Int, conflict: Double,
    isReset: Bool
  ) {
    let driver = block.drivers[place]
    touched.insert(driver)
    let index = latent.slots[driver]
    let evidence = block.evidence.filter {
      latent.dependencies(of: $0.reads).drivers.contains(driver)
    }
    var law = Distribution.empirical(
      posterior.atoms[place].map { block.latent.value(driver, score: $0) })
    if block.drivers.count == 1, !isReset, block.evidence.count == 1,
      let closed = block.evidence[0].conjugate?.posterior(of: latent.laws[driver], slot: index)
    {
      law = closed
    }
    var notes: [Calibration.Note] = []
    if isReset { notes.append(.conflict) }
    if block.drivers.count > 1, evidence.count < block.drivers.count { notes.append(.shared) }
    if !posterior.isSettled { notes.append(.unsettled) }
    model.parameters.slots[index].content = .uncertain(law)
    updates.append(
      update(
        slot: index, driver: driver, law: law, method: method(block, posterior, evidence),
        weight: min(max(1 - posterior.variances[place], 0), 1),
        observations: evidence.reduce(0) { $0 + $1.count }, conflict: conflict, notes: notes))
  }

  private func method(
    _ block: DriverBlock, _ posterior: BlockPosterior, _ evidence: [Evidence]
  ) -> Calibration.Method {
    if evidence.isEmpty { return posterior.isParticles ? .particles : .grid }
    if posterior.isParticles { return .particles }
    let methods = Set(block.evidence.map(\.method))
    return methods.count == 1 ? methods.first ?? .grid : .grid
  }

  private func update(
    slot index: Int, driver: Int, law: Distribution, method: Calibration.Method, weight: Double,
    observations: Int, conflict: Double, notes: [Calibration.Note]
  ) -> Calibration.DriverUpdate {
    let slot = model.parameters.slots[index]
    return Calibration.DriverUpdate(
      slot: slot.name, label: slot.label, unit: slot.unit, line: slot.line, method: method,
      prior: Self.interval(stated.laws[driver], slot.scale),
      widened: Self.interval(latent.law(driver), slot.scale),
      posterior: Self.interval(law, slot.scale), dataWeight: weight, observations: observations,
      conflict: conflict, notes: notes)
  }

  static func interval(_ law: Distribution, _ scale: Double) -> Calibration.Interval {
    let unit = scale == 0 ? 1 : scale
    return Calibration.Interval(
      low: law.quantile(0.05) / unit, median: law.quantile(0.5) / unit,
      high: law.quantile(0.95) / unit)
  }

  /// The posterior's correlations take the place of the prior's within the block.
  private mutating func correlate(_ block: DriverBlock, _ posterior: BlockPosterior) {
    let count = block.drivers.count
    guard count > 1 else { return }
    let slots = block.drivers.map { latent.slots[$0] }
    let members = Set(slots)
    model.parameters.correlations.removeAll {
      members.contains($0.first) && members.contains($0.second)
    }
    for row in 0..<count {
      for column in 0..<row {
        // Spearman's ρ of a normal pair, drawn in a little so that the matrix stays definite.
        let rho = 6 / .pi * asin(0.99 * posterior.correlations[row * count + column] / 2)
        guard abs(rho) > 0.02 else { continue }
        model.parameters.correlations.append(
          ParameterTable.Correlation(first: slots[column], second: slots[row], rho: rho))
      }
    }
  }

  /// Drivers without data are only widened.
  mutating func finish() {
    for driver in latent.slots.indices where !touched.contains(driver) {
      let index = latent.slots[driver]
      let law = latent.law(driver)
      model.parameters.slots[index].content = .uncertain(law)
      updates.append(
        update(
          slot: index, driver: driver, law: law, method: .widened, weight: 0,
          observations: 0, conflict: 1, notes: [.noData]))
    }
    let order = Dictionary(
      model.parameters.slots.enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    updates.sort { (order[$0.slot] ?? 0) < (order[$1.slot] ?? 0) }
  }

  // MARK: The process's own noise

  private mutating func learnProcess(_ block: inout DriverBlock, draws: [[Double]]) {
    for item in block.evidence {
      guard let process = item.process, item.noise.values.count > 1 else { continue }
      var weights = [Double](repeating: 0, count: item.noise.values.count)
      for draw in draws {
        for (index, weight) in item.noiseWeights(block.values(at: draw)).enumerated() {
          weights[index] += weight / Double(draws.count)
        }
      }
      apply(process, item, weights)
    }
  }

  private mutating func apply(_ process: Evidence.Process, _ item: Evidence, _ weights: [Double]) {
    let prior = item.noise.logWeights.map { exp($0) }
    let name: String
    let parameter: Parameter
    func law(_ weights: [Double]) -> Distribution {
      var pairs = zip(item.noise.values, weights).filter { $0.1 > 1e-6 }
      if case .dispersion = process { pairs = pairs.map { (1 / $0.0, $0.1) }.reversed() }
      let sum = pairs.reduce(0) { $0 + $1.1 }
      return .discrete(values: pairs.map(\.0), weights: pairs.map { $0.1 / sum })
    }
    switch process {
    case .dispersion(let index): name = "segments.\(model.segments[index].id).dispersion"
    case .volatility(let index): name = "segments.\(model.segments[index].id).usage_volatility"
    }
    let taken = model.parameters.parameter(named: name)
    let learnt = taken == nil ? name : name + ".learnt"
    model.parameters.slots.append(
      ParameterTable.Slot(
        name: learnt, label: taken.map { model.parameters[$0].label } ?? name, unit: "", scale: 1,
        line: taken.map { model.parameters[$0].line } ?? 0, content: .uncertain(law(weights))))
    parameter = Parameter(model.parameters.slots.count - 1)
    switch process {
    case .dispersion(let index): model.segments[index].dispersion = parameter
    case .volatility(let index): model.segments[index].usageVolatility = parameter
    }
    let before = Self.interval(law(prior), 1)
    updates.append(
      Calibration.DriverUpdate(
        slot: learnt, label: model.parameters[parameter].label, unit: "",
        line: model.parameters[parameter].line, method: item.method, prior: before, widened: before,
        posterior: Self.interval(law(weights), 1), dataWeight: Self.overlap(prior, weights),
        observations: item.count, conflict: 1, notes: [.process]))
  }

  /// How far the weights moved: half of the sum of the differences, 0...1.
  private static func overlap(_ prior: [Double], _ weights: [Double]) -> Double {
    min(1, zip(prior, weights).reduce(0) { $0 + abs($1.0 - $1.1) } / 2)
  }

  // MARK: Payment lag

  /// Payments by lag are multinomial; with a Dirichlet prior worth one payment about the plan's lag,
  /// the mean lag has the Dirichlet's mean and variance. The streams' lags move together by it.
  mutating func learnPaymentLag(_ actuals: Actuals) {
    let counts = actuals.months.reduce(into: [Double]()) { sum, month in
      for (lag, count) in month.paymentsByLag.prefix(PaymentLag.largest + 1).enumerated() {
        while sum.count <= lag { sum.append(0) }
        sum[lag] += max(0, count)
      }
    }
    guard counts.reduce(0, +) > 0 else { return }
    for stream in model.streams {
      guard let driver = latent.slots.firstIndex(of: stream.collectionMonths.index),
        touched.insert(driver).inserted
      else { continue }
      let lag = PaymentLag(prior: latent.laws[driver].quantile(0.5), counts: counts)
      let law = Distribution.gamma(
        shape: lag.mean * lag.mean / lag.variance, scale: lag.variance / max(lag.mean, 1e-9))
      let index = latent.slots[driver]
      model.parameters.slots[index].content = .uncertain(law)
      updates.append(
        update(
          slot: index, driver: driver, law: law, method: .dirichlet, weight: lag.weight,
          observations: Int(counts.reduce(0, +)), conflict: 1, notes: []))
    }
  }
}

/// Months from invoice to cash: Dirichlet–multinomial over whole months of lag.
package struct PaymentLag: Sendable, Hashable {
  package static let largest = 24
  package static let priorWeight = 1.0
  /// Dirichlet parameters by lag.
  package let alpha: [Double]
  private let total: Double

  package init(prior: Double, counts: [Double]) {
    var alpha = counts
    let stated = min(max(prior, 0), Double(Self.largest))
    let low = Int(stated)
    while alpha.count <= low + 1 { alpha.append(0) }
    alpha[low] += Self.priorWeight * (1 - (stated - Double(low)))
    alpha[low + 1] += Self.priorWeight * (stated - Double(low))
    self.alpha = alpha
    total = alpha.reduce(0, +)
  }

  package var mean: Double {
    alpha.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } / total
  }

  /// Of the mean lag: (Σ l² p − mean²) ÷ (total + 1); kept above 0.
  package var variance: Double {
    let square = alpha.enumerated().reduce(0) {
      $0 + Double($1.offset * $1.offset) * $1.element
    }
    return max((square / total - mean * mean) / (total + 1), 1e-6)
  }

  package var weight: Double { 1 - Self.priorWeight / total }
}
