import Synchronization

/// Gathers the chunks of all workers: sums in the order of the chunks, counts in any order.
final class Collector: Sendable {
  private struct State {
    var next = 0
    /// Chunks that came before their turn: at most one a worker.
    var waiting: [Int: ChunkSums] = [:]
    var total: ChunkSums?
  }

  private let state = Mutex(State())
  private let nextChunk = Atomic<Int>(0)

  /// The next chunk to work on.
  func take() -> Int { nextChunk.add(1, ordering: .relaxed).oldValue }

  /// Gives the last `take` back to a later phase that begins at `chunk`.
  func restart(at chunk: Int) { nextChunk.store(chunk, ordering: .relaxed) }

  func add(_ sums: ChunkSums, chunk: Int) {
    state.withLock { state in
      state.waiting[chunk] = sums
      while let sums = state.waiting.removeValue(forKey: state.next) {
        if state.total == nil { state.total = sums } else { state.total?.add(sums) }
        state.next += 1
      }
    }
  }

  var total: ChunkSums? { state.withLock(\.total) }
}

/// The pilot's numbers, [series][path], written by all workers in disjoint parts.
final class PilotStore: @unchecked Sendable {
  let capacity: Int
  let values: UnsafeMutableBufferPointer<Double>

  init(series: Int, paths: Int) {
    capacity = paths
    values = .allocate(capacity: series * paths)
  }

  deinit { values.deallocate() }

  func series(_ index: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(rebasing: values[index * capacity..<(index + 1) * capacity])
  }

  func keep(_ chunk: ChunkBuffer, offset: Int, count: Int) {
    for index in 0..<ChunkBuffer.series(months: chunk.months) {
      let source = chunk.series(index, count: count)
      guard let from = source.baseAddress, let base = values.baseAddress else { return }
      (base + index * capacity + offset).initialize(from: from, count: count)
    }
  }
}

/// One worker's counts, [series][cell].
final class Histograms {
  let counts: UnsafeMutableBufferPointer<UInt32>

  init(series: Int) {
    counts = .allocate(capacity: series * QuantileSketch.cells)
    counts.initialize(repeating: 0)
  }

  deinit { counts.deallocate() }

  func series(_ index: Int) -> UnsafeMutableBufferPointer<UInt32> {
    let cells = QuantileSketch.cells
    return UnsafeMutableBufferPointer(rebasing: counts[index * cells..<(index + 1) * cells])
  }
}
