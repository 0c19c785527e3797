/// The pages of the cache that a step's attention reads in a layer, each once.
final class PageList {
  private var numbers: UnsafeMutableBufferPointer<Int32> = .allocate(capacity: 1)
  private var count = 0
  /// Of each page of the cache: the last step that listed it.
  private var stamps: [UInt64] = []
  private var step: UInt64 = 0

  deinit { numbers.deallocate() }

  func collect(_ batch: Batch) {
    var ends = [Int](repeating: 0, count: batch.pageTables.count)
    for (row, sequence) in batch.sequences.enumerated() {
      ends[sequence] = max(ends[sequence], Int(batch.positions[row]) / KeyValueCache.pageLength + 1)
    }
    reserve(ends.reduce(0, +))
    step += 1
    count = 0
    for (table, end) in zip(batch.pageTables, ends) {
      for page in table.prefix(end) where isNew(Int(page)) {
        numbers[count] = page
        count += 1
      }
    }
  }

  private func reserve(_ most: Int) {
    guard most > numbers.count else { return }
    numbers.deallocate()
    numbers = .allocate(capacity: 2 * most)
  }

  private func isNew(_ page: Int) -> Bool {
    if stamps.count <= page {
      stamps += Array(repeating: 0, count: 2 * page + 1 - stamps.count)
    }
    defer { stamps[page] = step }
    return stamps[page] != step
  }

  /// A part of the first `most` pages.
  func part(_ part: Range<Double>, most: Int) -> UnsafeBufferPointer<Int32> {
    let count = Double(min(count, most))
    let first = Int(count * part.lowerBound), end = Int(count * part.upperBound)
    return UnsafeBufferPointer(rebasing: numbers[first..<end])
  }
}
