package import Ledger

/// Who and what earned how much in a period: a row a customer, model or plan, and the sum with the
/// idle capacity that no row is to blame for.
package struct ProfitStatement: Sendable {
  package struct Row: Sendable {
    /// Nil for what belongs to no member of the grouping.
    package let group: String?
    package let economics: Economics
    package let volume: Volume

    /// Contribution ÷ revenue in hundredths of a percent, rounded half-even; nil without revenue.
    package var marginBasisPoints: Int? {
      ProfitStatement.basisPoints(economics.contribution, of: economics.revenue)
    }
  }

  package let rows: [Row]
  package let total: Row

  /// Gross profit ÷ revenue: idle capacity included.
  package var grossMarginBasisPoints: Int? {
    Self.basisPoints(total.economics.grossProfit, of: total.economics.revenue)
  }

  package init(
    totals: [AccountTotal], usage: [UsageTotal], in conversion: Conversion
  ) {
    let accounts = Dictionary(grouping: totals, by: \.group)
    let volumes = Dictionary(grouping: usage, by: \.group)
    rows = Set(accounts.keys).union(volumes.keys)
      .map { group in
        Row(
          group: group, economics: Economics(accounts[group] ?? [], in: conversion),
          volume: Volume(volumes[group] ?? []))
      }
      .filter { $0.volume.requests > 0 || !$0.economics.isEmpty }
      .sorted { left, right in
        let (a, b) = (left.economics.revenue, right.economics.revenue)
        return a == b ? (left.group ?? "\u{10FFFF}") < (right.group ?? "\u{10FFFF}") : a > b
      }
    total = Row(
      group: nil, economics: Economics(totals, in: conversion), volume: Volume(usage))
  }

  package static func basisPoints(_ part: Money, of whole: Money) -> Int? {
    guard !whole.isZero else { return nil }
    let sign: Int128 = whole.isNegative ? -1 : 1
    return Int(
      clamping: divide(sign * part.picos * 10_000, by: sign * whole.picos, rounding: .halfEven))
  }
}
