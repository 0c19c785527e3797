import Tensor

/// Attention of all rows and heads of a step in one layer. A row and head is one piece of work,
/// computed by one thread in one order, whatever else the batch holds.
struct Attention {
  let step: ForwardStep
  let layer: Int

  private var configuration: ModelConfiguration { step.configuration }
  private var workspace: Workspace { step.workspace }

  func run() {
    let heads = configuration.heads
    let items = step.count * heads
    let tasks = min(items, Workspace.attentionTasks)
    step.pool.run(tasks) { task in
      for item in items * task / tasks..<items * (task + 1) / tasks {
        attend(row: item / heads, head: item % heads, task: task)
      }
    }
  }

  private func attend(row: Int, head: Int, task: Int) {
    let c = configuration
    let length = Int(step.batch.positions[row]) + 1
    var first = 0
    if let window = c.window, c.isWindowed(layer) { first = max(0, length - window) }
    let offset = (row * c.heads + head) * c.headDimension
    let query = workspace.queries.pointer + offset
    let out = workspace.attended.pointer + offset
    let scores = workspace.scores.pointer + task * workspace.maximumContext
    let table = step.batch.pageTables[step.batch.sequences[row]]
    let kvHead = head / (c.heads / c.kvHeads)
    guard step.cache.precision == .f16 else {
      PlainAttention(cache: step.cache, layer: layer, head: kvHead, table: table).attend(
        query, first: first, length: length, configuration: c, scores: scores, into: out)
      return
    }
    let keyPages = workspace.pagePointers + task * 2 * workspace.pagesPerSequence
    let valuePages = keyPages + workspace.pagesPerSequence
    let pageLength = KeyValueCache.pageLength
    for page in 0...(length - 1) / pageLength {
      let number = Int(table[page])
      keyPages[page] = UnsafePointer(
        step.cache.keys(layer: layer, page: number, head: kvHead)
          .assumingMemoryBound(to: UInt16.self))
      valuePages[page] = UnsafePointer(
        step.cache.values(layer: layer, page: number, head: kvHead)
          .assumingMemoryBound(to: UInt16.self))
    }
    Kernels.attend(
      query: query, keyPages: keyPages, valuePages: valuePages, first: first, length: length,
      headDimension: c.headDimension, scale: c.attentionScale, softCap: c.attentionSoftCap,
      scores: scores, out: out)
  }
}
