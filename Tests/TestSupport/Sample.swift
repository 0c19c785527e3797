package import Billing
package import Ledger

/// Customers, keys, prices and requests with defaults, so that a test names only what it is about.
package enum Sample {
  package static let start = Timestamp(seconds: 1_767_225_600)

  package static func money(_ text: String, _ currency: Currency = .usd) -> Money {
    do {
      return try Money(parsing: text, currency, field: "sample")
    } catch {
      preconditionFailure(error.message)
    }
  }

  package static func customer(
    _ id: String = "acme", terms: Customer.Terms = .prepaid, currency: Currency = .usd,
    plan: String? = nil
  ) -> Customer {
    Customer(
      id: id, name: "\(id) Ltd", currency: currency, terms: terms, plan: plan, created: start)
  }

  /// A digest that only `id` gives.
  package static func digest(_ id: String) -> KeyDigest {
    var generator = SplitMix64(seed: id.utf8.reduce(7) { $0 &* 1_099_511_628_211 ^ UInt64($1) })
    return KeyDigest(
      bytes: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }

  package static func key(
    _ id: String = "key_acme", customer: String = "acme", expires: Timestamp? = nil,
    revoked: Timestamp? = nil, models: [String]? = nil
  ) -> APIKey {
    APIKey(
      id: id, customer: customer, digest: digest(id), prefix: "sk-be-\(id.prefix(5))",
      created: start, expires: expires, revoked: revoked, models: models)
  }

  /// 1 / 0.1 / 3 a million tokens.
  package static func price(
    _ id: String = "price_1", model: String = "small", plan: String? = nil, input: String = "1",
    cached: String = "0.1",
    output: String = "3", perRequest: String = "0", currency: Currency = .usd,
    effective: Timestamp = start, created: Timestamp = start
  ) -> PriceVersion {
    do {
      return try PriceVersion(
        id: id, model: model, plan: plan, input: money(input, currency),
        cachedInput: money(cached, currency),
        output: money(output, currency), perRequest: money(perRequest, currency),
        effective: effective, created: created)
    } catch {
      preconditionFailure(error.message)
    }
  }

  package static func upstream(
    _ name: String = "vendor-model", input: String = "0.5", cached: String = "0.05",
    output: String = "1.5", currency: Currency = .usd, costVersion: String = "cost_1"
  ) -> Upstream {
    do {
      let cost = try UpstreamCost(
        input: money(input, currency), cachedInput: money(cached, currency),
        output: money(output, currency))
      return Upstream(
        name: name, url: "http://127.0.0.1:9/v1", model: "their-\(name)", keyEnvironment: nil,
        cost: cost, costVersion: costVersion)
    } catch {
      preconditionFailure(error.message)
    }
  }

  package static func rate(_ hourly: String = "1.8", _ currency: Currency = .usd) -> MachineRate {
    do {
      return try MachineRate(hourly: money(hourly, currency))
    } catch {
      preconditionFailure(error.message)
    }
  }

  package static func usage(_ prompt: Int = 100, cached: Int = 0, output: Int = 50) -> TokenUsage {
    guard let usage = TokenUsage(prompt: prompt, cached: cached, output: output) else {
      preconditionFailure("sample usage \(prompt), \(cached), \(output)")
    }
    return usage
  }

  package static func request(
    _ id: String, key: String = "key_acme", model: String = "small", prompt: Int = 100,
    output: Int = 100, mayLower: Bool = false, expires: Timestamp = start.advanced(bySeconds: 600),
    idempotency: Idempotency? = nil
  ) -> AdmissionRequest {
    AdmissionRequest(
      request: id, digest: digest(key), model: model, promptTokens: prompt, outputTokens: output,
      mayLowerOutput: mayLower, expires: expires, idempotency: idempotency)
  }

  package static func settlement(
    _ admission: Admission, usage: TokenUsage? = usage(), outcome: Settlement.Outcome = .completed,
    milliseconds: Int = 34,
    compute: ComputeShare? = nil, streamed: Bool = false, response: StoredResponse? = nil
  ) -> Settlement {
    Settlement(
      admission: admission, outcome: outcome, usage: usage, compute: compute, streamed: streamed,
      firstTokenMilliseconds: streamed ? 12 : nil, durationMilliseconds: milliseconds,
      response: response)
  }
}
