package import Ledger

/// One level of load on one address, over all its rounds.
package struct LevelReport: Sendable {
  package let requests: Int
  package let completed: Int
  /// Failed requests by kind, most first, with what the service said of the first.
  package let failures: [(kind: String, count: Int, message: String?)]
  package let nanoseconds: Int64
  package let promptTokens: Int
  package let cachedTokens: Int
  package let completionTokens: Int
  /// Milliseconds.
  package let timeToFirstToken: SampleSummary?
  package let timePerOutputToken: SampleSummary?
  package let interTokenLatency: SampleSummary?
  package let endToEnd: SampleSummary?
  /// Requests that met every bound.
  package let good: Int
  /// Completion tokens a second, and all tokens a second, of each round.
  package let roundCompletionRates: [Double]
  package let roundTotalRates: [Double]
  package let cost: TokenCost?

  /// - Parameter rounds: each the requests of one round; rounds do not overlap.
  /// - Throws: when a cost is larger than an amount can be.
  package init(
    rounds: [[RequestRecord]], bounds: LatencyBounds = LatencyBounds(), price: MachinePrice? = nil
  ) throws {
    let records = rounds.flatMap(\.self)
    let answered = records.filter { $0.failure == nil }
    requests = records.count
    completed = answered.count
    failures = Dictionary(grouping: records.filter { $0.failure != nil }) { $0.failure ?? "" }
      .map { (kind: $0.key, count: $0.value.count, message: $0.value.first?.failureMessage) }
      .sorted { ($1.count, $0.kind) < ($0.count, $1.kind) }
    nanoseconds = rounds.reduce(0) { $0 + Self.duration($1) }
    promptTokens = answered.reduce(0) { $0 + ($1.promptTokens ?? 0) }
    cachedTokens = answered.reduce(0) { $0 + ($1.cachedTokens ?? 0) }
    completionTokens = answered.reduce(0) { $0 + $1.completionTokens }
    timeToFirstToken = SampleSummary(answered.compactMap(\.timeToFirstToken))
    timePerOutputToken = SampleSummary(answered.compactMap(\.timePerOutputToken))
    interTokenLatency = SampleSummary(answered.flatMap(\.interTokenLatencies))
    endToEnd = SampleSummary(answered.map(\.endToEnd))
    good = records.count(where: bounds.areMet)
    roundCompletionRates = rounds.map { Self.rate($0) { $0.completionTokens } }
    roundTotalRates = rounds.map { Self.rate($0) { $0.completionTokens + ($0.promptTokens ?? 0) } }
    cost = try price.flatMap { [nanoseconds, promptTokens, completionTokens] price in
      try TokenCost(
        price: price, nanoseconds: nanoseconds, prompt: promptTokens, completion: completionTokens)
    }
  }

  package var seconds: Double { Double(nanoseconds) / 1e9 }
  package var requestsPerSecond: Double { perSecond(completed) }
  package var completionTokensPerSecond: Double { perSecond(completionTokens) }
  package var totalTokensPerSecond: Double { perSecond(promptTokens + completionTokens) }
  package var goodput: Double { perSecond(good) }
  /// The share of all requests that met every bound, 0...1.
  package var attainment: Double { requests > 0 ? Double(good) / Double(requests) : 0 }

  private func perSecond(_ count: Int) -> Double {
    nanoseconds > 0 ? Double(count) / seconds : 0
  }

  /// From the first request sent to the last answer ended.
  private static func duration(_ round: [RequestRecord]) -> Int64 {
    guard let first = round.map(\.sent).min(), let last = round.map(\.end).max() else { return 0 }
    return max(0, last - first)
  }

  private static func rate(
    _ round: [RequestRecord], _ tokens: (RequestRecord) -> Int
  ) -> Double {
    let nanoseconds = duration(round)
    guard nanoseconds > 0 else { return 0 }
    let count = round.filter { $0.failure == nil }.reduce(0) { $0 + tokens($1) }
    return Double(count) * 1e9 / Double(nanoseconds)
  }
}

/// A level's machine time, spread over its tokens: each figure bears the whole cost.
package struct TokenCost: Sendable, Equatable {
  /// A million tokens, prompt and completion alike.
  package let perMillion: Money
  /// A million prompt tokens, if completions were free; nil when no prompt tokens were reported.
  package let perMillionPrompt: Money?
  /// A million completion tokens, if prompts were free.
  package let perMillionCompletion: Money?

  init?(price: MachinePrice, nanoseconds: Int64, prompt: Int, completion: Int) throws {
    guard
      let all = try price.costPerMillion(tokens: prompt + completion, nanoseconds: nanoseconds)
    else { return nil }
    perMillion = all
    perMillionPrompt = try price.costPerMillion(tokens: prompt, nanoseconds: nanoseconds)
    perMillionCompletion = try price.costPerMillion(tokens: completion, nanoseconds: nanoseconds)
  }
}

extension [LevelReport] {
  /// The level with the most tokens a second, and so the lowest cost, among those where at least
  /// `attainment` of the requests met every bound. Nil when none did.
  package func cheapest(attainment: Double) -> Int? {
    indices.filter { self[$0].completed > 0 && self[$0].attainment >= attainment }
      .max { self[$0].totalTokensPerSecond < self[$1].totalTokensPerSecond }
  }
}
