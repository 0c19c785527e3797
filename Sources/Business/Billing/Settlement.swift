package import Ledger

/// Seconds of the own machine that a request caused and that no closing has booked yet.
package struct ComputeShare: Hashable, Sendable {
  package let machine: String
  package let nanoseconds: Int64
  package init(machine: String, nanoseconds: Int64) {
    self.machine = machine
    self.nanoseconds = nanoseconds
  }
}

/// What the gateway says when a request has ended (step 5).
package struct Settlement: Sendable {
  package enum Outcome: String, Sendable, Codable { case completed, aborted, failed }

  package var admission: Admission
  package var outcome: Outcome
  /// Nil is unknown: booked unrated, listed for a decision, never charged as zero.
  package var usage: TokenUsage?
  package var compute: ComputeShare?
  package var streamed: Bool
  package var firstTokenMilliseconds: Int?
  package var durationMilliseconds: Int
  /// What to replay for the caller's `Idempotency-Key`.
  package var response: StoredResponse?

  package init(
    admission: Admission, outcome: Outcome, usage: TokenUsage?, compute: ComputeShare? = nil,
    streamed: Bool, firstTokenMilliseconds: Int? = nil, durationMilliseconds: Int,
    response: StoredResponse? = nil
  ) {
    self.admission = admission
    self.outcome = outcome
    self.usage = usage
    self.compute = compute
    self.streamed = streamed
    self.firstTokenMilliseconds = firstTokenMilliseconds
    self.durationMilliseconds = durationMilliseconds
    self.response = response
  }
}

/// One request's usage as booked: at most one a request id (law 2).
package struct UsageEvent: Hashable, Sendable, Identifiable {
  package let id: String
  package let admitted: Timestamp
  package let settled: Timestamp
  package let customer: String
  package let key: String
  package let model: String
  package let plan: String?
  package let priceVersion: String
  package let vendor: String?
  /// Version of the buying cost, for an upstream.
  package let costVersion: String?
  package let outcome: Settlement.Outcome
  package let streamed: Bool
  /// Nil: unrated.
  package let usage: TokenUsage?
  /// Nil: unrated.
  package let charge: Money?
  /// The part of `charge` beyond prepaid credit, booked to bad debt; zero in all but an upstream's
  /// overrun of the limit it was given.
  package let uncollected: Money
  /// Nanoseconds of the own machine, closings included.
  package let computeNanoseconds: Int64
  package let computeCost: Money?
  package let upstreamCost: Money?
  package let firstTokenMilliseconds: Int?
  package let durationMilliseconds: Int

  package init(
    id: String, admitted: Timestamp, settled: Timestamp, customer: String, key: String,
    model: String, plan: String?, priceVersion: String, vendor: String?, costVersion: String?,
    outcome: Settlement.Outcome, streamed: Bool, usage: TokenUsage?, charge: Money?,
    uncollected: Money, computeNanoseconds: Int64, computeCost: Money?, upstreamCost: Money?,
    firstTokenMilliseconds: Int?, durationMilliseconds: Int
  ) {
    self.id = id
    self.admitted = admitted
    self.settled = settled
    self.customer = customer
    self.key = key
    self.model = model
    self.plan = plan
    self.priceVersion = priceVersion
    self.vendor = vendor
    self.costVersion = costVersion
    self.outcome = outcome
    self.streamed = streamed
    self.usage = usage
    self.charge = charge
    self.uncollected = uncollected
    self.computeNanoseconds = computeNanoseconds
    self.computeCost = computeCost
    self.upstreamCost = upstreamCost
    self.firstTokenMilliseconds = firstTokenMilliseconds
    self.durationMilliseconds = durationMilliseconds
  }
}
