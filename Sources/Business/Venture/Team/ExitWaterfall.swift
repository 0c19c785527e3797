/// Who gets what when the company is sold: preferences first (the latest round before the earlier),
/// then the rest by shares. An investor who does not participate converts into ordinary shares when
/// that pays at least as much.
package struct ExitWaterfall: Sendable, Hashable, Codable {
  package struct Payment: Sendable, Hashable, Codable {
    package var holder: String
    package var name: String
    package var amount: Double
    package var hasConverted: Bool
  }

  package var value: Double
  package var payments: [Payment]
}

extension CapTable.Step {
  /// What a sale at `value` (after debts) pays at month `month`: founders and grants count with what
  /// has vested, the free pool not at all. Sums to `value` when anyone holds vested shares or a
  /// preference that takes it up.
  package func waterfall(value: Double, month: Int) -> ExitWaterfall {
    var shares: [Double] = []
    for holder in holders {
      let vested = holder.vesting?.vested(at: month) ?? 1
      shares.append(holder.kind == .pool ? 0 : holder.shares * vested)
    }
    // Those with the least preference a share convert first: try each prefix of that order and keep
    // the largest in which the last to convert does not lose by it.
    let order = holders.indices.filter {
      holders[$0].preference > 0 && !holders[$0].isParticipating
    }
    .sorted { holders[$0].preference / shares[$0] < holders[$1].preference / shares[$1] }
    var converted: Set<Int> = []
    var best = payments(value, shares, converted)
    for (count, index) in order.enumerated() {
      let trial = Set(order.prefix(count + 1))
      let paid = payments(value, shares, trial)
      guard paid[index] >= best[index] else { break }
      (converted, best) = (trial, paid)
    }
    return ExitWaterfall(
      value: value,
      payments: holders.indices.filter { shares[$0] > 0 }.map {
        ExitWaterfall.Payment(
          holder: holders[$0].id, name: holders[$0].name, amount: best[$0],
          hasConverted: converted.contains($0))
      })
  }

  private func payments(_ value: Double, _ shares: [Double], _ converted: Set<Int>) -> [Double] {
    var left = max(0, value)
    var paid = [Double](repeating: 0, count: holders.count)
    for index in holders.indices.reversed()
    where holders[index].preference > 0 && !converted.contains(index) {
      let first = min(left, holders[index].preference)
      paid[index] += first
      left -= first
    }
    let sharing = holders.indices.filter {
      holders[$0].preference == 0 || holders[$0].isParticipating || converted.contains($0)
    }
    let total = sharing.reduce(0) { $0 + shares[$1] }
    guard total > 0 else { return paid }
    for index in sharing { paid[index] += left * shares[index] / total }
    return paid
  }
}
