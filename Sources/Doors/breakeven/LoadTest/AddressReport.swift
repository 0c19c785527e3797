import Bench
import Foundation
import Ledger

/// What a load test of one or two addresses found.
struct AddressReport {
  struct Row {
    let level: AddressBench.Level
    /// 0 is the address, 1 the one against it.
    let side: Int
    let report: LevelReport
  }

  let targets: [BenchTarget]
  let rows: [Row]
  let bounds: LatencyBounds
  let attainment: Double
  let price: MachinePrice?

  func rows(of side: Int) -> [Row] { rows.filter { $0.side == side } }

  /// The index, among a side's levels, of the cheapest that keeps the bounds.
  func cheapest(_ side: Int) -> Int? {
    rows(of: side).map(\.report).cheapest(attainment: attainment)
  }

  func print() {
    for (side, target) in targets.enumerated() {
      Output.line(
        "\(targets.count > 1 ? side == 0 ? "A  " : "B  " : "")\(target.base)  \(target.model)")
    }
    for side in targets.indices {
      Output.line()
      if targets.count > 1 { Output.line(side == 0 ? "A" : "B") }
      throughput(side)
      Output.line()
      latencies(side)
      failures(side)
    }
    if targets.count > 1 { ratios() }
    Output.line()
    Output.line(note)
  }

  private var note: String {
    let kept = bounds == LatencyBounds() ? "were answered" : "kept the bounds"
    let mark =
      "* the most tokens a second, and so the cheapest, where at least \(Figure.percent(attainment)) of the requests \(kept)"
    guard let hourly = price?.rate.hourly else { return mark }
    return mark
      + "\neach cost bears the whole machine, \(hourly.rounded(digits: 4)) \(hourly.currency) an hour"
  }

  private func throughput(_ side: Int) {
    let best = cheapest(side)
    var header = [
      "", "LEVEL", "OK", "FAILED", "SECONDS", "REQUESTS/S", "GOODPUT/S", "ANSWER TOKENS/S",
      "ALL TOKENS/S", "CACHED",
    ]
    if let price {
      let unit = price.rate.hourly.currency.code
      header += ["\(unit)/M ALL", "\(unit)/M PROMPT", "\(unit)/M ANSWER"]
    }
    let cells = rows(of: side).enumerated().map { index, row in
      let report = row.report
      var cells = [
        index == best ? "*" : "", row.level.name, "\(report.completed)",
        "\(report.requests - report.completed)", Figure.short(report.seconds),
        Figure.short(report.requestsPerSecond), Figure.short(report.goodput),
        Figure.spread(report.completionTokensPerSecond, report.roundCompletionRates),
        Figure.spread(report.totalTokensPerSecond, report.roundTotalRates),
        report.promptTokens > 0
          ? Figure.percent(Double(report.cachedTokens) / Double(report.promptTokens)) : "-",
      ]
      if price != nil {
        let cost = report.cost
        cells += [cost?.perMillion, cost?.perMillionPrompt, cost?.perMillionCompletion].map {
          $0?.rounded(digits: 4) ?? "-"
        }
      }
      return cells
    }
    Output.table(header, cells, right: Set(2..<header.count))
  }

  private func latencies(_ side: Int) {
    let header = [
      "LEVEL", "TTFT MS MEAN", "P50", "P90", "P99", "TPOT MS P50", "P90", "P99", "ITL MS P50",
      "P90", "P99", "E2E MS P50", "P90", "P99",
    ]
    let cells = rows(of: side).map { row in
      let report = row.report
      return [row.level.name, Figure.short(report.timeToFirstToken?.mean)]
        + [
          report.timeToFirstToken, report.timePerOutputToken, report.interTokenLatency,
          report.endToEnd,
        ].flatMap { summary in
          [summary?.p50, summary?.p90, summary?.p99].map(Figure.short)
        }
    }
    Output.table(header, cells, right: Set(1..<header.count))
  }

  private func failures(_ side: Int) {
    for row in rows(of: side) {
      for failure in row.report.failures {
        Output.line(
          "\(row.level.name): \(failure.count) failed (\(failure.kind))"
            + (failure.message.map { ": \($0)" } ?? ""))
      }
    }
  }

  private func ratios() {
    Output.line()
    Output.line("A ÷ B")
    let cells = zip(rows(of: 0), rows(of: 1)).map { first, second in
      let (a, b) = (first.report, second.report)
      return [
        first.level.name,
        Figure.ratio(a.completionTokensPerSecond, b.completionTokensPerSecond),
        Figure.ratio(a.totalTokensPerSecond, b.totalTokensPerSecond),
        Figure.ratio(a.timeToFirstToken?.p50, b.timeToFirstToken?.p50),
        Figure.ratio(a.timeToFirstToken?.p95, b.timeToFirstToken?.p95),
        Figure.ratio(a.timePerOutputToken?.p50, b.timePerOutputToken?.p50),
        Figure.ratio(a.endToEnd?.p99, b.endToEnd?.p99),
      ]
    }
    Output.table(
      [
        "LEVEL", "ANSWER TOKENS/S", "ALL TOKENS/S", "TTFT P50", "TTFT P95", "TPOT P50", "E2E P99",
      ], cells, right: Set(1..<7))
  }
}

/// Figures as tables show them.
enum Figure {
  /// About three digits; `-` for none.
  static func short(_ value: Double?) -> String {
    guard let value else { return "-" }
    return String(format: value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value)
  }

  static func percent(_ share: Double) -> String { String(format: "%.0f%%", share * 100) }

  static func ratio(_ a: Double?, _ b: Double?) -> String {
    guard let a, let b, b > 0 else { return "-" }
    return String(format: "%.2f×", a / b)
  }

  /// With the lowest and the highest round, where there are several.
  static func spread(_ value: Double, _ rounds: [Double]) -> String {
    guard rounds.count > 1, let low = rounds.min(), let high = rounds.max() else {
      return short(value)
    }
    return "\(short(value)) (\(short(low))–\(short(high)))"
  }
}
