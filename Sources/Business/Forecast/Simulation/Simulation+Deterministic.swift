extension Simulation {
  /// The one path at the means, as an outcome whose quantiles all agree.
  func deterministic(_ options: Options) -> (Outcome, PathTable) {
    let kernel = Kernel(plan: plan, seed: options.seed, isDeterministic: true)
    PathSlots(plan: plan, program: program, seed: options.seed).fillMeans(kernel.slots, means)
    let chunk = ChunkBuffer(plan: plan)
    chunk.clear()
    kernel.run(firstPath: 0) { chunk.keep(kernel, month: $0, offset: 0, count: 1) }
    chunk.keepFigures(kernel, offset: 0)
    let table = TableStore(plan: plan, paths: 1, measures: Set(Outcome.Measure.allCases))
    table.keepSlots(kernel, first: 0, count: 1)
    table.keep(chunk, first: 0, count: 1)
    let run = SimulationRun(
      self, paths: 1, seed: options.seed, workers: 1, latents: nil, table: nil)
    run.collector.add(ChunkSums(chunk, count: 1), chunk: 0)
    let quantiles = (0..<run.series).map { index in
      QuantileSketch.exact(
        chunk.series(index, count: 1).filter(\.isFinite), levels: Outcome.levels)
    }
    return (run.assemble(quantiles), table.table)
  }
}
