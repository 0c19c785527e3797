import Tensor

/// How one step's attention is cut into tasks, the same in all layers, and the memory it needs. A
/// row's result does not depend on the cut, see ``PagedAttention``.
///
/// A task is a block of rows with one head of keys and values. When these are fewer than the threads
/// could use, as when a single sequence decodes, each range of positions is a task of its own and a
/// second loop joins the parts.
final class AttentionPlan: @unchecked Sendable {
  /// Consecutive rows of the batch at consecutive positions of one sequence.
  struct Block {
    var row: Int
    var rows: Int
    var sequence: Int
    var position: Int
    /// Where the sequence's page table begins in ``AttentionPlan/tables``.
    var table: Int

    var positions: Range<Int> { position..<position + rows }
  }

  /// A block's range of positions.
  struct Part {
    var block: Int
    var range: Int
  }

  private(set) var blocks: [Block] = []
  /// Empty unless ranges are tasks of their own; of layers that see everything, and windowed ones.
  private(set) var parts: (global: [Part], windowed: [Part]) = ([], [])
  /// The number of each block's first part, and of all.
  private(set) var firstParts: (global: [Int], windowed: [Int]) = ([], [])
  /// Most rows of a block.
  private(set) var blockRows = 1
  private var scratch = FloatBuffer(count: 0)
  private(set) var scratchStride = 0
  /// [head][part][row and query head of the block][PagedAttention.partCount]
  private(set) var partMemory = FloatBuffer(count: 0)

  /// The page tables of the step's sequences, one after the other.
  private(set) var tables: UnsafeMutablePointer<Int32> = .allocate(capacity: 1)
  private var tableCapacity = 1
  private var tableStarts: [Int] = []

  /// What the step's attention reads in each layer.
  let pages = PageList()

  private static let maximumRows = 16
  /// Query vectors that one pass over the keys serves.
  private static let tile = 6
  /// Tasks a thread: so many even out.
  private static let tasksPerThread = 4

  deinit { tables.deallocate() }

  /// The scratch of a thread of the pool.
  func scratch(of worker: Int) -> UnsafeMutablePointer<Float> {
    scratch.pointer + worker * scratchStride
  }

  /// Cuts a step's attention. Memory grows to the largest step seen.
  func prepare(
    _ batch: Batch, _ c: ModelConfiguration, _ precision: KeyValueCache.Precision,
    _ workspace: Workspace, _ pool: ThreadPool
  ) {
    let group = c.heads / c.kvHeads, wanted = Self.tasksPerThread * pool.threads
    guard precision.paged != nil else {
      reserveScratch(workspace.maximumContext, pool.threads)
      return
    }
    copyTables(batch)
    pages.collect(batch)
    let least = max(1, Self.tile / group)
    blockRows = max(least, Self.maximumRows)
    cut(batch)
    while blocks.count * c.kvHeads < wanted, blockRows > least {
      blockRows = max(least, blockRows / 2)
      cut(batch)
    }
    let count = PagedAttention.scratchCount(
      rows: blockRows, group: group, headDimension: c.headDimension)
    reserveScratch(count, pool.threads)
    parts = ([], [])
    guard pool.threads > 1, blocks.count * c.kvHeads < wanted else { return }
    (parts.global, firstParts.global) = split(window: 0)
    guard parts.global.count > blocks.count else {
      parts = ([], [])
      return
    }
    if let window = c.window { (parts.windowed, firstParts.windowed) = split(window: window) }
    let most = max(parts.global.count, parts.windowed.count)
    let floats =
      c.kvHeads * most * blockRows * group
      * PagedAttention.partCount(headDimension: c.headDimension)
    if partMemory.count < floats { partMemory = FloatBuffer(count: floats) }
  }

  private func reserveScratch(_ count: Int, _ threads: Int) {
    scratchStride = (count + 15) / 16 * 16
    if scratch.count < threads * scratchStride {
      scratch = FloatBuffer(count: threads * scratchStride)
    }
  }

  private func copyTables(_ batch: Batch) {
    tableStarts.removeAll(keepingCapacity: true)
    var count = 0
    for table in batch.pageTables {
      tableStarts.append(count)
      count += table.count
    }
    if count > tableCapacity {
      tables.deallocate()
      tableCapacity = 2 * count
      tables = .allocate(capacity: tableCapacity)
    }
    for (table, start) in zip(batch.pageTables, tableStarts) {
      for (index, page) in table.enumerated() { tables[start + index] = page }
    }
  }

  private func cut(_ batch: Batch) {
    blocks.removeAll(keepingCapacity: true)
    for row in batch.tokens.indices {
      let sequence = batch.sequences[row], position = Int(batch.positions[row])
      if let last = blocks.last, last.sequence == sequence, last.rows < blockRows,
        last.positions.upperBound == position
      {
        blocks[blocks.count - 1].rows += 1
      } else {
        blocks.append(
          Block(
            row: row, rows: 1, sequence: sequence, position: position,
            table: tableStarts[sequence]))
      }
    }
  }

  private func split(window: Int) -> (parts: [Part], first: [Int]) {
    var parts: [Part] = [], first = [0]
    for (number, block) in blocks.enumerated() {
      for range in PagedAttention.ranges(positions: block.positions, window: window) {
        parts.append(Part(block: number, range: range))
      }
      first.append(parts.count)
    }
    return (parts, first)
  }
}
