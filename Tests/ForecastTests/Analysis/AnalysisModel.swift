import Ledger

@testable import Forecast

/// A small venture for the analyses: one segment won by one channel, one usage stream, a cloud fleet,
/// two engineers and an office. Uncertain: churn, tokens a customer, the cost of winning one, the
/// hourly cost of a machine, and `idle`, which nothing uses.
struct AnalysisModel {
  var table = ParameterTable()

  mutating func fixed(_ name: String, _ value: Double) -> Parameter {
    table.constant(value, name: name)
  }

  mutating func uncertain(_ name: String, _ distribution: Distribution) -> Parameter {
    table.slots.append(
      ParameterTable.Slot(
        name: name, label: name.uppercased(), unit: "", scale: 1, line: table.slots.count + 1,
        content: .uncertain(distribution)))
    return Parameter(table.slots.count - 1)
  }

  static func make(months: Int = 24, correlation: Double = 0) -> Model {
    var builder = AnalysisModel()
    let churn = builder.uncertain("churn", .beta(alpha: 4, beta: 96, low: 0, high: 1))
    let tokens = builder.uncertain("tokens", .lognormal(mu: 16, sigma: 0.4))
    let acquisition = builder.uncertain("acquisition", .lognormal(mu: 6, sigma: 0.5))
    let running = builder.uncertain("running", .triangular(low: 1_000, mode: 1_500, high: 2_600))
    _ = builder.uncertain("idle", .normal(mean: 0, deviation: 1))
    let segment = builder.segment(churn: churn, tokens: tokens, acquisition: acquisition)
    let stream = builder.stream()
    let fleet = builder.fleet(running: running)
    let role = builder.role()
    let office = builder.office()
    let finance = builder.finance()
    let zero = builder.fixed("zero", 0)
    let multiplier = builder.fixed("multiplier", 1)
    if correlation != 0 {
      builder.table.correlations = [.init(first: 0, second: 1, rho: correlation)]
    }
    return Model(
      currency: .cny, start: Month(year: 2027, month: 1), months: months,
      parameters: builder.table, segments: [segment], streams: [stream], fleet: fleet,
      roles: [role], costs: [office], shocks: [], finance: finance,
      tokenPrice: .init(drift: zero, volatility: zero),
      machinePrice: .init(drift: zero, volatility: zero), priceMultiplier: multiplier)
  }

  private mutating func segment(
    churn: Parameter, tokens: Parameter, acquisition: Parameter
  ) -> Segment {
    let zero = fixed("segment.zero", 0)
    let channel = Segment.Channel(
      id: "ads", name: "Ads", spend: fixed("spend", 20_000), growth: zero,
      from: zero, to: nil, acquisitionCost: acquisition, saturation: nil, saturationExponent: nil)
    return Segment(
      id: "smb", name: "SMB", market: nil, channels: [channel], bass: nil, free: nil,
      openingCustomers: fixed("opening", 20), openingAdopters: zero, dispersion: nil, churn: churn,
      churnConcentration: nil, serviceSensitivity: nil,
      priceElasticity: fixed("elasticity", 1.2), expansion: zero, tokens: tokens,
      outputShare: fixed("output", 0.3), cachedShare: zero,
      tokensPerRequest: fixed("request", 1_000), usageSpread: nil, usageVolatility: nil,
      seats: fixed("seats", 1), events: zero, successRate: zero,
      supportCost: fixed("support", 150))
  }

  private mutating func stream() -> RevenueStream {
    let zero = fixed("stream.zero", 0)
    return RevenueStream(
      id: "usage", name: "Usage", kind: .usage,
      volume: .customers(segment: 0, attach: fixed("attach", 1)),
      offer: [.init(meter: .tokens, curve: .perUnit(60e-6))], offerID: nil,
      price: fixed("price", 1),
      isIndexed: false, unitCost: zero, partnerShare: zero, advanceMonths: zero,
      collectionMonths: fixed("collection", 1), from: zero, retention: fixed("retention", 1))
  }

  private mutating func fleet(running: Parameter) -> Fleet {
    Fleet(
      mode: .cloud, running: running, purchase: fixed("purchase", 30_000),
      life: fixed("life", 36), throughput: fixed("throughput", 2e9), peak: fixed("peak", 2),
      lead: fixed("lead", 0), minimum: fixed("least", 1), maximum: nil, slots: 8,
      serviceSeconds: 10, variation: 1, waitSeconds: 10, overflow: nil,
      upstreamShare: fixed("upstream", 0))
  }

  private mutating func role() -> Role {
    Role(
      id: "engineer", name: "Engineers", account: .people, opening: fixed("engineers", 1),
      hires: [.init(month: fixed("hire.month", 3), count: fixed("hire.count", 1))],
      customersEach: nil, cost: fixed("pay", 15_000), growth: fixed("raise", 0),
      recruiting: fixed("recruiting", 5_000), ramp: fixed("ramp", 3))
  }

  private mutating func office() -> CostLine {
    let zero = fixed("office.from", 0)
    return CostLine(
      id: "office", name: "Office", account: .administration, amount: fixed("office", 4_000),
      isOneOff: false, growth: zero, from: zero, to: nil)
  }

  private mutating func finance() -> Finance {
    let zero = fixed("finance.zero", 0)
    return Finance(
      openingCash: fixed("cash", 400_000), rounds: [], loans: [], incomeTax: zero,
      revenueTax: zero, paymentFee: fixed("fee", 0.01), payableMonths: zero,
      discountRate: fixed("discount", 0.01))
  }
}
