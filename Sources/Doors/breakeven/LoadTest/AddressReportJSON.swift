import Bench
import Ledger

/// A load test as JSON. Latencies are milliseconds.
struct AddressReportJSON: Encodable {
  struct Target: Encodable {
    let url, model: String
    let levels: [Level]
    /// Its place in `levels`.
    let cheapest: Int?
  }

  struct Level: Encodable {
    let concurrency: Int?
    let rate: Double?
    let requests, completed: Int
    let failures: [Failure]
    let seconds, requestsPerSecond, goodput, attainment: Double
    let completionTokensPerSecond, totalTokensPerSecond: Double
    let roundCompletionTokensPerSecond, roundTotalTokensPerSecond: [Double]
    let promptTokens, cachedTokens, completionTokens: Int
    let ttftMilliseconds, tpotMilliseconds, itlMilliseconds, e2eMilliseconds: SampleSummary?
    let costPerMillion, costPerMillionPrompt, costPerMillionCompletion: AmountJSON?
  }

  struct Failure: Encodable {
    let kind: String
    let count: Int
    let message: String?
  }

  let machinePricePerHour: AmountJSON?
  let targets: [Target]

  init(_ report: AddressReport) {
    machinePricePerHour = (report.price?.rate.hourly).map(AmountJSON.init)
    targets = report.targets.enumerated().map { side, target in
      Target(
        url: target.base, model: target.model, levels: report.rows(of: side).map(Level.init),
        cheapest: report.cheapest(side))
    }
  }
}

extension AddressReportJSON.Level {
  init(_ row: AddressReport.Row) {
    let report = row.report
    switch row.level {
    case .concurrency(let width): (concurrency, rate) = (width, nil)
    case .rate(let value): (concurrency, rate) = (nil, value)
    }
    requests = report.requests
    completed = report.completed
    failures = report.failures.map { .init(kind: $0.kind, count: $0.count, message: $0.message) }
    seconds = report.seconds
    requestsPerSecond = report.requestsPerSecond
    goodput = report.goodput
    attainment = report.attainment
    completionTokensPerSecond = report.completionTokensPerSecond
    totalTokensPerSecond = report.totalTokensPerSecond
    roundCompletionTokensPerSecond = report.roundCompletionRates
    roundTotalTokensPerSecond = report.roundTotalRates
    promptTokens = report.promptTokens
    cachedTokens = report.cachedTokens
    completionTokens = report.completionTokens
    ttftMilliseconds = report.timeToFirstToken
    tpotMilliseconds = report.timePerOutputToken
    itlMilliseconds = report.interTokenLatency
    e2eMilliseconds = report.endToEnd
    costPerMillion = (report.cost?.perMillion).map(AmountJSON.init)
    costPerMillionPrompt = (report.cost?.perMillionPrompt).map(AmountJSON.init)
    costPerMillionCompletion = (report.cost?.perMillionCompletion).map(AmountJSON.init)
  }
}
