/// One measure of the plan beside the reference class.
package struct CaseComparison: Sendable, Hashable, Codable {
  package enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    /// More hopeful than nine in ten of the class; less than one in ten; between.
    case hopeful, cautious, within
    /// Too few cases to say (under three), or nothing to compare.
    case unknown
  }

  package var measure: ReferenceClass.Measure
  /// Year of the plan, 1-based; 0 for the whole.
  package var year: Int
  /// 10th, 50th and 90th percentile of the plan; nil when no path has the figure.
  package var plan: [Double]?
  /// Share of the plan's paths that never have it.
  package var never: Double
  package var cases: [ReferenceClass.Value]
  /// Share of the class that is less hopeful than the plan's median, ties by half; 0.9 is very
  /// hopeful whatever the measure's sign.
  package var hope: Double?
  package var verdict: Verdict
}

extension ReferenceClass {
  package static let fewestCases = 3

  /// Holds one entry of the plan against the class.
  ///
  /// The median is over all paths, where never comes after any value; when half of them never break
  /// even, it is later than every case.
  package func compare(_ entry: PlanSummary.Entry) -> CaseComparison {
    let all = entry.values
    let plan = all.isEmpty ? nil : [0.1, 0.5, 0.9].map { LossStatistics.quantile(all, $0) }
    let hasMedian = !all.isEmpty && entry.never < 0.5
    let median =
      hasMedian ? LossStatistics.quantile(all, min(1, 0.5 / (1 - entry.never))) : .infinity
    guard !values.isEmpty, hasMedian || !measure.isMoreBetter else {
      return CaseComparison(
        measure: measure, year: entry.year, plan: plan, never: entry.never, cases: values,
        hope: nil, verdict: .unknown)
    }
    let hope = values.reduce(0) { $0 + weight(of: $1, against: median) } / Double(values.count)
    return CaseComparison(
      measure: measure, year: entry.year, plan: plan, never: entry.never, cases: values,
      hope: hope,
      verdict: values.count < Self.fewestCases
        ? .unknown : hope >= 0.9 ? .hopeful : hope <= 0.1 ? .cautious : .within)
  }

  /// 1 when the case is less hopeful than `median`, ½ when it is the same, else 0.
  private func weight(of value: Value, against median: Double) -> Double {
    if measure.isMoreBetter { return value.value < median ? 1 : value.value == median ? 0.5 : 0 }
    if value.value == median { return value.isCensored ? 1 : 0.5 }
    // A censored case below the median may still end above it: no one knows, so half.
    return value.value > median ? 1 : value.isCensored ? 0.5 : 0
  }
}

extension CaseLibrary {
  /// The plan held against every class that the library has values for.
  package func compare(_ plan: PlanSummary) -> [CaseComparison] {
    plan.entries.map { reference($0.measure).compare($0) }
  }
}
