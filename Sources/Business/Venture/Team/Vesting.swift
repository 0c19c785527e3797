/// Shares that are earned over time: nothing before the cliff, then what the elapsed months earned,
/// in whole months, all after `months`.
package struct Vesting: Sendable, Hashable, Codable {
  /// Months of the plan before (negative) or after which the clock starts.
  package var start: Int
  package var cliff: Int
  package var months: Int

  package init(start: Int = 0, cliff: Int = 12, months: Int = 48) {
    self.start = start
    self.cliff = cliff
    self.months = months
  }

  /// Share earned at the beginning of month `month` of the plan; monotone, 0...1.
  package func vested(at month: Int) -> Double {
    let elapsed = month - start
    guard elapsed >= cliff, elapsed >= 0 else { return 0 }
    guard months > 0 else { return 1 }
    return min(1, Double(elapsed) / Double(months))
  }
}
