import AsyncHTTPClient
import Bench
import Forecast
import Foundation
import Inference
import NIOCore

/// Measures one or two addresses at rising levels, in turns.
struct AddressBench {
  enum Level: Sendable {
    case concurrency(Int)
    case rate(Double)
  }

  let levels: [Level]
  let rounds: Int
  let requests: Int?
  let arrivals: Arrivals
  let warmup: Int
  let seed: UInt64
  let bounds: LatencyBounds
  let attainment: Double
  let price: MachinePrice?
  let timeout: Duration
  let load: LoadRequests
  let path: String
  let targets: [BenchTarget]

  init(_ command: BenchCommand) throws {
    let options = command.address
    levels = try Self.levels(command)
    rounds = try command.common.rounds(default: 1)
    requests = options.requests
    arrivals = options.arrivals
    warmup = options.warmup
    seed = command.common.seed
    bounds =
      try options.goodput.map { try LatencyBounds(parsing: $0, option: "--goodput") }
      ?? LatencyBounds()
    attainment = options.attainment / 100
    price = try command.common.price()
    timeout = .milliseconds(Int64(max(0, min(options.timeout, 1e6)) * 1000))
    load = try LoadRequests(command)
    path = options.api == .chat ? "/chat/completions" : "/completions"
    targets = try Self.targets(command.target, options)
    try check()
  }

  private func check() throws {
    if let requests, !(1...Bench.maximumRequests).contains(requests) {
      throw CommandError("--requests: 1 to \(Bench.maximumRequests)")
    }
    guard (0...10_000).contains(warmup) else { throw CommandError("--warmup: 0 to 10000") }
    guard timeout > .zero else { throw CommandError("--timeout: more than 0 seconds") }
    guard (0...1).contains(attainment) else { throw CommandError("--attainment: 0 to 100") }
  }

  private static func levels(_ command: BenchCommand) throws -> [Level] {
    guard let rate = command.address.rate else {
      return try command.common.levels().map(Level.concurrency)
    }
    return try CommonBenchOptions.list(rate, option: "--rate") { text in
      Double(text).flatMap { $0 > 0 && $0 <= 1e6 ? Level.rate($0) : nil }
    }
  }

  private static func targets(
    _ url: String, _ options: AddressBenchOptions
  ) throws
    -> [BenchTarget]
  {
    let environment = ProcessInfo.processInfo.environment
    let first = try BenchTarget(
      url, key: options.apiKey ?? environment["OPENAI_API_KEY"], model: options.model,
      option: "address")
    guard let against = options.against else { return [first] }
    return [
      first,
      try BenchTarget(
        against, key: options.againstKey ?? environment["AGAINST_API_KEY"],
        model: options.againstModel, option: "--against"),
    ]
  }

  func run() async throws -> AddressReport {
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.settings)
    do {
      let report = try await run(http)
      try await http.shutdown()
      return report
    } catch {
      try? await http.shutdown()
      throw error
    }
  }

  private static var settings: HTTPClient.Configuration {
    var settings = HTTPClient.Configuration()
    settings.redirectConfiguration = .disallow
    settings.timeout = .init(connect: .seconds(10))
    // Far shorter than the shortest keep-alive among common servers (5 s), lest a request meet a
    // connection that is just being closed, however late timers are on a machine under load.
    settings.connectionPool = .init(
      idleTimeout: .seconds(1),
      concurrentHTTP1ConnectionsPerHostSoftLimit: Bench.maximumConcurrency)
    settings.httpVersion = .http1Only
    settings.tracing.tracer = nil
    return settings
  }

  private func run(_ http: HTTPClient) async throws -> AddressReport {
    var sides: [Side] = []
    for var target in targets {
      try await target.findModel(http)
      let client = LoadClient(
        http: http, target: target, path: path, timeout: timeout, clock: SystemMonotonicClock())
      sides.append(Side(client: client, rate: try await wordRate(client)))
    }
    for side in sides where warmup > 0 {
      let bodies = load.bodies(
        warmup, serial: -1, model: side.client.target.model, rate: side.rate)
      _ = await side.client.round(bodies, pace: .concurrency(min(warmup, 16)))
    }
    var rows: [AddressReport.Row] = []
    for (index, level) in levels.enumerated() {
      let records = await measure(level, first: index * rounds, sides)
      for (side, rounds) in zip(sides.indices, records) {
        rows.append(
          AddressReport.Row(
            level: level, side: side,
            report: try LevelReport(rounds: rounds, bounds: bounds, price: price)))
      }
    }
    return AddressReport(
      targets: sides.map(\.client.target), rows: rows, bounds: bounds, attainment: attainment,
      price: price)
  }

  /// An address with its way of counting.
  private struct Side {
    let client: LoadClient
    let rate: WordRate
  }

  /// The records of each side's rounds. The sides take turns, and turns at being first.
  private func measure(
    _ level: Level, first serial: Int, _ sides: [Side]
  ) async -> [[[RequestRecord]]] {
    var records: [[[RequestRecord]]] = sides.map { _ in [] }
    for round in 0..<rounds {
      let order = round % 2 == 0 ? Array(sides.indices) : sides.indices.reversed()
      for index in order {
        let side = sides[index]
        Output.note(
          "\(level.name), round \(round + 1) of \(rounds): \(side.client.target.base)")
        let count = requests ?? level.defaultRequests
        let bodies = load.bodies(
          count, serial: serial + round, model: side.client.target.model, rate: side.rate)
        records[index].append(
          await side.client.round(bodies, pace: pace(level, count: count, serial: serial + round)))
      }
    }
    return records
  }

  private func pace(_ level: Level, count: Int, serial: Int) -> LoadPace {
    switch level {
    case .concurrency(let width): return .concurrency(width)
    case .rate(let rate):
      var generator = RandomStream(.init(seed: seed, name: "arrivals"), path: serial, index: 0)
      return .rate(rate, offsets: arrivals.offsets(count: count, rate: rate, using: &generator))
    }
  }

  /// How the address counts words, from two short requests; these also show that it answers.
  private func wordRate(_ client: LoadClient) async throws -> WordRate {
    let words = (24, 120)
    var tokens: [Int] = []
    for count in [words.0, words.1] {
      let record = await client.send(load.probe(words: count, model: client.target.model))
      if let failure = record.failure, failure != "empty" {
        throw CommandError(
          "\(client.target.base)\(path) failed (\(failure)): \(record.failureMessage ?? "no answer")"
        )
      }
      if let prompt = record.promptTokens { tokens.append(prompt) }
    }
    if tokens.count == 2, let rate = WordRate(words: words, tokens: (tokens[0], tokens[1])) {
      return rate
    }
    Output.note(
      "\(client.target.base) reports no usage: a word counts as a prompt's token, a piece of content as an answer's"
    )
    return .unknown
  }
}

extension AddressBench.Level {
  var name: String {
    switch self {
    case .concurrency(let width): "\(width) at once"
    case .rate(let rate): "\(rate.formatted()) a second"
    }
  }

  var defaultRequests: Int {
    switch self {
    case .concurrency(let width): max(8, 4 * width)
    case .rate: 64
    }
  }
}
