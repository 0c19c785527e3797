import Billing
import Forecast
import Foundation
import Ledger

/// One customer of the simulated year.
struct YearCustomer: Sendable {
  let customer: Customer
  let key: APIKey
  let segment: Int
  let offer: String
  /// Month of the year it came in; negative for who was there before.
  let since: Int
  /// Its own chance to leave in a month, and its own size: mean 1 over the segment.
  let leaving: Double
  let size: Double
}

/// Who is there in a month, who came and who left.
struct YearPopulation {
  let truth: YearTruth
  private(set) var active: [YearCustomer] = []
  private(set) var arrived: [YearCustomer] = []
  private(set) var lost: [Int] = []
  private var made = 0

  init(truth: YearTruth) { self.truth = truth }

  /// One month on: each customer stays or leaves, then new ones come.
  mutating func step(
    to month: Int, start: Timestamp, using generator: inout RandomStream
  ) {
    lost = truth.segments.map { _ in 0 }
    if month > 0 {
      var stayed: [YearCustomer] = []
      for customer in active {
        if generator.uniform() < customer.leaving {
          lost[customer.segment] += 1
        } else {
          stayed.append(customer)
        }
      }
      active = stayed
    }
    arrived = []
    for (index, segment) in truth.segments.enumerated() {
      if month == 0 {
        for _ in 0..<segment.openingCustomers {
          arrived.append(veteran(index, segment, start: start, using: &generator))
        }
      }
      var mean = segment.arrivals
      for _ in 0..<month { mean *= 1 + segment.arrivalGrowth }
      for _ in 0..<generator.poisson(mean) {
        let leaving = generator.beta(segment.churnAlpha, segment.churnBeta)
        arrived.append(
          make(index, segment, since: month, created: start, leaving, using: &generator))
      }
    }
    active += arrived
  }

  /// A customer from before the first month: up to three months old, and one of those who stayed.
  private mutating func veteran(
    _ index: Int, _ segment: YearTruth.Segment, start: Timestamp,
    using generator: inout RandomStream
  ) -> YearCustomer {
    while true {
      let age = Int.random(in: 1...3, using: &generator)
      let leaving = generator.beta(segment.churnAlpha, segment.churnBeta)
      guard !(0..<age).contains(where: { _ in generator.uniform() < leaving }) else { continue }
      let created = start.advanced(bySeconds: -Int64(age) * 2_628_000 - 3_600)
      return make(index, segment, since: -age, created: created, leaving, using: &generator)
    }
  }

  private mutating func make(
    _ index: Int, _ segment: YearTruth.Segment, since: Int, created: Timestamp, _ leaving: Double,
    using generator: inout RandomStream
  ) -> YearCustomer {
    made += 1
    let names = Self.names[index % Self.names.count]
    let id = "cus_\(segment.id)_\(made)"
    let digest = KeyDigest(
      bytes: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    return YearCustomer(
      customer: Customer(
        id: id, name: "\(names[made % names.count]) \(made)", currency: .cny, terms: .onAccount,
        plan: segment.id, created: created),
      key: APIKey(
        id: "key_\(segment.id)_\(made)", customer: id, digest: digest, prefix: "sk-be-\(made)",
        created: created, expires: nil, revoked: nil, models: nil),
      segment: index, offer: Self.offer(segment, since, using: &generator), since: since,
      leaving: leaving,
      size: generator.lognormal(mean: 1, spread: segment.usageSpread))
  }

  private static func offer(
    _ segment: YearTruth.Segment, _ month: Int, using generator: inout RandomStream
  ) -> String {
    var left = generator.uniform()
    for choice in segment.offers where choice.from <= max(0, month) {
      left -= choice.share
      if left < 0 { return choice.offer }
    }
    return segment.offers[0].offer
  }

  private static let names = [
    ["青禾小店", "云朵花坊", "老街茶铺", "Harbour Shop", "松果童装", "晨光文具", "一口甜品", "山野户外"],
    ["远航保险", "华岳银行", "Northwind 物流", "中原电力", "同济医药", "海川航空"],
    ["陈工", "Ada", "小林", "Bytesmith", "周周", "Kite", "阿杰", "Moss"],
  ]
}

extension RandomStream {
  /// Of mean `mean`; σ of the log `spread`.
  mutating func lognormal(mean: Double, spread: Double) -> Double {
    mean * exp(spread * normal() - spread * spread / 2)
  }
}
