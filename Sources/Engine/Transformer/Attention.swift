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
    let kernel = common(precision)
    guard parts.isEmpty else {
      runParts(parts, kernel)
      return
    }
    let heads = configuration.kvHeads
    plan.blocks.withUnsafeBufferPointer { blocks in
      step.pool.runOnWorkers(blocks.count * heads) { task, worker in
        kernel.at(blocks[task % blocks.count], head: task / blocks.count, worker).run()
      }
    }
  }

  /// One range of positions a task, then one block a task to join them.
  private func runParts(_ parts: [AttentionPlan.Part], _ kernel: AttentionTasks) {
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
      kernel.at(blocks[block], head: head, worker).run(
        range: parts[part].range, parts: place(block, head: head, range: part - first[block]))
    }
    step.pool.runOnWorkers(blocks.count * heads) { task, worker in
      let block = task % blocks.count, head = task / blocks.count
      kernel.at(blocks[block], head: head, worker).join(
        first[block + 1] - first[block], parts: place(block, head: head, range: 0))
    }
  }

  private func common(_ precision: CachePrecision) -> AttentionTasks {
    let c = configuration
    return AttentionTasks(
      first: PagedAttention(
        pages: step.cache.start(layer: layer, page: 0, head: 0), pageStride: step.cache.pageStride,
        table: plan.tables, precision: precision, headDimension: c.headDimension, window: window,
        scale: c.attentionScale, softCap: c.attentionSoftCap, rows: 1, group: group, position: 0,
        query: workspace.queries.pointer, out: workspace.attended.pointer,
        rowStride: c.heads * c.headDimension, scratch: plan.scratch(of: 0)),
      headBytes: step.cache.headBytes, scratchStride: plan.scratchStride)
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

/// What a layer's tasks of attention share: plain values, since counting references from several
/// threads costs more than the smallest tasks.
private struct AttentionTasks {
  /// Of the first row and head.
  let first: PagedAttention
  let headBytes: Int
  let scratchStride: Int

  /// The task of a block and a head of keys and values, on a thread of the pool.
  func at(_ block: AttentionPlan.Block, head: Int, _ worker: Int) -> PagedAttention {
    var task = first
    let offset = block.row * first.rowStride + head * first.group * first.headDimension
    task.pages += head * headBytes
    task.table += block.table
    task.rows = block.rows
    task.position = block.position
    task.query += offset
    task.out += offset
    task.scratch += worker * scratchStride
    return task
  }
}
