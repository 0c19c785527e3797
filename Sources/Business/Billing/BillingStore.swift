package import Ledger

/// What changes the books. Every call is one atomic step; when it returns, it is on disk unless said
/// otherwise. Calls from many tasks are committed in groups.
package protocol BillingStore: Sendable {
  /// The newest snapshot this process has; refreshed when another process changes the books.
  func catalogue() -> Catalogue
  /// Reads the books again, for a key or model the snapshot does not have.
  func refreshCatalogue() async throws(BillingError) -> Catalogue

  /// Step 2: authenticates, prices, holds. Visible to every other admission when it returns; not
  /// awaited to disk, since a lost hold is a released one.
  func admit(_ request: AdmissionRequest) async throws(BillingError) -> AdmissionOutcome
  /// Steps 5 and 6. Settling a request again returns the first event and changes nothing.
  func settle(_ settlement: Settlement) async throws(BillingError) -> UsageEvent
  /// Gives a hold back without usage (the request never ran).
  func release(request: String) async throws(BillingError)
  /// Releases holds that lapsed; those of a former process too when `all`. Returns how many.
  func sweepHolds(all: Bool) async throws(BillingError) -> Int

  /// Closes a machine's clock at `until`: books the in-flight requests' shares, then idle capacity as
  /// what is left of the interval, and the accrual (law 5). Opens the clock when it is new.
  func closeMachine(
    _ machine: String, rate: MachineRate, shares: [(request: String, nanoseconds: Int64)],
    until: Timestamp
  ) async throws(BillingError)

  func createCustomer(_ customer: Customer) async throws(BillingError)
  /// Adds the key, and credit when given: one step. The customer becomes prepaid with its first credit.
  func createKey(_ key: APIKey, credit: Money?) async throws(BillingError)
  func revokeKey(_ id: String, at: Timestamp) async throws(BillingError)
  func topUp(customer: String, amount: Money, id: String) async throws(BillingError)
  func setPrice(_ price: PriceVersion) async throws(BillingError)
  func addUpstream(_ upstream: Upstream) async throws(BillingError)

  /// Books what the owner says happened: salaries, marketing, loans, fees. Kind `manual`; what it may
  /// say is in `ManualBooking`. The same id with the same content again changes nothing. Its date lies
  /// between the last booking's and now, since history is not rewritten.
  func book(_ transaction: Transaction) async throws(BillingError)
}

/// What only reads them.
package protocol BooksReader: Sendable {
  func customers() async throws -> [CustomerBalance]
  func keys(customer: String?) async throws -> [APIKey]
  func prices() async throws -> [PriceVersion]
  func upstreams() async throws -> [Upstream]
  func usageEvents(_ filter: UsageFilter) async throws -> [UsageEvent]
  func usageEvent(_ id: String) async throws -> UsageEvent?
  /// Sums of every account in the half-open period, split by `grouping`.
  func totals(from: Timestamp, to: Timestamp, by grouping: Grouping) async throws -> [AccountTotal]
  /// The same, by time step (for charts): steps of `stepSeconds` (a multiple of 900) from `from`.
  func series(
    from: Timestamp, to: Timestamp, stepSeconds: Int64, by grouping: Grouping
  ) async throws -> [SeriesTotal]
  /// Token and request sums in the period, split by `grouping`.
  func usageTotals(
    from: Timestamp, to: Timestamp, by grouping: Grouping
  ) async throws -> [UsageTotal]
  /// How requests that settled in the half-open period went.
  func serviceQuality(from: Timestamp, to: Timestamp) async throws -> ServiceQuality
  func machines() async throws -> [MachineClock]
  /// Journal entries in order, for show and export; `transaction` narrows to one id, `request` to one request.
  func journal(_ filter: JournalFilter) async throws -> [JournalRow]
  /// Grows with every booking; cheap, so that a page can poll it.
  func position() async throws -> Int64
  /// Checks the chain and every law; an empty list is a sound ledger.
  func verify() async throws -> VerificationReport
}

package enum Grouping: String, Sendable, CaseIterable {
  case none, customer, model, plan, machine, vendor, stream
}

/// How the requests of a period went.
package struct ServiceQuality: Hashable, Sendable {
  package let requests: Int
  /// Those that ended in an error of ours or of a vendor; a caller that hangs up is not counted.
  package let failed: Int
  /// Milliseconds that 95% of the requests that did not fail took at most, from admission to the last
  /// byte; nil when there were none.
  package let p95Milliseconds: Int?

  package init(requests: Int, failed: Int, p95Milliseconds: Int?) {
    self.requests = requests
    self.failed = failed
    self.p95Milliseconds = p95Milliseconds
  }
}

package struct CustomerBalance: Sendable {
  package let customer: Customer
  /// Prepaid credit and what of it is held, in each currency that has either.
  package let balances: [(balance: Money, held: Money)]
  /// Unbilled receivable, by currency.
  package let unbilled: [Money]
  package init(customer: Customer, balances: [(balance: Money, held: Money)], unbilled: [Money]) {
    self.customer = customer
    self.balances = balances
    self.unbilled = unbilled
  }
}

package struct UsageFilter: Sendable {
  package var customer: String?
  package var model: String?
  package var unratedOnly = false
  package var from: Timestamp?
  package var to: Timestamp?
  /// Newest first.
  package var limit = 50
  package var offset = 0
  package init() {}
}

package struct AccountTotal: Hashable, Sendable {
  package let group: String?
  package let account: Account
  package let amount: Money
  package let nanoseconds: Int64
  package init(group: String?, account: Account, amount: Money, nanoseconds: Int64) {
    self.group = group
    self.account = account
    self.amount = amount
    self.nanoseconds = nanoseconds
  }
}

package struct SeriesTotal: Hashable, Sendable {
  package let start: Timestamp
  package let total: AccountTotal
  package init(start: Timestamp, total: AccountTotal) {
    self.start = start
    self.total = total
  }
}

package struct UsageTotal: Hashable, Sendable {
  package let group: String?
  package let requests: Int
  package let unrated: Int
  package let input: Int
  package let cachedInput: Int
  package let output: Int
  package init(
    group: String?, requests: Int, unrated: Int, input: Int, cachedInput: Int, output: Int
  ) {
    self.group = group
    self.requests = requests
    self.unrated = unrated
    self.input = input
    self.cachedInput = cachedInput
    self.output = output
  }
}

package struct MachineClock: Hashable, Sendable {
  package let machine: String
  package let rate: MachineRate
  package let opened: Timestamp
  package let closed: Timestamp
  /// Booked to requests by settlements since `closed`.
  package let openNanoseconds: Int64
  package init(
    machine: String, rate: MachineRate, opened: Timestamp, closed: Timestamp, openNanoseconds: Int64
  ) {
    self.machine = machine
    self.rate = rate
    self.opened = opened
    self.closed = closed
    self.openNanoseconds = openNanoseconds
  }
}

package struct JournalFilter: Sendable {
  package var transaction: String?
  package var request: String?
  package var account: Account?
  package var customer: String?
  package var from: Timestamp?
  package var to: Timestamp?
  /// Entries after this sequence number, oldest first; or the newest when `newestFirst`.
  package var after: Int64 = 0
  package var newestFirst = false
  package var limit = 100
  package init() {}
}

package struct JournalRow: Sendable {
  package let sequence: Int64
  package let transaction: String
  package let kind: Transaction.Kind
  package let date: Timestamp
  package let corrects: String?
  package let line: Int
  package let entry: Entry
  package let hash: [UInt8]
  package init(
    sequence: Int64, transaction: String, kind: Transaction.Kind, date: Timestamp,
    corrects: String?, line: Int, entry: Entry, hash: [UInt8]
  ) {
    self.sequence = sequence
    self.transaction = transaction
    self.kind = kind
    self.date = date
    self.corrects = corrects
    self.line = line
    self.entry = entry
    self.hash = hash
  }
}

package struct VerificationReport: Sendable {
  package struct Finding: Sendable, Hashable {
    /// Which law or check, such as `hash_chain`, `double_entry`, `exactly_once`, `clock`, `balances`.
    package let check: String
    /// Where: entry, transaction, request, machine.
    package let location: String
    package let message: String
    package init(check: String, location: String, message: String) {
      self.check = check
      self.location = location
      self.message = message
    }
  }
  package let transactions: Int
  package let entries: Int
  package let requests: Int
  package let head: [UInt8]
  /// The checks that ran, in order.
  package let checks: [String]
  package let findings: [Finding]
  package init(
    transactions: Int, entries: Int, requests: Int, head: [UInt8], checks: [String],
    findings: [Finding]
  ) {
    self.transactions = transactions
    self.entries = entries
    self.requests = requests
    self.head = head
    self.checks = checks
    self.findings = findings
  }
}
