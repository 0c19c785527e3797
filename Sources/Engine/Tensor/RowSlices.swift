/// The rows of some matrices cut into slices of about equal work, so that a slow core can take fewer.
struct RowSlices {
  private let rows: [Int]
  let rowsPerSlice: Int
  let count: Int

  /// Slices a thread: more balance better, fewer cost less. Large matrices have more of them, so
  /// that no slice holds up the others for long.
  private static let perThread = 4
  private static let mostRows = 1024

  init(rows: [Int], threads: Int) {
    self.rows = rows
    let total = max(1, rows.reduce(0, +))
    let wanted = threads * Self.perThread
    // Whole pairs of panels; at least one, so that taking a slice costs little beside it.
    let size =
      threads == 1
      ? roundUp(total, 32) : min(Self.mostRows, roundUp((total + wanted - 1) / wanted, 32))
    rowsPerSlice = size
    count = rows.reduce(0) { $0 + ($1 + size - 1) / size }
  }

  /// The matrix and its rows of slice `task`.
  subscript(task: Int) -> (matrix: Int, rows: Range<Int>) {
    var number = task, matrix = 0
    while true {
      let slices = (rows[matrix] + rowsPerSlice - 1) / rowsPerSlice
      if number < slices { break }
      number -= slices
      matrix += 1
    }
    let first = number * rowsPerSlice
    return (matrix, first..<min(rows[matrix], first + rowsPerSlice))
  }
}
