import Foundation
import Ledger

/// The data of one model: reads the actuals field by field into `Evidence`.
struct EvidenceBook {
  let model: Model
  let actuals: Actuals
  let options: Calibration.Options
  /// Slot values at the medians, for what has no data.
  let medians: [Double]
  private(set) var evidence: [Evidence] = []

  init(
    model: Model, actuals: Actuals, options: Calibration.Options, medians: [Double]
  ) {
    self.model = model
    self.actuals = actuals
    self.options = options
    self.medians = medians
  }

  mutating func add(_ item: Evidence?) {
    if let item, item.count > 0 { evidence.append(item) }
  }

  /// Months since the model's start of the actuals' month `index`.
  func offset(_ index: Int) -> Int { actuals.months[index].month.index - model.start.index }

  /// How much month `index` of the arrivals weighs: the power discount by its age.
  func weight(_ index: Int) -> Double {
    options.discount == 1 ? 1 : pow(options.discount, Double(actuals.months.count - 1 - index))
  }

  func series(_ segment: Int) -> [SegmentActuals] {
    let id = model.segments[segment].id
    return actuals.months.map { $0.bySegment[id] ?? SegmentActuals() }
  }

  mutating func collectAll() {
    for segment in model.segments.indices {
      add(arrivals(segment))
      add(churn(segment))
      collectUsage(segment)
      collectFreeTier(segment)
    }
    for stream in model.streams.indices { add(revenue(stream)) }
    collectMachines()
    collectCosts()
    for shock in model.shocks { add(incidents(shock)) }
  }
}

// MARK: Arrivals

extension EvidenceBook {
  /// New customers a month: negative binomial about what the channels, word of mouth and the free tier
  /// bring, each month's log-likelihood times the discount to the power of its age (power discounting:
  /// Smith, "A generalization of the Bayesian steady forecasting model", 1979).
  func arrivals(_ index: Int) -> Evidence? {
    let segment = model.segments[index]
    let data = series(index)
    guard !data.isEmpty else { return nil }
    let means = ArrivalMean(book: self, segment: index)
    let (noise, dispersion) = dispersionNoise(segment)
    let rows = data.indices.map { month in
      ArrivalRow(
        count: data[month].newCustomers, share: actuals.months[month].observedShare,
        // Minutes that begin with the first customers are no sample of a month.
        weight: weight(month) * actuals.months[month].observedShare,
        logFactorial: lgamma(data[month].newCustomers + 1))
    }
    // The terms without the mean: gamma functions cost more than all the rest.
    let constants = noise.values.map { k in rows.map { $0.constant(overdispersion: k) } }
    return Evidence(
      method: .gammaPoisson, count: rows.count,
      reads: means.reads + (dispersion.map { [$0.index] } ?? []), noise: noise,
      process: dispersion == nil ? .dispersion(index) : nil
    ) { values, index in
      let stated = dispersion.map { 1 / max(values[$0.index], 1e-9) }
      let k = stated ?? noise.values[index]
      var sum = 0.0
      for month in rows.indices {
        let row = rows[month]
        let constant = stated == nil ? constants[index][month] : row.constant(overdispersion: k)
        sum +=
          row.weight
          * (constant + row.variable(mean: means.value(month, values), overdispersion: k))
      }
      return sum
    }
  }

  /// The plan's constant (or nothing) becomes a grid; an uncertain φ is a driver like others.
  private func dispersionNoise(_ segment: Segment) -> (NoiseGrid, Parameter?) {
    var stated = 0.0
    if let dispersion = segment.dispersion {
      guard case .constant(let value) = model.parameters[dispersion].content else {
        return (.none, dispersion)
      }
      stated = value > 0 ? 1 / value : 0
    }
    guard let degrees = options.processDegrees else { return (.known(stated), nil) }
    return (.overdispersion(guess: stated, degrees: degrees), nil)
  }
}

struct ArrivalRow: Sendable {
  let count: Double
  let share: Double
  let weight: Double
  let logFactorial: Double

  /// Terms of the negative binomial's (at k = 0 the Poisson's) log probability without its mean.
  func constant(overdispersion k: Double) -> Double {
    guard k > 1e-7 else { return -logFactorial }
    let phi = 1 / k
    return lgamma(count + phi) - lgamma(phi) - logFactorial
  }

  func variable(mean: Double, overdispersion k: Double) -> Double {
    let mu = mean * share
    guard mu > 0 else { return count == 0 ? 0 : -.infinity }
    guard k > 1e-7 else { return count * log(mu) - mu }
    let phi = 1 / k
    return count * log(mu / (mu + phi)) - phi * log1p(mu / phi)
  }
}

/// What the model expects of new customers in a month, given what was observed before it.
struct ArrivalMean: Sendable {

  let reads: [Int]
  private let segment: Segment
  private let priceMultiplier: Parameter
  private let offsets: [Int]
  /// Observed marketing ÷ what the plan's channels would have spent, by month; 1 when not known.
  private let spendShare: [Double?]
  private let allChannels: [Segment.Channel]
  /// Won before each month, after the start.
  private let won: [Double]

  init(book: EvidenceBook, segment index: Int) {
    let segment = book.model.segments[index]
    self.segment = segment
    priceMultiplier = book.model.priceMultiplier
    offsets = book.actuals.months.indices.map(book.offset)
    allChannels = book.model.segments.flatMap(\.channels)
    let isOnlyChannels =
      !book.model.costs.contains { $0.account == .marketing }
      && !book.model.roles.contains { $0.account == .marketing }
    spendShare = book.actuals.months.map { month in
      guard isOnlyChannels, let spent = month.costs["marketing"], spent > 0 else { return nil }
      return spent / month.observedShare
    }
    var total = 0.0
    won = book.series(index).map { month in
      defer { total += month.newCustomers }
      return total
    }
    var parameters = [priceMultiplier, segment.openingAdopters]
    for channel in isOnlyChannels ? allChannels : segment.channels {
      parameters += [channel.spend, channel.growth, channel.from]
      if let to = channel.to { parameters.append(to) }
    }
    for channel in segment.channels {
      parameters.append(channel.acquisitionCost)
      parameters += [channel.saturation, channel.saturationExponent].compactMap { $0 }
    }
    if let bass = segment.bass { parameters += [bass.innovation, bass.imitation] }
    if let free = segment.free {
      parameters += [free.opening, free.signups, free.growth, free.conversion, free.churn]
    }
    parameters += [segment.market, segment.priceElasticity].compactMap { $0 }
    reads = parameters.map(\.index)
  }

  func value(_ month: Int, _ values: [Double]) -> Double {
    let time = offsets[month]
    var scale = 1.0
    if let spent = spendShare[month] {
      let planned = allChannels.reduce(0) { $0 + Self.spend($1, time, values) }
      if planned > 0 { scale = spent / planned }
    }
    var mean = 0.0
    for channel in segment.channels {
      let spend = Self.spend(channel, time, values) * scale
      mean += Self.customers(channel, spend, values)
    }
    if let bass = segment.bass, let market = segment.market {
      let size = max(values[market.index], 1)
      let adopters = values[segment.openingAdopters.index] + won[month]
      mean +=
        (values[bass.innovation.index] + values[bass.imitation.index] * adopters / size)
        * max(0, size - adopters)
    }
    if let free = segment.free { mean += Self.converted(free, time, values) }
    if let elasticity = segment.priceElasticity {
      let multiplier = max(values[priceMultiplier.index], 1e-9)
      if multiplier != 1 { mean *= pow(multiplier, -values[elasticity.index]) }
    }
    return mean
  }

  static func spend(_ channel: Segment.Channel, _ time: Int, _ values: [Double]) -> Double {
    let month = Double(time)
    guard month >= values[channel.from.index], channel.to.map({ month < values[$0.index] }) ?? true
    else { return 0 }
    let growth = values[channel.growth.index]
    let spend = values[channel.spend.index]
    return max(0, growth == 0 ? spend : spend * pow(1 + growth, month))
  }

  static func customers(_ channel: Segment.Channel, _ spend: Double, _ values: [Double]) -> Double {
    var cost = values[channel.acquisitionCost.index]
    if let saturation = channel.saturation, let exponent = channel.saturationExponent,
      values[saturation.index] > 0
    {
      cost *= pow(1 + spend / values[saturation.index], values[exponent.index])
    }
    return cost > 0 ? spend / cost : 0
  }

  /// Expected conversions of a free tier that nobody counts.
  private static func converted(_ free: Segment.FreeTier, _ time: Int, _ values: [Double]) -> Double
  {
    let leave = min(max(values[free.churn.index], 0), 1)
    let pay = min(max(values[free.conversion.index], 0), 1)
    var users = values[free.opening.index]
    var converted = 0.0
    for month in 0...max(0, time) {
      converted = users * pay
      let joined = values[free.signups.index] * pow(1 + values[free.growth.index], Double(month))
      users = max(0, users * (1 - leave - pay)) + joined
    }
    return converted
  }
}
