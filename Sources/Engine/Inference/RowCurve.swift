/// How long a step takes by the number of its rows, as measured: a moving average for each number,
/// straight lines between them.
struct RowCurve: Sendable {
  private struct Point {
    var mean = 0.0
    var count = 0
    /// How many steps had been taken in when this was last measured.
    var last = 0
  }

  /// What was measured so many steps ago is forgotten: the machine, or its load, may have changed.
  static let memory = 4096

  /// By rows; the last stands for all larger steps.
  private var points: [Point]
  private var steps = 0

  init(maximumRows: Int) { points = Array(repeating: Point(), count: max(1, maximumRows) + 1) }

  /// Takes a step in. One that another process held up counts as three times the average at most.
  mutating func record(rows: Int, nanoseconds: Double) {
    guard rows >= 1, nanoseconds >= 0 else { return }
    let rows = min(rows, points.count - 1)
    steps += 1
    if !isKnown(rows) { points[rows].count = 0 }
    let point = points[rows]
    let value = point.count >= 3 ? min(nanoseconds, 3 * point.mean) : nanoseconds
    let share = point.count < 8 ? 1 / Double(point.count + 1) : 0.1
    points[rows].mean += share * (value - point.mean)
    points[rows].count = min(point.count + 1, 8)
    points[rows].last = steps
  }

  private func isKnown(_ rows: Int) -> Bool {
    points[rows].count > 0 && steps - points[rows].last <= Self.memory
  }

  /// Nanoseconds of a step; nil before anything was measured.
  ///
  /// - Parameter optimistic: more rows than were ever measured cost nothing more (so that they are
  ///   tried); otherwise they cost in proportion.
  /// - Complexity: O(distance to the next measured numbers).
  func nanoseconds(rows: Int, optimistic: Bool) -> Double? {
    let rows = max(1, min(rows, points.count - 1))
    if isKnown(rows) { return points[rows].mean }
    let below = (1..<rows).last { isKnown($0) }
    let above = (rows..<points.count).first { isKnown($0) }
    switch (below, above) {
    case (let low?, let high?):
      let part = Double(rows - low) / Double(high - low)
      return points[low].mean + part * (points[high].mean - points[low].mean)
    case (let low?, nil):
      return optimistic ? points[low].mean : points[low].mean * Double(rows) / Double(low)
    case (nil, let high?): return points[high].mean
    case (nil, nil): return nil
    }
  }
}
