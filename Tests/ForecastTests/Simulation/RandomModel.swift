import Ledger

@testable import Forecast

/// A model with random parts and numbers, for laws that hold for every model.
struct RandomModel {
  private var generator: SplitMix
  private var table = ParameterTable()

  struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }

  static func make(_ seed: UInt64) -> Model {
    var maker = RandomModel(generator: SplitMix(state: seed))
    return maker.model()
  }

  private mutating func chance(_ share: Double) -> Bool {
    Double.random(in: 0..<1, using: &generator) < share
  }

  /// A constant, or a uniform between the bounds.
  private mutating func slot(_ low: Double, _ high: Double) -> Parameter {
    let name = "slot.\(table.slots.count)"
    guard chance(0.5) else {
      return table.constant(Double.random(in: low...high, using: &generator), name: name)
    }
    table.slots.append(
      .init(
        name: name, label: name, unit: "", scale: 1, line: 0,
        content: .uncertain(.uniform(low: low, high: high))))
    return Parameter(table.slots.count - 1)
  }

  private mutating func fixed(_ value: Double) -> Parameter {
    table.constant(value, name: "slot.\(table.slots.count)")
  }

  private mutating func maybe(_ share: Double, _ low: Double, _ high: Double) -> Parameter? {
    chance(share) ? slot(low, high) : nil
  }

  private mutating func segment(_ index: Int) -> Segment {
    let hasMarket = chance(0.6)
    var segment = Segment(
      id: "s\(index)", name: "", market: hasMarket ? slot(50, 3000) : nil,
      channels: (0..<Int.random(in: 0...2, using: &generator)).map { channel in
        .init(
          id: "c\(channel)", name: "", spend: slot(0, 20_000), growth: slot(-0.02, 0.04),
          from: slot(0, 9), to: maybe(0.3, 5, 20), acquisitionCost: slot(200, 3000),
          saturation: maybe(0.7, 10_000, 90_000), saturationExponent: maybe(0.7, 0.1, 1))
      }, bass: hasMarket ? .init(innovation: slot(0, 0.01), imitation: slot(0, 0.2)) : nil,
      free: chance(0.5)
        ? .init(
          opening: slot(0, 300), signups: slot(0, 500), growth: slot(-0.02, 0.03),
          conversion: slot(0, 0.3), churn: slot(0, 0.9), tokens: slot(0, 1e5)) : nil,
      openingCustomers: slot(0, 90), openingAdopters: slot(0, 40), dispersion: maybe(0.6, 0.3, 20),
      churn: slot(0, 0.6), churnConcentration: maybe(0.7, 0.5, 12),
      serviceSensitivity: maybe(0.5, 0, 9), priceElasticity: maybe(0.5, 0, 2),
      expansion: slot(-0.03, 0.05), tokens: slot(1e5, 1e8), outputShare: slot(0, 1),
      cachedShare: slot(0, 1), tokensPerRequest: slot(100, 4000),
      usageSpread: maybe(0.6, 0.1, 1.5), usageVolatility: maybe(0.6, 0, 0.4), seats: slot(1, 9),
      events: slot(0, 900), successRate: slot(0, 1), supportCost: slot(0, 50))
    if chance(0.5) { segment.openingAges = [0.5, 0.2, 0.3] }
    return segment
  }

  private mutating func item() -> RevenueStream.PricedItem {
    let meter = RevenueStream.Meter.allCases.randomElement(using: &generator) ?? .tokens
    let curves = [
      ChargeCurve.perUnit(1e-5), .fixed(90),
      ChargeCurve(pieces: [
        .init(from: 0, base: 0, slope: 0), .init(from: 1e6, base: 9, slope: 3e-6),
      ]),
      ChargeCurve(
        pieces: [.init(from: 0, base: 0, slope: 0)],
        package: .init(free: 1e5, size: 1e6, price: 20), minimum: 15),
    ]
    return .init(meter: meter, curve: curves.randomElement(using: &generator) ?? .fixed(1))
  }

  private mutating func volume(_ segments: Int, _ roles: Int) -> RevenueStream.Volume {
    let segment = Int.random(in: 0..<segments, using: &generator)
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: return .orders(rate: slot(0, 30), growth: slot(-0.02, 0.04))
    case 1:
      return .projects(
        rate: slot(0, 4), growth: slot(0, 0.02), winRate: slot(0, 1), personMonths: slot(0, 9),
        role: Int.random(in: 0..<roles, using: &generator))
    case 2: return .audience(segment: segment, impressions: slot(0, 90), fill: slot(0, 1))
    case 3: return .turnover(amount: slot(0, 90_000), growth: slot(-0.02, 0.04))
    default: return .customers(segment: segment, attach: slot(0, 1))
    }
  }

  private mutating func stream(_ index: Int, _ segments: Int, _ roles: Int) -> RevenueStream {
    let volume = volume(segments, roles)
    let kind = RevenueStream.Kind.allCases.randomElement(using: &generator) ?? .usage
    return RevenueStream(
      id: "r\(index)", name: "", kind: kind, volume: volume,
      offer: (0..<Int.random(in: 1...2, using: &generator)).map { _ in item() }, offerID: nil,
      price: slot(0, 2), isIndexed: chance(0.5), unitCost: slot(0, 1), partnerShare: slot(0, 0.5),
      advanceMonths: chance(0.5) ? fixed(0) : slot(0, 14), collectionMonths: slot(0, 4),
      from: slot(0, 8), retention: slot(0.3, 1.2))
  }

  private mutating func fleet() -> Fleet {
    Fleet(
      mode: Fleet.Mode.allCases.randomElement(using: &generator) ?? .cloud,
      running: slot(100, 9000),
      purchase: slot(0, 90_000), life: slot(1, 48), throughput: slot(1e7, 1e10), peak: slot(1, 4),
      lead: slot(0, 5), minimum: slot(0, 3), maximum: maybe(0.5, 3, 30), slots: 8,
      serviceSeconds: 6, variation: 1.4, waitSeconds: 2, overflow: maybe(0.5, 0, 1e-5),
      upstreamShare: slot(0, 0.4))
  }

  private mutating func finance() -> Finance {
    Finance(
      openingCash: slot(-1e5, 3e6),
      rounds: (0..<2).map { round in
        .init(
          id: "f\(round)", name: "", month: slot(0, 20), cashBelow: maybe(0.5, 0, 1e6),
          amount: slot(0, 2e6), probability: slot(0, 1), equity: slot(0, 0.3))
      },
      loans: [
        .init(
          id: "l", name: "", month: slot(0, 12), amount: slot(0, 5e5), rate: slot(0, 0.02),
          term: slot(1, 30))
      ], incomeTax: slot(0, 0.3), revenueTax: slot(0, 0.06), paymentFee: slot(0, 0.03),
      payableMonths: slot(0, 3), discountRate: slot(0, 0.02),
      openingReceivable: maybe(0.5, 0, 1e5), openingPayable: maybe(0.5, 0, 1e5))
  }

  private mutating func model() -> Model {
    let segments = (0..<Int.random(in: 1...3, using: &generator)).map { segment($0) }
    let accounts: [Account] = [.people, .support, .deliveryStaff, .trainingAndResearch]
    let roles = accounts.prefix(Int.random(in: 1...4, using: &generator)).enumerated().map {
      index, account in
      Role(
        id: "p\(index)", name: "", account: account, opening: slot(0, 5),
        hires: [.init(month: slot(0, 20), count: slot(0, 3))], customersEach: maybe(0.4, 10, 300),
        cost: slot(1000, 20_000), growth: slot(0, 0.01), recruiting: slot(0, 9000),
        ramp: slot(0, 6))
    }
    let streams = (0..<Int.random(in: 1...5, using: &generator)).map {
      stream($0, segments.count, roles.count)
    }
    let costs = (0..<2).map { index in
      CostLine(
        id: "k\(index)", name: "", account: index == 0 ? .administration : .marketing,
        amount: slot(0, 40_000), isOneOff: index == 1, growth: slot(0, 0.01), from: slot(0, 9),
        to: maybe(0.4, 9, 20))
    }
    let shocks = (0..<Int.random(in: 0...3, using: &generator)).map { index in
      Shock(
        id: "x\(index)", name: "", rate: slot(0, 0.3), lossLow: slot(0, 1000),
        lossHigh: slot(2000, 90_000), duration: slot(0, 6), acquisitionFactor: slot(0.3, 1.2),
        churnFactor: slot(0.8, 2))
    }
    let (fleet, finance) = (fleet(), finance())
    let token = Model.Drift(drift: slot(-0.04, 0.01), volatility: slot(0, 0.1))
    let machine = Model.Drift(drift: slot(-0.04, 0.01), volatility: slot(0, 0.1))
    let multiplier = slot(0.5, 2)
    return Model(
      currency: .cny, start: Month(year: 2027, month: 1), months: 30, parameters: table,
      segments: segments, streams: streams, fleet: fleet, roles: roles, costs: costs,
      shocks: shocks, finance: finance, tokenPrice: token, machinePrice: machine,
      priceMultiplier: multiplier)
  }
}
