import Transformer

/// A small model that guesses the large one's next tokens, greedily, with KV pages of its own.
///
/// It follows each sequence: what was accepted since it was last asked is computed first, in chunks.
/// (Leviathan, Kalman, Matias 2023, without their sampling: a guess only has to be equal.)
final class DraftModel {
  struct Wanted {
    let sequence: UInt64
    let tokens: [Int32]
    /// At least one.
    let count: Int
  }

  private struct State {
    /// What the pages hold, token by token: guesses too.
    var known: [Int32] = []
    var pages: [Int32] = []
  }

  private let model: any StepModel
  private var pool: PagePool
  private var states: [UInt64: State] = [:]
  private let logits: UnsafeMutableBufferPointer<Float>
  private let maximumRows: Int
  private let clock: any MonotonicClock
  /// Time of its steps that guess one token for each sequence, by sequences.
  private(set) var curve: RowCurve
  /// Work since it was last asked for, by sequence.
  private(set) var work: [UInt64: Int128] = [:]

  /// - Precondition: the same vocabulary as the large model's.
  init(_ model: any StepModel, maximumSequences: Int, clock: any MonotonicClock) {
    self.model = model
    self.clock = clock
    maximumRows = min(maximumSequences, model.maximumTokens)
    pool = PagePool(pages: model.pages, pageLength: model.pageLength, sharing: false)
    logits = .allocate(capacity: maximumRows * model.vocabulary)
    curve = RowCurve(maximumRows: maximumRows)
  }

  deinit { logits.deallocate() }

  /// A draft for each, in order; empty where pages are lacking or the sequence must be caught up
  /// with first.
  func drafts(for wanted: [Wanted]) throws -> [[Int32]] {
    var drafts = [[Int32]](repeating: [], count: wanted.count)
    var ready: [Int] = []
    var budget = model.maximumTokens
    for (index, item) in wanted.enumerated() where ready.count < maximumRows {
      if prepare(item), try catchUp(item, &budget) { ready.append(index) }
    }
    while !ready.isEmpty {
      let next = try step(
        ready.map { wanted[$0].sequence },
        after: ready.map { index in
          drafts[index].last ?? wanted[index].tokens[wanted[index].tokens.count - 1]
        })
      for (index, token) in zip(ready, next) {
        if let token { drafts[index].append(token) }
      }
      ready = zip(ready, next).filter { index, token in
        token != nil && drafts[index].count < wanted[index].count
      }.map(\.0)
    }
    return drafts
  }

  func forget(_ id: UInt64) {
    guard let state = states.removeValue(forKey: id) else { return }
    for page in state.pages.reversed() { pool.release(page) }
  }

  func takeWork() -> [UInt64: Int128] {
    defer { work.removeAll(keepingCapacity: true) }
    return work
  }

  /// Drops guesses that were wrong, and takes pages.
  private func prepare(_ item: Wanted) -> Bool {
    let needed = item.tokens.count + item.count
    guard needed <= model.contextLength else { return false }
    var state = states[item.sequence] ?? State()
    states[item.sequence] = nil
    defer { states[item.sequence] = state }
    let most = min(state.known.count, item.tokens.count - 1)
    let same = (0..<most).first { state.known[$0] != item.tokens[$0] } ?? most
    state.known.removeSubrange(same...)
    while state.pages.count * pool.pageLength < needed {
      guard let page = pool.take() else { return false }
      state.pages.append(page)
    }
    return true
  }

  /// Computes all but the sequence's last token; false when the budget does not reach.
  private func catchUp(_ item: Wanted, _ budget: inout Int) throws -> Bool {
    guard var state = states[item.sequence] else { return false }
    let start = state.known.count
    let end = min(item.tokens.count - 1, start + budget)
    if start < end {
      budget -= end - start
      var batch = Batch()
      batch.tokens = Array(item.tokens[start..<end])
      batch.positions = (start..<end).map { Int32($0) }
      batch.sequences = Array(repeating: 0, count: end - start)
      batch.pageTables = [state.pages]
      try model.step(batch, logits: UnsafeMutableBufferPointer(rebasing: logits[..<0]))
      work[item.sequence, default: 0] += model.work.weight(positions: start..<end, logitRows: 0)
      state.known += item.tokens[start..<end]
      states[item.sequence] = state
    }
    return state.known.count == item.tokens.count - 1
  }

  /// One token further for each; nil where the logits are not numbers.
  private func step(_ ids: [UInt64], after tokens: [Int32]) throws -> [Int32?] {
    var batch = Batch()
    batch.tokens = tokens
    for (index, id) in ids.enumerated() {
      let position = states[id]?.known.count ?? 0
      batch.positions.append(Int32(position))
      batch.sequences.append(index)
      batch.logitRows.append(index)
      batch.pageTables.append(states[id]?.pages ?? [])
      work[id, default: 0] += model.work.weight(positions: position..<position + 1, logitRows: 1)
      states[id]?.known.append(tokens[index])
    }
    let start = clock.nanoseconds()
    let width = model.vocabulary
    try model.step(
      batch, logits: UnsafeMutableBufferPointer(rebasing: logits[..<(ids.count * width)]))
    let next = ids.indices.map { index in
      let row = UnsafeBufferPointer(rebasing: logits[index * width..<(index + 1) * width])
      return LogitRow.maximum(row).flatMap { LogitRow.firstIndex(of: $0, in: row) }.map(Int32.init)
    }
    curve.record(rows: ids.count, nanoseconds: Double(clock.nanoseconds() - start))
    return next
  }
}
