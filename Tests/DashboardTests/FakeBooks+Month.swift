import Billing
import Ledger
import TestSupport

extension FakeBooks {
  /// A month of a small business: five customers in two currencies, a model of its own and one bought.
  static func month(
    until now: Timestamp, days: Int = 24, perDay: Int = 90, extraName: String? = nil
  ) throws -> FakeBooks {
    let books = FakeBooks()
    var random = SplitMix64(seed: 7)
    let start = now.advanced(bySeconds: -Int64(days) * 86_400)
    func usd(_ text: String) throws -> Money { try Money(parsing: text, .usd, field: "price") }
    func cny(_ text: String) throws -> Money { try Money(parsing: text, .cny, field: "price") }
    let rate = try MachineRate(hourly: try usd("0.62"))
    try books.change { state in
      let people: [(String, String, Currency, Customer.Terms)] = [
        ("cus_acme", "Acme Robotics", .usd, .prepaid), ("cus_lingxi", "深圳灵犀科技有限公司", .cny, .prepaid),
        ("cus_nord", "Nordlicht GmbH", .usd, .onAccount), ("cus_dawn", "晨光教育", .cny, .onAccount),
        ("cus_blue", extraName ?? "Blue Harbor Labs", .usd, .prepaid),
      ]
      state.customers = people.map {
        Customer(id: $0.0, name: $0.1, currency: $0.2, terms: $0.3, plan: nil, created: start)
      }
      state.keys = state.customers.map {
        APIKey(
          id: "key_\($0.id.dropFirst(4))", customer: $0.id,
          digest: KeyDigest(bytes: Array($0.id.utf8)),
          prefix: "sk-be-" + $0.id.suffix(4) + "7Q", created: start, expires: nil, revoked: nil,
          models: nil)
      }
      state.keys.append(
        APIKey(
          id: "key_old", customer: "cus_acme", digest: KeyDigest(bytes: [1]),
          prefix: "sk-be-h4Kd2m",
          created: start, expires: now, revoked: nil, models: ["smollm2-135m-instruct"]))
      func price(
        _ id: String, _ model: String, _ amounts: [Money], _ day: Int64
      ) throws
        -> PriceVersion
      {
        try PriceVersion(
          id: id, model: model, input: amounts[0], cachedInput: amounts[1], output: amounts[2],
          perRequest: .zero(amounts[0].currency),
          effective: start.advanced(bySeconds: day * 86_400), created: start)
      }
      let own = "smollm2-135m-instruct"
      state.prices = [
        try price("prv_own_usd_1", own, [usd("0.30"), usd("0.08"), usd("1.20")], -30),
        try price("prv_own_usd_2", own, [usd("0.40"), usd("0.10"), usd("1.60")], 0),
        try price("prv_own_cny_1", own, [cny("2.80"), cny("0.70"), cny("11.20")], 0),
        try price("prv_big_usd_1", "deepseek-chat", [usd("0.55"), usd("0.14"), usd("2.20")], 0),
        try price("prv_big_cny_1", "deepseek-chat", [cny("3.60"), cny("0.90"), cny("14.00")], 0),
      ]
      state.upstreams = [
        Upstream(
          name: "deepseek-chat", url: "https://upstream.example/v1", model: "deepseek-v3",
          keyEnvironment: "UPSTREAM_KEY",
          cost: try UpstreamCost(input: cny("2.00"), cachedInput: cny("0.50"), output: cny("8.00")),
          costVersion: "upv_1")
      ]
      for customer in state.customers where customer.terms == .prepaid {
        state.book(
          try Posting.topUp(
            customer: customer.id,
            amount: Money(units: customer.currency == .usd ? 60 : 400, customer.currency),
            id: "top_\(customer.id)", at: start))
      }
      for hour in 0..<(days * 24) {
        let begin = start.advanced(bySeconds: Int64(hour) * 3_600)
        let busy = [0, 0, 0, 1, 2, 4, 6, 8, 9, 7, 6, 8, 9, 9, 7, 6, 4, 3, 3, 2, 2, 1, 1, 0][
          hour % 24]
        let requests = busy * (perDay + hour / 12) / 98
        var used: Int64 = 0
        for index in 0..<requests {
          let customer = state.customers[
            [0, 0, 0, 1, 1, 2, 2, 3, 4][Int.random(in: 0..<9, using: &random)]]
          let model = Int.random(in: 0..<5, using: &random) == 0 ? "deepseek-chat" : own
          let price = state.prices.last { $0.model == model && $0.currency == customer.currency }!
          let prompt = Int.random(in: 4_000...90_000, using: &random)
          let output = Int.random(in: 300...9_000, using: &random)
          let unknown = hour % 97 == 13 && index == 0
          let usage = unknown ? nil : TokenUsage(prompt: prompt, cached: prompt / 4, output: output)
          let nanoseconds = Int64(prompt) * 60_000 + Int64(output) * 3_000_000
          if model == own { used += nanoseconds }
          try state.settle(
            "req_\(padded(hour))\(padded(index))k\(UInt16.random(in: 1_000...9_999, using: &random))x",
            customer: customer,
            price: price, usage: usage, nanoseconds: nanoseconds, rate: rate,
            at: begin.advanced(bySeconds: Int64(60 + index * 3_400 / max(1, requests))),
            durationMilliseconds: Int(nanoseconds / 1_000_000))
        }
        try state.close(
          idle: 3_600_000_000_000 - used, used: used, rate: rate,
          at: begin.advanced(bySeconds: 3_599))
      }
      state.machines = [
        MachineClock(
          machine: "machine-1", rate: rate, opened: start, closed: now, openNanoseconds: 0)
      ]
    }
    return books
  }

  private static func padded(_ value: Int) -> String {
    value < 10 ? "00\(value)" : value < 100 ? "0\(value)" : "\(value)"
  }
}
