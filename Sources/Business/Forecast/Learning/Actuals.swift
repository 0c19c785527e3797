package import Ledger

/// What the ledger says, by calendar month. Money is floating point from here on: these are
/// observations to learn from; the exact amounts stay in the books.
///
/// Money in units of `currency`, revenue and costs positive, machine time in nanoseconds.
package struct Actuals: Sendable, Hashable, Codable {
  package var currency: Currency
  /// Consecutive, oldest first. The last may still run.
  package var months: [MonthActuals]
  /// The ledger's position that was read (law 9).
  package var position: Int64
  /// Currencies that had no rate: their amounts are not in the figures.
  package var unconverted: [String]
  /// Owners' money and loans are booked, so that the ledger's cash is all the cash there is.
  package var hasCapital: Bool

  package init(
    currency: Currency, months: [MonthActuals], position: Int64, unconverted: [String] = [],
    hasCapital: Bool = false
  ) {
    self.currency = currency
    self.months = months
    self.position = position
    self.unconverted = unconverted
    self.hasCapital = hasCapital
  }

  /// The months that are over, in order.
  package var complete: [MonthActuals] { months.filter(\.isComplete) }

  /// The first `count` months: what was known then.
  package func first(_ count: Int) -> Actuals {
    var copy = self
    copy.months = Array(months.prefix(max(0, count)))
    return copy
  }
}

package struct MonthActuals: Sendable, Hashable, Codable {
  package var month: Month
  /// The part of the month that was observed, 0...1: 1 when it is over.
  package var observedShare: Double
  package var bySegment: [String: SegmentActuals]
  /// Revenue before discounts and refunds, by stream id; what carries no stream is under the name of
  /// its revenue account.
  package var byStream: [String: Double]
  /// Costs of revenue and operating costs, by account's name.
  package var costs: [String: Double]
  /// Discounts, refunds, credits: taken off the streams' sum.
  package var reductions: Double
  package var machineUsedNanoseconds: Int64
  package var machineIdleNanoseconds: Int64
  package var cashChange: Double
  package var cashAtEnd: Double
  /// Customers' open bills less what they paid ahead (credit, deferred revenue), at the month's end.
  package var receivableAtEnd: Double
  /// Open bills of suppliers, less what was prepaid to them, at the month's end.
  package var payableAtEnd: Double
  /// Tokens a second of a busy machine; nil in a month without machine time.
  package var tokensPerSecond: Double?
  /// Events of the plan's shocks, by shock id: known only where somebody records them.
  package var incidents: [String: Int]
  /// Payments received, by how many months after the invoice (index 0: the same month).
  package var paymentsByLag: [Double]

  package init(
    month: Month, observedShare: Double = 1, bySegment: [String: SegmentActuals] = [:],
    byStream: [String: Double] = [:], costs: [String: Double] = [:], reductions: Double = 0,
    machineUsedNanoseconds: Int64 = 0, machineIdleNanoseconds: Int64 = 0, cashChange: Double = 0,
    cashAtEnd: Double = 0, receivableAtEnd: Double = 0, payableAtEnd: Double = 0,
    tokensPerSecond: Double? = nil, incidents: [String: Int] = [:],
    paymentsByLag: [Double] = []
  ) {
    self.month = month
    self.observedShare = observedShare
    self.bySegment = bySegment
    self.byStream = byStream
    self.costs = costs
    self.reductions = reductions
    self.machineUsedNanoseconds = machineUsedNanoseconds
    self.machineIdleNanoseconds = machineIdleNanoseconds
    self.cashChange = cashChange
    self.cashAtEnd = cashAtEnd
    self.receivableAtEnd = receivableAtEnd
    self.payableAtEnd = payableAtEnd
    self.tokensPerSecond = tokensPerSecond
    self.incidents = incidents
    self.paymentsByLag = paymentsByLag
  }

  package var isComplete: Bool { observedShare >= 1 }
  /// Net revenue.
  package var revenue: Double { byStream.values.sorted().reduce(0, +) - reductions }
  package var cost: Double { costs.values.sorted().reduce(0, +) }
  package var profit: Double { revenue - cost }
  /// Customers of all segments at the month's end.
  package var customers: Double { bySegment.values.map(\.active).sorted().reduce(0, +) }
  package var tokens: Double { bySegment.values.map(\.tokens).sorted().reduce(0, +) }

  /// The value of a fan's measure; nil where the ledger does not tell.
  package func value(_ measure: Outcome.Measure) -> Double? {
    switch measure {
    case .cash: cashAtEnd
    case .customers: customers
    case .revenue: revenue
    case .profit: profit
    case .tokens: tokens
    default: nil
    }
  }
}

/// A segment's customers in a month.
package struct SegmentActuals: Sendable, Hashable, Codable {
  /// Whose first usage or revenue fell into the month.
  package var newCustomers: Double
  /// Who had neither for this whole month, after the last one in which they had.
  package var lost: Double
  /// At the month's end.
  package var active: Double
  /// The active, by months since they came (index 0: new in this month).
  package var activeByAge: [Double]
  /// Input, cached and output.
  package var tokens: Double
  package var outputTokens: Double
  package var cachedTokens: Double
  package var requests: Double
  package var revenue: Double
  /// Free users who signed up and who began to pay, where somebody counts them.
  package var signups: Double?
  package var conversions: Double?
  /// Billable events (conversations) and how many of them succeeded, where somebody counts them.
  package var events: Double?
  package var successes: Double?

  package init(
    newCustomers: Double = 0, lost: Double = 0, active: Double = 0, activeByAge: [Double] = [],
    tokens: Double = 0, outputTokens: Double = 0, cachedTokens: Double = 0, requests: Double = 0,
    revenue: Double = 0, signups: Double? = nil, conversions: Double? = nil,
    events: Double? = nil, successes: Double? = nil
  ) {
    self.newCustomers = newCustomers
    self.lost = lost
    self.active = active
    self.activeByAge = activeByAge
    self.tokens = tokens
    self.outputTokens = outputTokens
    self.cachedTokens = cachedTokens
    self.requests = requests
    self.revenue = revenue
    self.signups = signups
    self.conversions = conversions
    self.events = events
    self.successes = successes
  }
}
