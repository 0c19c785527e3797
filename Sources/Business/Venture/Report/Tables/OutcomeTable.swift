package import Forecast

/// Every measure's percentiles by month as comma-separated values (RFC 4180).
package enum OutcomeTable {
  package static func csv(_ outcome: Outcome) -> String {
    let levels = Outcome.levels.map { level in
      "p" + (level * 100 == (level * 100).rounded() ? "\(Int(level * 100))" : "\(level * 100)")
    }
    var out = (["measure", "month", "mean"] + levels).joined(separator: ",") + "\r\n"
    for measure in Outcome.Measure.allCases {
      guard let fan = outcome.fans[measure] else { continue }
      for month in 0..<outcome.months {
        let values = ([fan.mean[month]] + fan.quantiles.map { $0[month] }).map { "\($0)" }
        out += "\(measure.rawValue),\(outcome.start.advanced(by: month)),"
        out += values.joined(separator: ",") + "\r\n"
      }
    }
    return out
  }
}
