import Foundation
import Ledger

@testable import Forecast

/// A small venture of the model's own process equations: one channel, one segment that churns by the
/// shifted beta-geometric hazard, lognormal usage with a common monthly shock, one price a token, one
/// machine whose speed is measured. Light enough for thousands of ledgers in seconds.
struct SyntheticVenture {
  /// Laws of the drivers, in the order of `names`.
  var laws: [Distribution]
  var dispersion: Double? = 12
  var volatility = 0.08
  /// The acquisition cost is a formula of these: cost = click ÷ (visit rate × close rate).
  var isFunnel = false
  var spend = 6_000.0
  /// σ of the log of a customer's usage, which stays with the customer.
  var usageSpread: Double?
  /// Of the measured speed and of the price realised.
  var hasMeasurementNoise = true

  static let names = ["cost", "churn", "concentration", "tokens", "price", "speed"]

  static let plain = SyntheticVenture(laws: [
    .lognormal(mu: log(300), sigma: 0.5), .beta(alpha: 4, beta: 36, low: 0, high: 1),
    .lognormal(mu: log(3), sigma: 0.6), .lognormal(mu: log(2e6), sigma: 0.6),
    .lognormal(mu: 0, sigma: 0.25), .lognormal(mu: log(1e9), sigma: 0.4),
  ])

  static let funnel: SyntheticVenture = {
    var venture = plain
    venture.isFunnel = true
    venture.laws += [
      .lognormal(mu: log(3), sigma: 0.3), .beta(alpha: 8, beta: 72, low: 0, high: 1),
      .beta(alpha: 6, beta: 54, low: 0, high: 1),
    ]
    return venture
  }()

  /// Names of the drivers there are.
  var names: [String] { isFunnel ? Self.names + ["click", "visit", "close"] : Self.names }

  // MARK: The model

  func model(months: Int = 12, laws: [Distribution]? = nil) -> Model {
    var table = ParameterTable()
    func slot(_ name: String, _ content: ParameterTable.Content) -> Parameter {
      table.slots.append(
        ParameterTable.Slot(
          name: name, label: name, unit: "", scale: 1, line: table.slots.count + 1,
          content: content))
      return Parameter(table.slots.count - 1)
    }
    let drivers = zip(names, laws ?? self.laws).map { slot($0, .uncertain($1)) }
    let zero = slot("zero", .constant(0))
    let one = slot("one", .constant(1))
    func constant(_ value: Double, _ name: String) -> Parameter { slot(name, .constant(value)) }
    var cost = drivers[0]
    if isFunnel {
      cost = slot(
        "funnel",
        .formula([
          .slot(drivers[6].index), .slot(drivers[7].index), .slot(drivers[8].index), .multiply,
          .divide,
        ]))
    }
    let segment = Segment(
      id: "all", name: "all", market: nil,
      channels: [
        Segment.Channel(
          id: "ads", name: "ads", spend: constant(spend, "spend"), growth: zero, from: zero,
          to: nil, acquisitionCost: cost, saturation: nil, saturationExponent: nil)
      ], bass: nil, free: nil, openingCustomers: zero, openingAdopters: zero,
      dispersion: dispersion.map { constant($0, "dispersion") }, churn: drivers[1],
      churnConcentration: drivers[2], serviceSensitivity: nil, priceElasticity: nil,
      expansion: zero, tokens: drivers[3], outputShare: constant(0.3, "output_share"),
      cachedShare: zero, tokensPerRequest: constant(1_000, "request"),
      usageSpread: usageSpread.map { constant($0, "spread") },
      usageVolatility: constant(volatility, "volatility"), seats: one, events: zero,
      successRate: zero, supportCost: zero)
    let stream = RevenueStream(
      id: "api", name: "api", kind: .usage, volume: .customers(segment: 0, attach: one),
      offer: [RevenueStream.PricedItem(meter: .tokens, curve: .perUnit(Self.price))],
      offerID: "payg", price: one, isIndexed: false, unitCost: zero, partnerShare: zero,
      advanceMonths: zero, collectionMonths: zero, from: zero, retention: one)
    let fleet = Fleet(
      mode: .cloud, running: constant(1_500, "running"), purchase: zero, life: one,
      throughput: drivers[5], peak: one, lead: zero, minimum: zero, maximum: nil, slots: 16,
      serviceSeconds: 2, variation: 1, waitSeconds: 4, overflow: nil, upstreamShare: zero)
    let finance = Finance(
      openingCash: constant(100_000, "cash"), rounds: [], loans: [], incomeTax: zero,
      revenueTax: zero, paymentFee: zero, payableMonths: zero, discountRate: zero)
    return Model(
      currency: .usd, start: Month(year: 2027, month: 1), months: months, parameters: table,
      segments: [segment], streams: [stream], fleet: fleet, roles: [], costs: [], shocks: [],
      finance: finance, tokenPrice: Model.Drift(drift: zero, volatility: zero),
      machinePrice: Model.Drift(drift: zero, volatility: zero), priceMultiplier: drivers[4])
  }

  /// Money a token.
  static let price = 1e-5

  // MARK: What happens

  /// Values of the drivers from the laws.
  func truth(_ random: inout RandomStream) -> [Double] {
    laws.map { $0.quantile(random.uniform()) }
  }

  private func acquisitionCost(_ truth: [Double]) -> Double {
    isFunnel ? truth[6] / (truth[7] * truth[8]) : truth[0]
  }

  /// A noise as the calibration expects it: scaled inverse χ² with 4 degrees about 0.1.
  static func measurementDeviation(_ random: inout RandomStream) -> Double {
    let chi = 2 * random.gamma(2)
    return 0.1 * (4 / chi).squareRoot()
  }

  /// A ledger of `months` months.
  func ledger(_ truth: [Double], months: Int, _ random: inout RandomStream) -> Actuals {
    var ages: [Double] = []
    var levels: [[Double]] = []
    let speedNoise = hasMeasurementNoise ? Self.measurementDeviation(&random) : 0
    let priceNoise = hasMeasurementNoise ? Self.measurementDeviation(&random) : 0
    var result: [MonthActuals] = []
    for month in 0..<months {
      let step = advance(&ages, truth, &random)
      let tokens =
        use(&levels, ages, &random) * truth[3]
        * exp(volatility * random.normal() - volatility * volatility / 2)
      let revenue = tokens * Self.price * truth[4] * exp(priceNoise * random.normal())
      let item = SegmentActuals(
        newCustomers: step.new, lost: step.lost, active: step.active, activeByAge: ages,
        tokens: tokens, outputTokens: tokens * 0.3, requests: tokens / 1_000, revenue: revenue)
      result.append(
        MonthActuals(
          month: Month(year: 2027, month: 1).advanced(by: month), bySegment: ["all": item],
          byStream: ["api": revenue], costs: ["marketing": spend], machineUsedNanoseconds: 1,
          tokensPerSecond: truth[5] / 2_628_000 * exp(speedNoise * random.normal())))
    }
    return Actuals(currency: .usd, months: result, position: Int64(months))
  }

  /// The active customers, each weighing what it uses beside the mean. `levels` are theirs by cohort, the
  /// youngest first.
  private func use(
    _ levels: inout [[Double]], _ ages: [Double], _ random: inout RandomStream
  ) -> Double {
    guard let spread = usageSpread else { return ages.reduce(0, +) }
    levels.insert(
      (0..<Int(ages[0])).map { _ in exp(spread * random.normal() - spread * spread / 2) }, at: 0)
    for age in ages.indices { levels[age].removeLast(levels[age].count - Int(ages[age])) }
    return levels.joined().reduce(0, +)
  }

  /// One month of coming and going; `ages` is the active customers by age.
  private func advance(
    _ ages: inout [Double], _ truth: [Double], _ random: inout RandomStream
  )
    -> (new: Double, lost: Double, active: Double)
  {
    var lost = 0.0
    for age in ages.indices where ages[age] > 0 {
      let hazard = truth[1] * truth[2] / (truth[2] + Double(age))
      let left = Double(random.binomial(Int(ages[age]), min(hazard, 1)))
      ages[age] -= left
      lost += left
    }
    let mean = spend / acquisitionCost(truth)
    let new =
      dispersion.map { random.negativeBinomial(mean: mean, dispersion: $0) }
      ?? random.poisson(mean)
    ages.insert(Double(new), at: 0)
    return (Double(new), lost, ages.reduce(0, +))
  }

  /// Monthly revenue over paths of a model of this shape, [month][path]: the light forecaster.
  static func forecast(_ model: Model, months: Int, paths: Int, seed: UInt64) throws -> [[Double]] {
    let program = try ParameterProgram(model.parameters)
    let segment = model.segments[0]
    let channel = segment.channels[0]
    let shares = segment.openingAges.isEmpty ? [1] : segment.openingAges
    var result = [[Double]](repeating: [], count: months)
    let key = RandomStream.Key(seed: seed, name: "forecast")
    for path in 0..<paths {
      var random = RandomStream(key, path: path, index: 0)
      let values = program.values(uniforms: program.uncertain.map { _ in random.uniform() })
      func value(_ parameter: Parameter) -> Double { values[parameter.index] }
      let opening = value(segment.openingCustomers)
      var ages = shares.map { ($0 * opening).rounded() }
      let mean = value(channel.spend) / value(channel.acquisitionCost)
      let concentration = segment.churnConcentration.map(value)
      let sigma = segment.usageVolatility.map(value) ?? 0
      for month in 0..<months {
        for age in ages.indices where ages[age] > 0 {
          let hazard =
            value(segment.churn) * (concentration.map { $0 / ($0 + Double(age)) } ?? 1)
          ages[age] -= Double(random.binomial(Int(ages[age]), min(max(hazard, 0), 1)))
        }
        let new =
          segment.dispersion.map { random.negativeBinomial(mean: mean, dispersion: value($0)) }
          ?? random.poisson(mean)
        ages.insert(Double(new), at: 0)
        let tokens =
          ages.reduce(0, +) * value(segment.tokens)
          * exp(sigma * random.normal() - sigma * sigma / 2)
        result[month].append(tokens * price * value(model.priceMultiplier))
      }
    }
    return result
  }
}
