/// The rows of some matrices cut into slices of about equal work, so that a slow core can take fewer.
struct RowSlices {
  private let starts: [Int]
  private let rows: [Int]
  let rowsPerSlice: Int
  let count: Int

  /// Slices a thread: more balance better, fewer cost less.
  private static let perThread = 4

  init(rows: [Int], threads: Int) {
    self.rows = rows
    let total = rows.reduce(0, +)
    let wanted = threads == 1 ? 1 : threads * Self.perThread
    // Whole tiles of rows; at least a few, so that taking a slice costs little beside it.
    rowsPerSlice = max(16, roundUp((total + wanted - 1) / wanted, 16))
    var starts: [Int] = []
    var next = 0
    for rows in rows {
      starts.append(next)
      next += (rows + rowsPerSlice - 1) / rowsPerSlice
    }
    self.starts = starts
    count = next
  }

  /// The matrix and its rows of slice `task`.
  subscript(task: Int) -> (matrix: Int, rows: Range<Int>) {
    var matrix = starts.count - 1
    while starts[matrix] > task || rows[matrix] == 0 { matrix -= 1 }
    let first = (task - starts[matrix]) * rowsPerSlice
    return (matrix, first..<min(rows[matrix], first + rowsPerSlice))
  }
}
