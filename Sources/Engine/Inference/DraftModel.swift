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

  /// The most tokens computed at a time to follow sequences: what guesses may delay a step.
  static let catchUpTokens = 128

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
    // Each takes one token at least.
    var budget = min(model.maximumTokens, max(wanted.count, Self.catchUpTokens))
    var asked: [Int] = []
    var pending: [ArraySlice<Int32>] = []
    for (index, item) in wanted.enumerated() where asked.count < maximumRows && budget > 0 {
      guard let known = prepare(item) else { continue }
      let end = min(item.tokens.count, known + budget)
      budget -= end - known
      asked.append(index)
      pending.append(item.tokens[known..<end])
    }
    while !asked.isEmpty {
      let next = try step(asked.map { wanted[$0] }, pending)
      var open: [Int] = []
      pending = []
      for (index, token) in zip(asked, next) {
        guard let token else { continue }
        drafts[index].append(token)
        guard drafts[index].count < wanted[index].count else { continue }
        open.append(index)
        pending.append([token])
      }
      asked = open
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

  /// Drops guesses that were wrong, and takes pages; gives how many leading tokens are computed.
  private func prepare(_ item: Wanted) -> Int? {
    let needed = item.tokens.count + item.count
    guard needed <= model.contextLength else { return nil }
    var state = states[item.sequence] ?? State()
    states[item.sequence] = nil
    defer { states[item.sequence] = state }
    let most = min(state.known.count, item.tokens.count - 1)
    let same = (0..<most).first { state.known[$0] != item.tokens[$0] } ?? most
    state.known.removeSubrange(same...)
    while state.pages.count * pool.pageLength < needed {
      guard let page = pool.take() else { return nil }
      state.pages.append(page)
    }
    return same
  }

  /// Computes each one's pending tokens; gives the token after them, nil where they do not reach the
  /// sequence's end or the logits are not numbers.
  private func step(_ items: [Wanted], _ pending: [ArraySlice<Int32>]) throws -> [Int32?] {
    var batch = Batch()
    for (index, (item, tokens)) in zip(items, pending).enumerated() {
      let start = states[item.sequence]?.known.count ?? 0
      let end = start + tokens.count
      states[item.sequence]?.known += tokens
      batch.tokens += tokens
      batch.positions += (start..<end).map { Int32($0) }
      batch.sequences += Array(repeating: index, count: tokens.count)
      batch.pageTables.append(states[item.sequence]?.pages ?? [])
      if end >= item.tokens.count { batch.logitRows.append(batch.tokens.count - 1) }
      work[item.sequence, default: 0] += model.work.weight(
        positions: start..<end, logitRows: end >= item.tokens.count ? 1 : 0)
    }
    let start = clock.nanoseconds()
    let count = batch.logitRows.count * model.vocabulary
    try model.step(batch, logits: UnsafeMutableBufferPointer(rebasing: logits[..<count]))
    let next = batch.logitRows.indices.map { pick($0) }
    // A sequence that was followed all along has two tokens pending after a draft that was right.
    if batch.tokens.count <= 2 * items.count {
      curve.record(rows: items.count, nanoseconds: Double(clock.nanoseconds() - start))
    }
    var row = 0
    return items.map { item in
      guard states[item.sequence].map({ $0.known.count >= item.tokens.count }) == true else {
        return nil
      }
      defer { row += 1 }
      return next[row]
    }
  }

  private func pick(_ index: Int) -> Int32? {
    let start = index * model.vocabulary
    let row = UnsafeBufferPointer(rebasing: logits[start..<start + model.vocabulary])
    return LogitRow.maximum(row).flatMap { LogitRow.firstIndex(of: $0, in: row) }.map {
      Int32($0)
    }
  }
}
