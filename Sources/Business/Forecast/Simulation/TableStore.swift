/// Single paths as they are made, written by all workers in disjoint parts.
final class TableStore: @unchecked Sendable {
  private let paths: Int
  private let months: Int
  private let slotCount: Int
  private let measures: [Outcome.Measure]
  /// [slot][path], then [figure][path], then [measure][month][path].
  private let values: UnsafeMutableBufferPointer<Double>

  init(plan: SimulationPlan, paths: Int, measures: Set<Outcome.Measure>) {
    self.paths = paths
    months = plan.model.months
    slotCount = plan.slotCount
    self.measures = Outcome.Measure.allCases.filter(measures.contains)
    let rows = slotCount + ChunkBuffer.figures + self.measures.count * months
    values = .allocate(capacity: max(1, rows * paths))
    values.initialize(repeating: .nan)
  }

  deinit { values.deallocate() }

  private func copy(_ source: UnsafePointer<Double>, row: Int, first: Int, count: Int) {
    guard first < paths, let base = values.baseAddress else { return }
    (base + row * paths + first).update(from: source, count: min(count, paths - first))
  }

  func keepSlots(_ kernel: Kernel, first: Int, count: Int) {
    for slot in 0..<slotCount {
      copy(kernel.slots.advanced(slot).values, row: slot, first: first, count: count)
    }
  }

  func keep(_ chunk: ChunkBuffer, first: Int, count: Int) {
    guard first < paths else { return }
    for figure in 0..<ChunkBuffer.figures {
      let series = chunk.series(ChunkBuffer.measures * months + figure, count: count)
      if let base = series.baseAddress {
        copy(base, row: slotCount + figure, first: first, count: count)
      }
    }
    for (place, measure) in measures.enumerated() {
      let index = Outcome.Measure.allCases.firstIndex(of: measure) ?? 0
      for month in 0..<months {
        let series = chunk.series(index * months + month, count: count)
        let row = slotCount + ChunkBuffer.figures + place * months + month
        if let base = series.baseAddress { copy(base, row: row, first: first, count: count) }
      }
    }
  }

  private func row(_ index: Int) -> [Double] {
    Array(values[index * paths..<(index + 1) * paths])
  }

  var table: PathTable {
    var table = PathTable(slots: (0..<slotCount).map(row))
    for (place, figure) in Outcome.Figure.allCases.enumerated() {
      table.figures[figure] = row(slotCount + place)
    }
    for (place, measure) in measures.enumerated() {
      let first = slotCount + ChunkBuffer.figures + place * months
      table.monthly[measure] = (0..<months).map { row(first + $0) }
    }
    return table
  }
}
