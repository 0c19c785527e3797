import Synchronization

/// A fixed row of counters that many threads add to without a lock.
final class AtomicCounters: @unchecked Sendable {
  let count: Int
  private let cells: UnsafeMutablePointer<Atomic<Int>>

  init(count: Int) {
    self.count = count
    cells = .allocate(capacity: count)
    for index in 0..<count { (cells + index).initialize(to: Atomic(0)) }
  }

  deinit {
    cells.deinitialize(count: count)
    cells.deallocate()
  }

  func add(_ value: Int = 1, at index: Int) {
    precondition(index >= 0 && index < count)
    cells[index].wrappingAdd(value, ordering: .relaxed)
  }

  subscript(index: Int) -> Int {
    precondition(index >= 0 && index < count)
    return cells[index].load(ordering: .relaxed)
  }
}
