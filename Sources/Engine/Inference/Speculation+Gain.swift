extension Speculation {
  /// The balance of one step: tokens it is expected to give, and rows it computes for them.
  struct Gain {
    private let curve: RowCurve
    private var rows: Int
    private var tokens: Double

    init(rows: Int, curve: RowCurve) {
      self.rows = rows
      self.curve = curve
      tokens = Double(rows)
    }

    private func time(_ rows: Int) -> Double? { curve.nanoseconds(rows: rows, optimistic: true) }

    /// Whether guesses could pay if all were right.
    func mayPay(_ count: Int) -> Bool {
      guard let now = time(rows), let then = time(rows + count) else { return false }
      return (tokens + Double(count)) * now > tokens * then * Speculation.leastGain
    }

    /// How many guesses of a sequence to take: those that make the most tokens a second.
    mutating func take(upTo limit: Int, _ acceptance: DraftAcceptance) -> Int {
      guard let now = time(rows) else { return 0 }
      var best = (count: 0, rate: tokens / now * Speculation.leastGain)
      for count in 1...limit {
        guard let then = time(rows + count) else { continue }
        let rate = (tokens + acceptance.expected(count)) / then
        if rate > best.rate { best = (count, rate) }
      }
      guard best.count > 0 else { return 0 }
      rows += best.count
      tokens += acceptance.expected(best.count)
      return best.count
    }

    /// How many tokens to ask a draft model for, for each of several sequences: each of them costs
    /// a step of that model.
    func depth(_ estimates: [DraftAcceptance], upTo limit: Int, draftCurve: RowCurve) -> Int {
      guard let now = time(rows) else { return 0 }
      // Not measured yet: try.
      let each = draftCurve.nanoseconds(rows: estimates.count, optimistic: true) ?? 0
      var best = (count: 0, rate: tokens / now * Speculation.leastGain)
      for count in 1...limit {
        guard let then = time(rows + count * estimates.count) else { continue }
        let expected = estimates.reduce(0) { $0 + $1.expected(count) }
        let rate = (tokens + expected) / (then + Double(count) * each)
        if rate > best.rate { best = (count, rate) }
      }
      return best.count
    }
  }
}
