import Billing
import Forecast
import Ledger
import TestSupport
import Testing

/// The forecast's curves and the exact charge models agree.
struct ChargeCurveTests {
  private func money(_ units: Int, _ generator: inout SplitMix64) -> Money {
    Money(picos: Int128(Int.random(in: 1...units * 1_000_000, using: &generator)) * 1_000_000, .usd)
  }

  private func unit(_ generator: inout SplitMix64) throws -> UnitPrice {
    try UnitPrice(
      money(50, &generator), per: [1, 1_000, 1_000_000].randomElement(using: &generator)!)
  }

  private func tiers(_ generator: inout SplitMix64) throws -> [PriceTier] {
    var last = 0
    let count = Int.random(in: 1...5, using: &generator)
    return try (0..<count).map { index in
      last += Int.random(in: 1...5_000, using: &generator)
      return try PriceTier(
        upTo: index == count - 1 ? nil : last, unit: unit(&generator),
        fee: Bool.random(using: &generator) ? nil : money(100, &generator))
    }
  }

  private func item(_ generator: inout SplitMix64) throws -> PriceItem {
    let model: ChargeModel =
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: .perUnit(try unit(&generator))
      case 1:
        .package(price: money(50, &generator), size: Int.random(in: 1...900, using: &generator))
      case 2: .graduated(try tiers(&generator))
      case 3: .volume(try tiers(&generator))
      default: .fixed(money(500, &generator))
      }
    let minimum = Bool.random(using: &generator) ? nil : money(100, &generator)
    let maximum =
      Bool.random(using: &generator)
      ? nil : (minimum ?? .zero(.usd)) + Money(units: 1, .usd) + money(400, &generator)
    return try PriceItem(
      meter: .events, model: model, included: Int.random(in: 0...1, using: &generator) * 700,
      minimum: minimum, maximum: maximum)
  }

  private func isEqual(_ curve: Double, _ exact: Money, relative: Double = 1e-12) -> Bool {
    let exact = Double(exact.picos) / 1e12
    return abs(curve - exact) <= relative * max(abs(exact), 1e-6)
  }

  @Test func aCurveIsTheExactAmountAtEveryWholeQuantity() throws {
    var generator = SplitMix64(seed: 51)
    var compared = 0
    for _ in 0..<400 {
      let item = try item(&generator)
      guard let curve = try? ChargeCurve(item) else {
        guard case .package = item.model else {
          Issue.record("refused: \(item)")
          continue
        }
        continue
      }
      #expect(curve.pieces[0].from == 0)
      #expect(zip(curve.pieces, curve.pieces.dropFirst()).allSatisfy { $0.from < $1.from })
      var quantities = (0..<40).map { _ in Int.random(in: 0...40_000, using: &generator) }
      quantities += [0, 1, item.included, item.included + 1]
      // Either side of every break.
      quantities += curve.pieces.flatMap { [Int($0.from), Int($0.from) + 1] }
      for quantity in quantities {
        compared += 1
        #expect(
          isEqual(curve.charge(Double(quantity)), item.amount(quantity)),
          "\(quantity) of \(item): \(curve.charge(Double(quantity)))")
      }
    }
    #expect(compared > 10_000)
  }

  @Test func anOffersCurvesAddToItsRateWithDiscountMinimumAndMaximum() throws {
    var generator = SplitMix64(seed: 52)
    for _ in 0..<100 {
      let items = try [Meter.seats, .events, .outcomes].map { meter in
        let item = try item(&generator)
        return try PriceItem(
          id: meter.rawValue, meter: meter, model: item.model, included: item.included,
          minimum: item.minimum)
      }
      let offer = try Offer(
        id: "o", items: items,
        minimum: Bool.random(using: &generator) ? nil : money(900, &generator),
        discountBasisPoints: Int.random(in: 0...10_000, using: &generator))
      let counts = [Meter.seats, .events, .outcomes].map {
        ($0, Int.random(in: 0...9_000, using: &generator))
      }
      let exact = try offer.rate(MeteredUsage(Dictionary(uniqueKeysWithValues: counts))).total(.usd)
      let curves = try RevenueStream.items(of: offer)
      let sum = zip(curves, counts).reduce(0.0) { $0 + $1.0.curve.charge(Double($1.1.1)) }
      let least = offer.minimum.map { Double($0.picos) / 1e12 } ?? 0
      #expect(isEqual(max(sum, least), exact, relative: 1e-9))
    }
  }

  @Test func aYearsFeeIsSpreadOverItsMonths() throws {
    let item = try PriceItem.fee(Money(units: 1_200, .usd))
    #expect(try ChargeCurve(item, interval: .year).charge(1) == 100)
    let quota = try PriceItem(
      meter: .output, model: .perUnit(UnitPrice(Money(units: 2, .usd))), included: 120)
    #expect(try ChargeCurve(quota, interval: .year).charge(15) == 10)
  }

  @Test func aPercentageIsRefusedWithTheStreamToWrite() throws {
    let item = try PriceItem(
      meter: .events,
      model: .percentage(basisPoints: 290, fee: .zero(.usd), minimum: nil, maximum: nil))
    let error = try #require(throws: ForecastError.self) { try ChargeCurve(item) }
    #expect(error.message.contains("revenue_share"))
  }

  /// One month of a customer: request by request through the gateway's price book, by the price list,
  /// and by the forecast's curves.
  @Test func gatewayPriceListAndForecastChargeTheSameToTheCoin() throws {
    var generator = SplitMix64(seed: 53)
    for round in 0..<40 {
      let offer = try Offer(
        id: "smb",
        items: [
          PriceItem(
            meter: .input, model: .perUnit(UnitPrice(money(9, &generator), per: 1_000_000))),
          PriceItem(
            meter: .cachedInput, model: .perUnit(UnitPrice(money(2, &generator), per: 1_000_000))),
          PriceItem(
            meter: .output, model: .perUnit(UnitPrice(money(30, &generator), per: 1_000_000))),
          PriceItem(meter: .requests, model: .perUnit(UnitPrice(money(1, &generator)))),
        ])
      let list = try PriceList(version: "v", currency: .usd, offers: [offer])
      let version = try PriceVersion(
        id: "p\(round)", model: "m", plan: "smb", offer: offer, effective: Sample.start,
        created: Sample.start)
      var settled = Money.zero(.usd)
      var counts: [Meter: Int] = [:]
      for _ in 0..<500 {
        let prompt = Int.random(in: 1...4_000, using: &generator)
        let usage = Sample.usage(
          prompt, cached: Int.random(in: 0...prompt, using: &generator),
          output: Int.random(in: 1...800, using: &generator))
        settled += Rating.rate(usage, at: version).total
        counts[.input, default: 0] += usage.input
        counts[.cachedInput, default: 0] += usage.cachedInput
        counts[.output, default: 0] += usage.output
        counts[.requests, default: 0] += 1
      }
      let usage = try MeteredUsage(counts)
      let statement = try list.statement(for: usage, offer: "smb")
      #expect(statement.subtotal == settled)
      let meters: [Meter] = [.input, .cachedInput, .output, .requests]
      let forecast = zip(try RevenueStream.items(of: offer), meters).reduce(0.0) {
        $0 + $1.0.curve.charge(Double(usage[$1.1]))
      }
      #expect(
        (forecast * 100).rounded(.toNearestOrEven) / 100 == Double(statement.total.picos) / 1e12)
    }
  }
}
