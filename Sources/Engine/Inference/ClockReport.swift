/// Where the time between two drains of the cost clock went.
/// Σ shares + `finishedNanoseconds` + `idleNanoseconds` == `to` − `from`, exactly.
package struct ClockReport: Sendable, Equatable {
  package struct Share: Sendable, Equatable {
    package let request: String
    package let nanoseconds: Int64

    package init(request: String, nanoseconds: Int64) {
      self.request = request
      self.nanoseconds = nanoseconds
    }
  }

  /// Where the report before this one ended.
  package let from: Int64
  /// The end of the last finished step, or now when the engine is idle.
  package let to: Int64
  /// Time of requests in flight since the last drain, in order of arrival.
  package let shares: [Share]
  /// Time already handed out in `Finished` events since the last drain.
  package let finishedNanoseconds: Int64
  /// Time that no request used.
  package let idleNanoseconds: Int64

  package init(
    from: Int64, to: Int64, shares: [Share], finishedNanoseconds: Int64, idleNanoseconds: Int64
  ) {
    self.from = from
    self.to = to
    self.shares = shares
    self.finishedNanoseconds = finishedNanoseconds
    self.idleNanoseconds = idleNanoseconds
  }
}
