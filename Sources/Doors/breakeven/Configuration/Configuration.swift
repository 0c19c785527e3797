import Foundation
import Inference
import Ledger

/// `breakeven.yaml`, read whole. Every key has a default that works; see `Configuration.template`.
struct Configuration {
  let listenHost: String
  let listenPort: Int
  let modelFile: String?
  /// The model that the plan's advisor asks; nil: the served one, else the first upstream's.
  let advisorModel: String?
  let embeddings: Embeddings
  /// What the owner reports in, and the currency of a customer for whom none is named.
  let currency: Currency
  let timeZone: TimeZone
  /// Units of the reporting currency for one unit of another.
  let exchangeRates: ExchangeRates
  let machine: MachineConfiguration
  let pricing: Pricing
  let engine: Engine
  let gateway: Gateway

  struct Pricing {
    let targetMarginPercent: Int
    let utilisationPercent: Int
  }

  struct Embeddings {
    /// A folder with safetensors, or a GGUF file.
    let file: String?
    /// Whether callers may ask for the first part of a vector.
    let mayShorten: Bool
  }

  struct Engine {
    let threads: Int
    let maximumSequences: Int
    let tokenBudget: Int
    let maximumStepMilliseconds: Int
    let speculates: Bool
    /// A small GGUF file with the same tokens, to guess ahead with.
    let draftFile: String?
    let cacheMegabytes: Int
    let maximumQueue: Int
    let cachePrecision: KVPrecision
    let pinThreads: Bool
    let hugePages: Bool
  }

  struct Gateway {
    let maximumRequests: Int
    let maximumCustomerRequests: Int
    let planWeights: [String: Int]
    let queueSeconds: Int
    let bodyLimitBytes: Int
    let bodyTimeoutSeconds: Int
    let upstreamTimeoutSeconds: Int
    let upstreamDefaultOutputTokens: Int
    let shutdownSeconds: Int
    let clockSeconds: Int
  }

  init(file: String, text: String, environment: [String: String]) throws {
    let reader = try ConfigurationReader(file: file, text: text, environment: environment)
    (listenHost, listenPort) = try Self.address(
      reader.text("listen", default: "127.0.0.1:8080"), option: "listen")
    currency = try reader.currency("currency", default: .usd)
    let zone = try reader.text("time_zone", default: "UTC")
    guard let timeZone = TimeZone(identifier: zone) else {
      throw reader.refusal(
        "time_zone", nil, "is '\(zone)' but must be an IANA name such as Asia/Shanghai")
    }
    self.timeZone = timeZone
    let model = try reader.section("model")
    modelFile = try model.text("file")
    try model.finish()
    let advisor = try reader.section("advisor")
    advisorModel = try advisor.text("model")
    try advisor.finish()
    embeddings = try Self.embeddings(reader.section("embeddings"))
    let rates = try reader.section("exchange_rates")
    exchangeRates = try ExchangeRates(
      base: currency, rates: rates.entries().map { (try Currency($0.key), $0.value) })
    machine = try MachineConfiguration(reader.section("machine"), currency: currency)
    pricing = try Self.pricing(reader.section("pricing"))
    engine = try Self.engine(reader.section("engine"))
    gateway = try Self.gateway(reader.section("gateway"))
    try reader.finish()
  }

  private static func pricing(_ reader: ConfigurationReader) throws -> Pricing {
    let pricing = Pricing(
      targetMarginPercent: try reader.integer("target_margin_percent", default: 60, in: 0...99),
      utilisationPercent: try reader.integer("utilisation_percent", default: 30, in: 1...100))
    try reader.finish()
    return pricing
  }

  private static func embeddings(_ reader: ConfigurationReader) throws -> Embeddings {
    let embeddings = Embeddings(
      file: try reader.text("file").flatMap { $0.isEmpty ? nil : $0 },
      mayShorten: try reader.boolean("allow_dimensions", default: false))
    try reader.finish()
    return embeddings
  }

  private static func engine(_ reader: ConfigurationReader) throws -> Engine {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let engine = Engine(
      threads: try reader.integer("threads", default: cores, in: 1...1024),
      maximumSequences: try reader.integer("max_sequences", default: 32, in: 1...4096),
      tokenBudget: try reader.integer("token_budget", default: 480, in: 1...65536),
      maximumStepMilliseconds: try reader.integer("max_step_ms", default: 50, in: 1...60_000),
      speculates: try reader.boolean("speculation", default: true),
      draftFile: try reader.text("draft_model").flatMap { $0.isEmpty ? nil : $0 },
      cacheMegabytes: try reader.integer("kv_cache_mb", default: 1024, in: 8...1_048_576),
      maximumQueue: try reader.integer("max_queue", default: 256, in: 1...1_000_000),
      cachePrecision: try cachePrecision(reader),
      pinThreads: try reader.boolean("pin_threads", default: false),
      hugePages: try reader.boolean("huge_pages", default: false))
    try reader.finish()
    return engine
  }

  private static func cachePrecision(_ reader: ConfigurationReader) throws -> KVPrecision {
    let text = try reader.text("kv_cache_type", default: KVPrecision.f16.rawValue)
    guard let precision = KVPrecision(rawValue: text) else {
      let known = KVPrecision.allCases.map(\.rawValue).joined(separator: " or ")
      throw reader.refusal("kv_cache_type", nil, "is '\(text)' but must be \(known)")
    }
    return precision
  }

  private static func gateway(_ reader: ConfigurationReader) throws -> Gateway {
    let gateway = Gateway(
      maximumRequests: try reader.integer("max_requests", default: 512, in: 1...100_000),
      maximumCustomerRequests: try reader.integer(
        "max_requests_per_customer", default: 256, in: 1...100_000),
      planWeights: try planWeights(reader.section("plan_weights")),
      queueSeconds: try reader.integer("max_queue_seconds", default: 0, in: 0...86_400),
      bodyLimitBytes: try reader.integer(
        "body_limit_bytes", default: 4 << 20, in: 1024...(1 << 30)),
      bodyTimeoutSeconds: try reader.integer("body_timeout_seconds", default: 15, in: 1...3600),
      upstreamTimeoutSeconds: try reader.integer(
        "upstream_timeout_seconds", default: 300, in: 1...86400),
      upstreamDefaultOutputTokens: try reader.integer(
        "upstream_default_output_tokens", default: 4096, in: 1...1_000_000),
      shutdownSeconds: try reader.integer("shutdown_seconds", default: 20, in: 0...3600),
      clockSeconds: try reader.integer("clock_seconds", default: 60, in: 1...3600))
    try reader.finish()
    return gateway
  }

  private static func planWeights(_ reader: ConfigurationReader) throws -> [String: Int] {
    var weights: [String: Int] = [:]
    for (plan, _) in try reader.entries() {
      weights[plan] = try reader.integer(plan, default: 1, in: 1...1000)
    }
    return weights
  }

  /// `HOST:PORT`, `[::1]:8080` or `:8080`.
  static func address(_ text: String, option: String) throws -> (String, Int) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port)
    else {
      throw CommandError("\(option): '\(text)' is not HOST:PORT; write for example 127.0.0.1:8080")
    }
    let host = text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    return (host.isEmpty ? "0.0.0.0" : host, port)
  }
}
