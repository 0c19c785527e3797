import Tensor

/// Attention of all rows and heads of a step in one layer, in the tasks of ``AttentionPlan``.
struct Attention {
  let step: ForwardStep
  let layer: Int

  private var configuration: ModelConfiguration { step.configuration }
  private var workspace: Workspace { step.workspace }
  private var plan: AttentionPlan { step.workspace.attention }
  private var group: Int { configuration.heads / configuration.kvHeads }

  /// Positions that the layer looks back on; 0 for all.
  private var window: Int {
    configuration.isWindowed(layer) ? configuration.window ?? 0 : 0
  }

  func run() {
    guard let precision = step.cache.precision.paged else {
      runPlain()
      return
    }
    let parts = window == 0 ? plan.parts.global : plan.parts.windowed
    guard parts.isEmpty else {
      runParts(parts, precision)
      return
    }
    let blocks = plan.blocks
    step.pool.runOnWorkers(blocks.count * configuration.kvHeads) { task, worker in
      with(blocks[task % blocks.count], head: task / blocks.count, worker, precision) { $0.run() }
    }
  }

  /// One range of positions a task, then one block a task to join them.
  private func runParts(_ parts: [AttentionPlan.Part], _ precision: CachePrecision) {
    let first = window == 0 ? plan.firstParts.global : plan.firstParts.windowed
    let blocks = plan.blocks, heads = configuration.kvHeads
    let vectors = plan.blockRows * group
    let stride = vectors * PagedAttention.partCount(headDimension: configuration.headDimension)
    let memory = plan.partMemory.pointer
    // A block of fewer rows leaves room at the end: its parts still lie one after the other.
    func place(_ block: Int, head: Int, range: Int) -> UnsafeMutablePointer<Float> {
      let own = blocks[block].rows * group * (stride / vectors)
      return memory + (head * parts.count + first[block]) * stride + range * own
    }
    step.pool.runOnWorkers(parts.count * heads) { task, worker in
      let part = task % parts.count, head = task / parts.count, block = parts[part].block
      with(blocks[block], head: head, worker, precision) {
        $0.run(
          range: parts[part].range, parts: place(block, head: head, range: part - first[block]))
      }
    }
    step.pool.runOnWorkers(blocks.count * heads) { task, worker in
      let block = task % blocks.count, head = task / blocks.count
      with(blocks[block], head: head, worker, precision) {
        $0.join(first[block + 1] - first[block], parts: place(block, head: head, range: 0))
      }
    }
  }

  private func with(
    _ block: AttentionPlan.Block, head: Int, _ worker: Int, _ precision: CachePrecision,
    _ body: (PagedAttention) -> Void
  ) {
    let c = configuration, rowStride = c.heads * c.headDimension
    let offset = block.row * rowStride + head * group * c.headDimension
    step.batch.pageTables[block.sequence].withUnsafeBufferPointer { table in
      body(
        PagedAttention(
          pages: step.cache.start(layer: layer, page: 0, head: head),
          pageStride: step.cache.pageStride, table: table.baseAddress!, precision: precision,
          headDimension: c.headDimension, window: window, scale: c.attentionScale,
          softCap: c.attentionSoftCap, rows: block.rows, group: group, position: block.position,
          query: workspace.queries.pointer + offset, out: workspace.attended.pointer + offset,
          rowStride: rowStride, scratch: plan.scratch(of: worker)))
    }
  }

  /// One row and query head a task.
  private func runPlain() {
    let c = configuration
    step.pool.runOnWorkers(step.count * c.heads) { task, worker in
      let row = task / c.heads, head = task % c.heads
      let length = Int(step.batch.positions[row]) + 1
      let offset = task * c.headDimension
      PlainAttention(
        cache: step.cache, layer: layer, head: head / group,
        table: step.batch.pageTables[step.batch.sequences[row]]
      ).attend(
        workspace.queries.pointer + offset, first: window == 0 ? 0 : max(0, length - window),
        length: length, configuration: c, scores: plan.scratch(of: worker),
        into: workspace.attended.pointer + offset)
    }
  }
}
