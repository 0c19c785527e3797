import Foundation

/// What happened to others, as values of one measure, to hold the plan against: the outside view.
///
/// Source: D. Lovallo, D. Kahneman, "Delusions of success", HBR 2003; B. Flyvbjerg, reference class
/// forecasting, 2006. A case that failed stays in the class.
package struct ReferenceClass: Sendable, Hashable, Codable {
  package enum Measure: String, Sendable, Hashable, Codable, CaseIterable {
    /// Revenue of a year ÷ that of the year before.
    case growth
    /// Price a year ago ÷ price now.
    case priceFall = "price_fall"
    case grossMargin = "gross_margin"
    /// All cost ÷ revenue of a year.
    case costRatio = "cost_ratio"
    /// Inference ÷ revenue.
    case inferenceShare = "inference_share"
    /// From the founding to the first year with a profit.
    case yearsToProfit = "years_to_profit"
    /// Share of firms alive after five years.
    case survival

    /// Whether a greater value is the more hopeful one.
    package var isMoreBetter: Bool {
      switch self {
      case .growth, .grossMargin, .survival: true
      case .priceFall, .costRatio, .inferenceShare, .yearsToProfit: false
      }
    }
  }

  package struct Value: Sendable, Hashable, Codable {
    package var caseID: String
    package var name: CaseStudy.Text
    /// The year or span it is of.
    package var period: String
    package var value: Double
    /// Not reached yet: the true value is above this one, or there never is one.
    package var isCensored: Bool
    /// The weakest mark of the figures it is made of.
    package var mark: CaseFigure.Mark
  }

  package var measure: Measure
  /// Ascending.
  package var values: [Value]
}

extension CaseLibrary {
  package func reference(_ measure: ReferenceClass.Measure) -> ReferenceClass {
    let values = cases.flatMap { study in
      switch measure {
      case .growth: study.growth
      case .priceFall: study.priceFalls
      case .grossMargin: study.plain(.grossMargin)
      case .inferenceShare: study.plain(.inferenceShare)
      case .survival: study.plain(.survival)
      case .costRatio: study.costRatios
      case .yearsToProfit: study.yearsToProfit
      }
    }
    return ReferenceClass(
      measure: measure,
      values: values.sorted { ($0.value, $0.caseID, $0.period) < ($1.value, $1.caseID, $1.period) })
  }
}

extension CaseStudy {
  private func value(
    _ value: Double, _ period: String, _ figures: [CaseFigure], isCensored: Bool = false
  ) -> ReferenceClass.Value {
    ReferenceClass.Value(
      caseID: id, name: name, period: period, value: value, isCensored: isCensored,
      mark: CaseFigure.Mark.allCases.last { mark in figures.contains { $0.mark == mark } }
        ?? .unverified)
  }

  private func series(_ measure: CaseFigure.Measure) -> [CaseFigure] {
    figures.filter { $0.measure == measure }.sorted { $0.time < $1.time }
  }

  fileprivate func plain(_ measure: CaseFigure.Measure) -> [ReferenceClass.Value] {
    series(measure).map { value($0.value, $0.date, [$0]) }
  }

  /// Between neighbouring figures of one unit, brought to a year: (b/a)^(1/years).
  fileprivate var growth: [ReferenceClass.Value] {
    let revenue = series(.revenue)
    return zip(revenue, revenue.dropFirst()).compactMap { first, second in
      let years = second.time - first.time
      guard first.unit == second.unit, first.value > 0, second.value > 0, years > 0.2 else {
        return nil
      }
      return value(
        pow(second.value / first.value, 1 / years), "\(first.date)–\(second.date)",
        [first, second])
    }
  }

  /// From the first to the last price of one unit (single steps would be read as a yearly pace that
  /// no one kept), and falls that a source states for a year (a range by its geometric middle).
  fileprivate var priceFalls: [ReferenceClass.Value] {
    let stated = series(.priceFallPerYear).map { figure in
      value((figure.value * (figure.upper ?? figure.value)).squareRoot(), figure.date, [figure])
    }
    let groups = Dictionary(grouping: series(.price), by: \.unit)
    let measured = groups.keys.sorted().compactMap { unit -> ReferenceClass.Value? in
      guard let prices = groups[unit], let first = prices.first, let last = prices.last,
        first.value > 0, last.value > 0, last.time - first.time >= 0.75
      else { return nil }
      return value(
        pow(first.value / last.value, 1 / (last.time - first.time)),
        "\(first.date)–\(last.date)", [first, last])
    }
    return stated + measured
  }

  /// (revenue − result) ÷ revenue, where one year has both in one unit.
  fileprivate var costRatios: [ReferenceClass.Value] {
    let results = series(.result)
    return series(.revenue).compactMap { revenue in
      guard revenue.value > 0,
        let result = results.first(where: { $0.year == revenue.year && $0.unit == revenue.unit })
      else { return nil }
      return value((revenue.value - result.value) / revenue.value, revenue.date, [revenue, result])
    }
  }

  /// Until the first positive result; censored at the last known one when there was none.
  fileprivate var yearsToProfit: [ReferenceClass.Value] {
    guard let begin = CaseFigure.time(of: founded) else { return [] }
    let results = series(.result)
    if let first = results.first(where: { $0.value > 0 }) {
      return [value(max(0, first.time - begin), first.date, [first])]
    }
    guard let last = results.last else { return [] }
    return [value(max(0, last.time - begin), last.date, [last], isCensored: true)]
  }
}
