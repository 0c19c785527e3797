import Billing
import Forecast
import Ledger
import Store

/// A month's usage: planned customer by customer, then run through admission and settlement, hour by
/// hour, as the gateway would.
struct YearTraffic {
  /// One usage event to be: some hours' requests of a customer.
  struct Event: Sendable {
    let customer: Int
    let seconds: Int64
    let usage: TokenUsage
    let nanoseconds: Int64
  }

  let truth: YearTruth
  let customers: [YearCustomer]
  private(set) var events: [Event] = []
  /// Tokens of each segment.
  private(set) var tokens: [Int]

  /// - Parameter seconds: of the month.
  init(
    truth: YearTruth, customers: [YearCustomer], month: Int, seconds: Int64,
    using generator: inout RandomStream
  ) {
    self.truth = truth
    self.customers = customers
    tokens = truth.segments.map { _ in 0 }
    let shocks = truth.segments.map {
      generator.lognormal(mean: 1, spread: $0.usageVolatility)
    }
    for (index, customer) in customers.enumerated() {
      let segment = truth.segments[customer.segment]
      var mean = segment.tokens * customer.size * shocks[customer.segment]
      for _ in 0..<(month - customer.since) { mean *= 1 + segment.expansion }
      plan(index, segment, tokens: mean, seconds: seconds, using: &generator)
    }
    events.sort { $0.seconds < $1.seconds }
  }

  /// Cuts a customer's month into events of uneven size at office hours.
  private mutating func plan(
    _ index: Int, _ segment: YearTruth.Segment, tokens total: Double, seconds: Int64,
    using generator: inout RandomStream
  ) {
    let count = max(2, generator.poisson(segment.usageEvents))
    let weights = (0..<count).map { _ in generator.exponential() }
    let sum = weights.reduce(0, +)
    for weight in weights {
      let tokens = total * weight / sum
      let output = max(1, Int((tokens * segment.outputShare).rounded()))
      let prompt = max(1, Int((tokens * (1 - segment.outputShare)).rounded()))
      let cached = Int((Double(prompt) * segment.cachedShare).rounded())
      guard let usage = TokenUsage(prompt: prompt, cached: cached, output: output) else { continue }
      self.tokens[customers[index].segment] += usage.total
      events.append(
        Event(
          customer: index, seconds: instant(in: seconds, using: &generator), usage: usage,
          nanoseconds: nanoseconds(of: usage)))
    }
  }

  private func nanoseconds(of usage: TokenUsage) -> Int64 {
    let machine = truth.machine
    let seconds =
      Double(usage.input) / machine.promptSpeed + Double(usage.cachedInput) / machine.cachedSpeed
      + Double(usage.output) / machine.outputSpeed
    return Int64(seconds * 1e9)
  }

  /// Three of four in the twelve hours of the day.
  private func instant(in seconds: Int64, using generator: inout RandomStream) -> Int64 {
    let day = Int64.random(in: 0..<max(1, seconds / 86_400), using: &generator)
    let isDay = generator.uniform() < 0.75
    let hour = Int64.random(in: 0..<12, using: &generator) + (isDay ? 9 : 21)
    return min(seconds - 3_600, day * 86_400 + hour % 24 * 3_600)
  }

  /// Machine time of the month.
  var nanoseconds: Int64 { events.reduce(0) { $0 + $1.nanoseconds } }

  /// What a customer's usage of the month can cost at most, at `price`.
  func charge(of customer: Int, at price: PriceVersion) -> Money {
    events.reduce(.zero(price.currency)) {
      $1.customer == customer
        ? $0 + Rating.worstCase(prompt: $1.usage.prompt, output: $1.usage.output, at: price) : $0
    }
  }
}

/// Runs planned events through the books.
struct YearRunner: Sendable {
  let books: SQLiteBooks
  let clock: YearClock
  let customers: [YearCustomer]

  /// All at the clock's present time, together.
  /// - Parameter name: the prefix of the request ids.
  func run(
    _ events: ArraySlice<YearTraffic.Event>, name: String, machines: Int
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in events.indices {
        group.addTask {
          try await serve(
            events[index], request: "\(name)_\(index)", machine: "gpu-\(index % machines + 1)")
        }
      }
      try await group.waitForAll()
    }
  }

  private func serve(
    _ event: YearTraffic.Event, request: String, machine: String
  ) async throws {
    let customer = customers[event.customer]
    let outcome = try await books.admit(
      AdmissionRequest(
        request: request, digest: customer.key.digest, model: YearPrices.model,
        promptTokens: event.usage.prompt, outputTokens: event.usage.output, mayLowerOutput: false,
        expires: clock.now().advanced(bySeconds: 7_200)))
    guard case .admitted(let admission) = outcome else { return }
    _ = try await books.settle(
      Settlement(
        admission: admission, outcome: .completed, usage: event.usage,
        compute: ComputeShare(machine: machine, nanoseconds: event.nanoseconds), streamed: true,
        firstTokenMilliseconds: 180, durationMilliseconds: Int(event.nanoseconds / 1_000_000)))
  }
}
