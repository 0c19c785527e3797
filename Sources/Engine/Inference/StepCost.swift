/// What work costs on this machine, learnt from the engine's own steps: the basis for bounding a
/// step's time and for knowing when speculation pays.
///
/// A step's time is that of its next-token rows (by a measured curve: mostly reading weights) and
/// that of its prompt tokens (in proportion to their work: mostly arithmetic).
struct StepCost: Sendable {
  let work: WorkEstimate
  /// Time of steps without prompt tokens, by rows.
  private(set) var rows: RowCurve
  /// Time of one unit of `WorkEstimate` in a prompt; nil before any was measured.
  private(set) var promptNanosecondsPerUnit: Double?

  init(work: WorkEstimate, maximumRows: Int) {
    self.work = work
    rows = RowCurve(maximumRows: maximumRows)
  }

  /// Takes a finished step in.
  /// - Parameters:
  ///   - nextRows: rows of sequences that generate, drafted ones too.
  ///   - promptWeight: `WorkEstimate` weight of the step's prompt tokens.
  mutating func record(nextRows: Int, promptWeight: Int128, nanoseconds: Double) {
    guard promptWeight > 0 else {
      rows.record(rows: nextRows, nanoseconds: nanoseconds)
      return
    }
    let base = nextRows > 0 ? rows.nanoseconds(rows: nextRows, optimistic: false) ?? 0 : 0
    // Noise must not make prompts free.
    let rate = max(nanoseconds - base, nanoseconds / 8) / Double(promptWeight)
    guard let known = promptNanosecondsPerUnit else {
      promptNanosecondsPerUnit = rate
      return
    }
    promptNanosecondsPerUnit = known + 0.2 * (min(rate, 3 * known) - known)
  }

  /// Nanoseconds of `count` prompt tokens that begin at `position`; nil if unknown.
  func promptNanoseconds(_ count: Int, at position: Int) -> Double? {
    promptNanosecondsPerUnit.map { rate in
      rate * Double(work.weight(positions: position..<position + count, logitRows: 0))
    }
  }

  /// How many prompt tokens from `position` on fit into a time; nil if that is unknown.
  func promptTokens(within nanoseconds: Double, at position: Int) -> Int? {
    guard let rate = promptNanosecondsPerUnit, rate > 0 else { return nil }
    let units = max(0, nanoseconds) / rate
    // n (a + b n / 2) = units, with a the work of the first token and b its growth by position.
    let first = Double(work.perToken) + Double(work.perPosition) * (Double(position) + 0.5)
    let growth = Double(work.perPosition)
    let root = (first * first + 2 * growth * units).squareRoot()
    let count = 2 * units / (first + root)
    return count < 1e9 ? Int(count) : 1_000_000_000
  }

  /// Work in tokens of the layers alone: the unit of fair shares.
  func tokens(_ positions: Range<Int>, logitRows: Int) -> Double {
    Double(work.weight(positions: positions, logitRows: logitRows)) / Double(work.perToken)
  }
}
