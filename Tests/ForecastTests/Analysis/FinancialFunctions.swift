import Foundation

/// Figures of corporate finance over plain rows of cash flows. Rates are shares for each period
/// (0.01: 1%), money in any one unit; flow 0 happens now, flow t after t periods.
package enum FinancialFunctions {
  /// Σ flow_t ÷ (1 + rate)^t. NaN for a rate of −1 or less. O(n).
  package static func netPresentValue(rate: Double, flows: [Double]) -> Double {
    guard rate > -1 else { return .nan }
    // Horner from the far end: no powers, and no overflow of them.
    let discount = 1 / (1 + rate)
    return flows.reversed().reduce(0) { $0 * discount + $1 }
  }

  /// The same with a time for each flow in years, not necessarily whole, at a yearly rate:
  /// Σ flow_i ÷ (1 + rate)^(year_i − year_0), as a spreadsheet's XNPV.
  ///
  /// - Precondition: as many `years` as `flows`.
  package static func datedNetPresentValue(
    yearlyRate: Double, flows: [Double], years: [Double]
  ) -> Double {
    precondition(flows.count == years.count, "each flow has its time")
    guard yearlyRate > -1, let first = years.first else { return flows.isEmpty ? 0 : .nan }
    return zip(flows, years).reduce(0) { $0 + $1.0 / pow(1 + yearlyRate, $1.1 - first) }
  }

  /// Rate a month that compounds to `yearlyRate`.
  package static func monthlyRate(yearlyRate: Double) -> Double {
    yearlyRate > -1 ? expm1(log1p(yearlyRate) / 12) : .nan
  }

  package static func yearlyRate(monthlyRate: Double) -> Double {
    monthlyRate > -1 ? expm1(log1p(monthlyRate) * 12) : .nan
  }

  /// The level payment at each period's end that pays off `principal` in `periods`. `balloon` stays
  /// to be paid at the end. NaN for no periods.
  package static func annuityPayment(
    rate: Double, periods: Double, principal: Double, balloon: Double = 0
  ) -> Double {
    guard periods > 0, rate > -1 else { return .nan }
    guard rate != 0 else { return (principal - balloon) / periods }
    // 1 − (1 + r)^−n without the cancellation at small rates.
    let discounted = -expm1(-periods * log1p(rate))
    return rate * (principal - balloon * (1 - discounted)) / discounted
  }

  /// Periods after which the flows summed stay at or above zero for good, interpolated within the
  /// period that gets there (flows spread evenly over it); nil when they end below zero.
  package static func payback(flows: [Double]) -> Double? {
    var cumulative = 0.0
    var answer: Double? = flows.isEmpty ? nil : 0
    for (period, flow) in flows.enumerated() {
      let before = cumulative
      cumulative += flow
      if cumulative < 0 {
        answer = nil
      } else if answer == nil {
        answer = period == 0 ? 0 : Double(period - 1) + (-before / flow)
      }
    }
    return answer
  }

  /// Months that `cash` lasts at a `monthlyBurn`; infinite when nothing burns, 0 without cash.
  package static func runway(cash: Double, monthlyBurn: Double) -> Double {
    guard cash > 0 else { return 0 }
    return monthlyBurn > 0 ? cash / monthlyBurn : .infinity
  }

  /// Net cash burned for each unit of new yearly recurring revenue; infinite when cash burned without
  /// any, 0 when none burned. (Sacks, "The burn multiple", 2020.)
  package static func burnMultiple(netBurn: Double, newRecurringRevenue: Double) -> Double {
    guard netBurn > 0 else { return 0 }
    return newRecurringRevenue > 0 ? netBurn / newRecurringRevenue : .infinity
  }

  /// Growth of revenue plus profit margin, both shares: 0.4 is the rule's mark. NaN without revenue
  /// in either of the two spans, since growth from nothing has no number.
  package static func ruleOf40(
    revenue: Double, previousRevenue: Double, profit: Double
  ) -> Double {
    guard revenue > 0, previousRevenue > 0 else { return .nan }
    return revenue / previousRevenue - 1 + profit / revenue
  }
}
