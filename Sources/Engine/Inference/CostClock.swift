/// Shares the engine's time among requests and idleness, in whole nanoseconds.
///
/// Time is a line from the clock's start to its `mark`; every piece of it belongs to one request or
/// to idleness. A step's time goes from the mark to the step's end, so the engine's own work
/// between two steps is part of it.
///
/// A request pays for all that is computed for it, and only for that: a prefix is paid by the one
/// that computes it (those who wait for it meanwhile pay nothing, later ones next to nothing), wrong
/// guesses and the draft model's work by the sequence that guessed, and what is computed again after
/// a preemption by the preempted request. That last is no fault of its customer's, but no idleness
/// either; `Finished.recomputedTokens` tells it apart, and prices are by the token.
///
/// Law, over any drains: Σ shares + Σ finished + Σ idle == to − from.
struct CostClock {
  private struct Account {
    let request: String
    /// Not yet handed out.
    var pending: Int64 = 0
    var total: Int64 = 0
  }

  private var accounts: [UInt64: Account] = [:]
  /// All time before is accounted for.
  private(set) var mark: Int64
  private var drained: Int64
  private var idle: Int64 = 0
  private var finished: Int64 = 0
  /// Nothing runs: time that passes is idle.
  private(set) var isIdle = true

  init(start: Int64) {
    mark = start
    drained = start
  }

  mutating func open(_ id: UInt64, request: String) {
    precondition(accounts[id] == nil)
    accounts[id] = Account(request: request)
  }

  /// Nothing runs from now on.
  mutating func beginIdle() { isIdle = true }

  /// Something runs from now on.
  mutating func endIdle(at now: Int64) {
    passIdle(until: now)
    isIdle = false
  }

  /// A step that ends `now` did work for these requests, by weight.
  mutating func step(until now: Int64, work: [(id: UInt64, weight: Int128)]) {
    precondition(!work.isEmpty && !isIdle)
    let end = max(now, mark)
    let shares = Self.shares(of: end - mark, weights: work.map(\.weight))
    for (entry, share) in zip(work, shares) {
      accounts[entry.id]?.pending += share
      accounts[entry.id]?.total += share
    }
    mark = end
  }

  /// The request has ended: takes what it has not been given yet, and all it ever got.
  mutating func close(_ id: UInt64) -> (pending: Int64, total: Int64) {
    guard let account = accounts.removeValue(forKey: id) else { return (0, 0) }
    finished += account.pending
    return (account.pending, account.total)
  }

  /// Hands out everything since the last drain.
  mutating func drain(at now: Int64) -> ClockReport {
    if isIdle { passIdle(until: now) }
    var shares: [ClockReport.Share] = []
    for id in accounts.keys.sorted() {
      guard let account = accounts[id], account.pending > 0 else { continue }
      shares.append(.init(request: account.request, nanoseconds: account.pending))
      accounts[id]?.pending = 0
    }
    let report = ClockReport(
      from: drained, to: mark, shares: shares, finishedNanoseconds: finished,
      idleNanoseconds: idle)
    drained = mark
    idle = 0
    finished = 0
    return report
  }

  private mutating func passIdle(until now: Int64) {
    guard now > mark else { return }
    idle += now - mark
    mark = now
  }

  /// Splits whole nanoseconds by weight, exactly: each part is rounded down, and what is left goes
  /// one by one to the largest remainders (the earlier of equals). Equal parts if all weights are
  /// 0.
  /// - Precondition: weights are not negative, and their sum fits with the time into 127 bits.
  static func shares(of nanoseconds: Int64, weights: [Int128]) -> [Int64] {
    precondition(!weights.isEmpty && nanoseconds >= 0)
    precondition(weights.allSatisfy { $0 >= 0 })
    let sum = weights.reduce(0, +)
    let parts = sum == 0 ? weights.map { _ in Int128(1) } : weights
    let total = sum == 0 ? Int128(weights.count) : sum
    var shares: [Int64] = []
    var remainders: [Int128] = []
    for part in parts {
      let (quotient, remainder) = (Int128(nanoseconds) * part).quotientAndRemainder(
        dividingBy: total)
      shares.append(Int64(quotient))
      remainders.append(remainder)
    }
    let left = Int(nanoseconds - shares.reduce(0, +))
    let order = remainders.indices.sorted {
      (remainders[$1], $0) < (remainders[$0], $1)
    }
    for index in order.prefix(left) { shares[index] += 1 }
    return shares
  }
}
