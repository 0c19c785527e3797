import Dispatch
import Ledger

/// One worker: a kernel and its buffers.
final class SimulationWorker: @unchecked Sendable {
  let kernel: Kernel
  let slots: PathSlots
  let chunk: ChunkBuffer
  private(set) var histograms: Histograms?

  init(_ simulation: Simulation, seed: UInt64) {
    kernel = Kernel(plan: simulation.plan, seed: seed, isDeterministic: false)
    slots = PathSlots(plan: simulation.plan, program: simulation.program, seed: seed)
    chunk = ChunkBuffer(plan: simulation.plan)
  }

  func countCells(series: Int) -> Histograms {
    if let histograms { return histograms }
    let made = Histograms(series: series)
    histograms = made
    return made
  }

  /// Runs the paths of a chunk into `chunk`; `table` also keeps those it has room for.
  func run(_ index: Int, paths: Int, latents: [[Double]]?, table: TableStore?) -> Int {
    let first = index * ChunkBuffer.paths
    let count = min(ChunkBuffer.paths, paths - first)
    chunk.clear()
    var offset = 0
    while offset < count {
      let lanes = min(Row.paths, count - offset)
      slots.fill(kernel.slots, firstPath: first + offset, count: lanes, latents: latents)
      kernel.run(firstPath: first + offset) { month in
        chunk.keep(kernel, month: month, offset: offset, count: lanes)
      }
      chunk.keepFigures(kernel, offset: offset)
      table?.keepSlots(kernel, first: first + offset, count: lanes)
      offset += lanes
    }
    table?.keep(chunk, first: first, count: count)
    return count
  }
}

/// A whole run: pilot, bins, the rest, quantiles.
struct SimulationRun {
  let simulation: Simulation
  let paths: Int
  let seed: UInt64
  let latents: [[Double]]?
  let table: TableStore?
  let workers: [SimulationWorker]
  let collector = Collector()

  init(
    _ simulation: Simulation, paths: Int, seed: UInt64, workers: Int, latents: [[Double]]?,
    table: TableStore?
  ) {
    self.simulation = simulation
    self.paths = paths
    self.seed = seed
    self.latents = latents
    self.table = table
    let chunks = (paths + ChunkBuffer.paths - 1) / ChunkBuffer.paths
    self.workers = (0..<max(1, min(workers, chunks, 256))).map { _ in
      SimulationWorker(simulation, seed: seed)
    }
  }

  var months: Int { simulation.model.months }
  var series: Int { ChunkBuffer.series(months: months) }
  var chunks: Int { (paths + ChunkBuffer.paths - 1) / ChunkBuffer.paths }

  private func inParallel(_ body: @Sendable (SimulationWorker) -> Void) {
    let workers = self.workers
    if workers.count == 1 { return body(workers[0]) }
    DispatchQueue.concurrentPerform(iterations: workers.count) { body(workers[$0]) }
  }

  /// Only the paths, without an outcome.
  func fillTable() {
    let (collector, chunks, paths, latents, table) = (collector, chunks, paths, latents, table)
    inParallel { worker in
      while true {
        let index = collector.take()
        guard index < chunks else { return }
        _ = worker.run(index, paths: paths, latents: latents, table: table)
      }
    }
  }

  func outcome() -> Outcome {
    let pilotPaths = min(paths, QuantileSketch.pilot)
    let pilotChunks = (pilotPaths + ChunkBuffer.paths - 1) / ChunkBuffer.paths
    let pilot = PilotStore(series: series, paths: pilotPaths)
    let (collector, paths, latents, table) = (collector, paths, latents, table)
    inParallel { worker in
      while true {
        let index = collector.take()
        guard index < pilotChunks else { return }
        let count = worker.run(index, paths: paths, latents: latents, table: table)
        pilot.keep(worker.chunk, offset: index * ChunkBuffer.paths, count: count)
        collector.add(ChunkSums(worker.chunk, count: count), chunk: index)
      }
    }
    let quantiles =
      paths <= QuantileSketch.pilot ? exactQuantiles(pilot) : countedQuantiles(pilot, pilotChunks)
    return assemble(quantiles)
  }

  /// [series], each in the order of `Outcome.levels`.
  private func exactQuantiles(_ pilot: PilotStore) -> [[Double]] {
    let answers = SeriesTable<[Double]>(count: series, empty: [])
    collector.restart(at: 0)
    eachSeries { index, _ in
      let values = pilot.series(index).filter(\.isFinite)
      answers[index] = QuantileSketch.exact(values, levels: Outcome.levels)
    }
    return answers.all
  }

  private func countedQuantiles(_ pilot: PilotStore, _ pilotChunks: Int) -> [[Double]] {
    let series = self.series
    let sketches = SeriesTable<QuantileSketch?>(count: series, empty: nil)
    eachSeries { index, worker in
      let sketch = QuantileSketch(pilot: pilot.series(index))
      sketches[index] = sketch
      let cells = worker.countCells(series: series).series(index)
      if let base = cells.baseAddress { sketch.count(pilot.series(index), into: base) }
    }
    collector.restart(at: pilotChunks)
    let (collector, chunks, paths, latents, table) = (collector, chunks, paths, latents, table)
    inParallel { worker in
      let histograms = worker.countCells(series: series)
      while true {
        let index = collector.take()
        guard index < chunks else { return }
        let count = worker.run(index, paths: paths, latents: latents, table: table)
        for index in 0..<series {
          guard let base = histograms.series(index).baseAddress else { return }
          sketches[index]?.count(worker.chunk.series(index, count: count), into: base)
        }
        collector.add(ChunkSums(worker.chunk, count: count), chunk: index)
      }
    }
    let answers = SeriesTable<[Double]>(count: series, empty: [])
    let workers = self.workers
    eachSeries { index, _ in
      let total = workers[0].countCells(series: series).series(index)
      for worker in workers.dropFirst() {
        let part = worker.countCells(series: series).series(index)
        for cell in total.indices { total[cell] &+= part[cell] }
      }
      answers[index] =
        sketches[index]?.quantiles(UnsafeBufferPointer(total), levels: Outcome.levels) ?? []
    }
    return answers.all
  }

  /// Every series once, shared among the workers in fixed stripes.
  private func eachSeries(_ body: @Sendable (Int, SimulationWorker) -> Void) {
    let stride = workers.count
    let series = self.series
    let workers = self.workers
    @Sendable func visit(_ place: Int) {
      var index = place
      while index < series {
        body(index, workers[place])
        index += stride
      }
    }
    if stride == 1 { return visit(0) }
    DispatchQueue.concurrentPerform(iterations: stride) { visit($0) }
  }

  // MARK: Outcome

  func assemble(_ quantiles: [[Double]]) -> Outcome {
    guard let total = collector.total else { return empty }
    let plan = simulation.plan
    let count = Double(paths)
    func flows(_ index: Int) -> [Double] {
      total.flows[index * months..<(index + 1) * months].map { $0 / count }
    }
    var fans: [Outcome.Measure: Outcome.Fan] = [:]
    for (index, measure) in Outcome.Measure.allCases.enumerated() {
      let range = index * months..<(index + 1) * months
      fans[measure] = Outcome.Fan(
        mean: range.map { total.totals[$0] / count },
        quantiles: Outcome.levels.indices.map { level in
          range.map { quantiles[$0].isEmpty ? 0 : quantiles[$0][level] }
        })
    }
    var costs: [String: [Double]] = [:]
    for (index, account) in plan.accounts.enumerated() {
      let row = flows(plan.model.streams.count + index)
      if row.contains(where: { $0 != 0 }) { costs[account.rawValue] = row }
    }
    return Outcome(
      seed: seed, paths: paths, start: simulation.model.start, months: months, fans: fans,
      spreads: spreads(total, quantiles), breakEvenBy: shares(total.breakEven),
      paybackBy: shares(total.payback), ruinBy: shares(total.ruin),
      revenueByStream: plan.model.streams.indices.map(flows), costByAccount: costs)
  }

  private var empty: Outcome {
    Outcome(
      seed: seed, paths: 0, start: simulation.model.start, months: months, fans: [:], spreads: [:],
      breakEvenBy: [], paybackBy: [], ruinBy: [], revenueByStream: [], costByAccount: [:])
  }

  private func spreads(
    _ total: ChunkSums, _ quantiles: [[Double]]
  )
    -> [Outcome.Figure: Outcome.Spread]
  {
    var spreads: [Outcome.Figure: Outcome.Spread] = [:]
    for (place, figure) in Outcome.Figure.allCases.enumerated() {
      let index = ChunkBuffer.measures * months + place
      let present = Double(total.counts[index])
      spreads[figure] = Outcome.Spread(
        share: present / Double(paths), mean: present > 0 ? total.totals[index] / present : 0,
        deviation: present > 1 ? (total.squares[index] / (present - 1)).squareRoot() : 0,
        quantiles: quantiles[index])
    }
    return spreads
  }

  private func shares(_ months: [Int]) -> [Double] {
    var sum = 0
    return months.map { count in
      sum += count
      return Double(sum) / Double(paths)
    }
  }
}

/// A value a series, written by many workers in disjoint places.
final class SeriesTable<Value>: @unchecked Sendable {
  private let values: UnsafeMutableBufferPointer<Value>

  init(count: Int, empty: Value) {
    values = .allocate(capacity: count)
    values.initialize(repeating: empty)
  }

  deinit {
    values.deinitialize()
    values.deallocate()
  }

  subscript(index: Int) -> Value {
    get { values[index] }
    set { values[index] = newValue }
  }

  var all: [Value] { Array(values) }
}
