import CKernels

/// What a worker's chunk of paths says: measures and figures path by path, and sums.
///
/// A chunk is the unit of parallel work and of addition: its sums are made block by block, and chunks
/// are added in order, so that the number of workers changes no bit.
final class ChunkBuffer {
  static let paths = 1024

  let months: Int
  let streams: Int
  let accounts: Int
  /// [measure][month][path], then [figure][path].
  let values: UnsafeMutableBufferPointer<Double>
  /// Layout as in `ChunkSums`.
  var sums: [Double]

  static let measures = Outcome.Measure.allCases.count
  static let figures = Outcome.Figure.allCases.count

  /// Series of a value a path: each measure in each month, then the figures.
  static func series(months: Int) -> Int { measures * months + figures }

  init(plan: SimulationPlan) {
    months = plan.model.months
    streams = plan.model.streams.count
    accounts = plan.accounts.count
    values = .allocate(capacity: Self.series(months: months) * Self.paths)
    values.initialize(repeating: 0)
    sums = []
  }

  deinit { values.deallocate() }

  func clear() { sums = [Double](repeating: 0, count: (streams + accounts) * months) }

  func series(_ index: Int, count: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(rebasing: values[index * Self.paths..<index * Self.paths + count])
  }

  /// After a month of a block that begins at path `offset` of the chunk.
  func keep(_ kernel: Kernel, month: Int, offset: Int, count: Int) {
    guard let base = values.baseAddress else { return }
    for (index, measure) in Outcome.Measure.allCases.enumerated() {
      let target = base + (index * months + month) * Self.paths + offset
      target.update(from: kernel.row(of: measure).values, count: Row.paths)
    }
    sums.withUnsafeMutableBufferPointer { sums in
      for stream in 0..<streams {
        sums[stream * months + month] += kernel.sum(kernel.streams[stream].revenue, count)
      }
      for account in 0..<accounts {
        sums[(streams + account) * months + month] += kernel.sum(kernel.costs(account), count)
      }
    }
  }

  /// After the last month.
  func keepFigures(_ kernel: Kernel, offset: Int) {
    guard let base = values.baseAddress else { return }
    let first = Self.measures * months
    for figure in 0..<Self.figures {
      let target = base + (first + figure) * Self.paths + offset
      target.update(from: kernel.figures.results.advanced(figure).values, count: Row.paths)
    }
  }
}

/// Sums of a chunk over its paths.
struct ChunkSums {
  /// [stream][month], then [account][month].
  var flows: [Double]
  /// By series: count of numbers that are there, their sum, and for figures the sum of squares about
  /// their mean.
  var counts: [Int]
  var totals: [Double]
  var squares: [Double]
  /// [month]: paths that break even, are paid back, are ruined in that month.
  var breakEven: [Int]
  var payback: [Int]
  var ruin: [Int]

  init(_ chunk: ChunkBuffer, count: Int) {
    let months = chunk.months
    let series = ChunkBuffer.series(months: months)
    flows = chunk.sums
    counts = [Int](repeating: count, count: series)
    totals = [Double](repeating: 0, count: series)
    squares = [Double](repeating: 0, count: series)
    let firstFigure = ChunkBuffer.measures * months
    if let base = chunk.values.baseAddress {
      ck_paths_best().pointee.steps.totals(
        base, ChunkBuffer.paths, firstFigure, count, &totals)
    }
    for index in firstFigure..<series {
      var (present, total, square) = (0, 0.0, 0.0)
      for value in chunk.series(index, count: count) where value == value {
        present += 1
        total += value
      }
      let mean = total / Double(max(1, present))
      for value in chunk.series(index, count: count) where value == value {
        square += (value - mean) * (value - mean)
      }
      (counts[index], totals[index], squares[index]) = (present, total, square)
    }
    func found(_ figure: Outcome.Figure) -> [Int] {
      var counts = [Int](repeating: 0, count: months)
      let index = firstFigure + (Outcome.Figure.allCases.firstIndex(of: figure) ?? 0)
      for value in chunk.series(index, count: count) where value >= 0 {
        counts[min(Int(value), months - 1)] += 1
      }
      return counts
    }
    breakEven = found(.breakEvenMonth)
    payback = found(.paybackMonth)
    ruin = found(.ruinMonth)
  }

  mutating func add(_ other: ChunkSums) {
    for index in flows.indices { flows[index] += other.flows[index] }
    for index in counts.indices {
      let (ours, theirs) = (Double(counts[index]), Double(other.counts[index]))
      if ours > 0, theirs > 0 {
        // Chan, Golub, LeVeque (1979): the squares of two parts about their common mean.
        let apart = totals[index] / ours - other.totals[index] / theirs
        squares[index] += apart * apart * ours * theirs / (ours + theirs)
      }
      counts[index] += other.counts[index]
      totals[index] += other.totals[index]
      squares[index] += other.squares[index]
    }
    for month in breakEven.indices {
      breakEven[month] += other.breakEven[month]
      payback[month] += other.payback[month]
      ruin[month] += other.ruin[month]
    }
  }
}
