import Billing
import Ledger
import Synchronization
import TestSupport

/// Books in memory, filled through the real postings, for the pages' tests.
final class FakeBooks: BooksReader {
  struct State: Sendable {
    var customers: [Customer] = []
    var keys: [APIKey] = []
    var prices: [PriceVersion] = []
    var upstreams: [Upstream] = []
    var events: [UsageEvent] = []
    var rows: [JournalRow] = []
    var machines: [MachineClock] = []
    var findings: [VerificationReport.Finding] = []
    var fails = false
    var chain = HashChain()
  }

  struct Unreadable: Error {}

  let state = Mutex(State())

  func change<Value: Sendable>(_ body: (inout State) throws -> Value) rethrows -> Value {
    try state.withLock { try body(&$0) }
  }

  private func read<Value: Sendable>(_ body: (State) throws -> Value) throws -> Value {
    try state.withLock { state in
      guard !state.fails else { throw Unreadable() }
      return try body(state)
    }
  }

  func customers() async throws -> [CustomerBalance] {
    try read { state in
      state.customers.map { customer in
        func sum(_ account: Account) -> [Money] {
          let mine = state.rows.filter {
            $0.entry.account == account && $0.entry.dimensions.customer == customer.id
          }
          return Set(mine.map(\.entry.amount.currency)).sorted { $0.code < $1.code }.map {
            currency in
            mine.filter { $0.entry.amount.currency == currency }.reduce(Money.zero(currency)) {
              $0 + $1.entry.amount
            }
          }
        }
        return CustomerBalance(
          customer: customer, balances: sum(.customerCredit).map { (-$0, .zero($0.currency)) },
          unbilled: sum(.unbilledReceivable))
      }
    }
  }

  func keys(customer: String?) async throws -> [APIKey] {
    try read { $0.keys.filter { customer == nil || $0.customer == customer } }
  }
  func prices() async throws -> [PriceVersion] { try read { $0.prices } }
  func upstreams() async throws -> [Upstream] { try read { $0.upstreams } }
  func machines() async throws -> [MachineClock] { try read { $0.machines } }
  func usageEvent(_ id: String) async throws -> UsageEvent? {
    try read { $0.events.first { $0.id == id } }
  }

  func usageEvents(_ filter: UsageFilter) async throws -> [UsageEvent] {
    try read { state in
      let mine = state.events.filter { event in
        (filter.customer == nil || event.customer == filter.customer)
          && (filter.model == nil || event.model == filter.model)
          && (!filter.unratedOnly || event.usage == nil)
          && (filter.from.map { event.settled >= $0 } ?? true)
          && (filter.to.map { event.settled < $0 } ?? true)
      }
      return Array(
        mine.sorted { $0.settled > $1.settled }.dropFirst(filter.offset).prefix(filter.limit))
    }
  }

  private static func group(_ dimensions: Dimensions, _ grouping: Grouping) -> String? {
    switch grouping {
    case .none: nil
    case .customer: dimensions.customer
    case .model: dimensions.model
    case .plan: dimensions.plan
    case .machine: dimensions.machine
    case .vendor: dimensions.vendor
    case .stream: dimensions.stream
    }
  }

  private struct Key: Hashable {
    let step: Int64
    let group: String?
    let account: Account
    let currency: Currency
  }

  func series(
    from: Timestamp, to: Timestamp, stepSeconds: Int64, by grouping: Grouping
  ) async throws -> [SeriesTotal] {
    try read { state in
      var sums: [Key: (Money, Int64)] = [:]
      for row in state.rows where row.date >= from && row.date < to {
        let step = stepSeconds == 0 ? 0 : (row.date.seconds - from.seconds) / stepSeconds
        let key = Key(
          step: step, group: Self.group(row.entry.dimensions, grouping), account: row.entry.account,
          currency: row.entry.amount.currency)
        let (amount, nanoseconds) = sums[key] ?? (.zero(key.currency), 0)
        sums[key] = (amount + row.entry.amount, nanoseconds + (row.entry.nanoseconds ?? 0))
      }
      return sums.map { key, sum in
        SeriesTotal(
          start: from.advanced(bySeconds: key.step * stepSeconds),
          total: AccountTotal(
            group: key.group, account: key.account, amount: sum.0, nanoseconds: sum.1))
      }
    }
  }

  func totals(from: Timestamp, to: Timestamp, by grouping: Grouping) async throws -> [AccountTotal]
  {
    try await series(from: from, to: to, stepSeconds: 0, by: grouping).map(\.total)
  }

  func serviceQuality(from: Timestamp, to: Timestamp) async throws -> ServiceQuality {
    try read { state in
      let mine = state.events.filter { $0.settled >= from && $0.settled < to }
      let served = mine.filter { $0.outcome != .failed }.map(\.durationMilliseconds).sorted()
      return ServiceQuality(
        requests: mine.count, failed: mine.count - served.count,
        p95Milliseconds: served.isEmpty ? nil : served[(served.count * 95 + 99) / 100 - 1])
    }
  }

  func usageTotals(
    from: Timestamp, to: Timestamp, by grouping: Grouping
  ) async throws
    -> [UsageTotal]
  {
    try read { state in
      let mine = state.events.filter { $0.settled >= from && $0.settled < to }
      return Dictionary(grouping: mine) {
        Self.group(
          Dimensions(customer: $0.customer, model: $0.model, plan: $0.plan, vendor: $0.vendor),
          grouping)
      }.map { group, events in
        UsageTotal(
          group: group, requests: events.count, unrated: events.filter { $0.usage == nil }.count,
          input: events.reduce(0) { $0 + ($1.usage?.input ?? 0) },
          cachedInput: events.reduce(0) { $0 + ($1.usage?.cachedInput ?? 0) },
          output: events.reduce(0) { $0 + ($1.usage?.output ?? 0) })
      }
    }
  }

  func journal(_ filter: JournalFilter) async throws -> [JournalRow] {
    try read { state in
      let mine = state.rows.filter { row in
        (filter.transaction == nil || row.transaction == filter.transaction)
          && (filter.request == nil || row.entry.dimensions.request == filter.request)
          && (filter.account == nil || row.entry.account == filter.account)
          && (filter.customer == nil || row.entry.dimensions.customer == filter.customer)
          && (filter.from.map { row.date >= $0 } ?? true)
          && (filter.to.map { row.date < $0 } ?? true)
          && row.sequence > filter.after
      }
      return Array((filter.newestFirst ? mine.reversed() : mine).prefix(filter.limit))
    }
  }

  func position() async throws -> Int64 { try read { Int64($0.rows.count + $0.events.count) } }

  func verify() async throws -> VerificationReport {
    try read { state in
      VerificationReport(
        transactions: Set(state.rows.map(\.transaction)).count, entries: state.rows.count,
        requests: state.events.count, head: state.chain.head,
        checks: ["hash_chain", "double_entry", "exactly_once", "clock", "balances"],
        findings: state.findings)
    }
  }
}

extension FakeBooks.State {
  mutating func book(_ transaction: Transaction) {
    for (line, entry) in transaction.entries.enumerated() {
      let hash = chain.append(
        entry, line: line, transaction: transaction.id, kind: transaction.kind,
        date: transaction.date,
        corrects: transaction.corrects)
      rows.append(
        JournalRow(
          sequence: Int64(rows.count + 1), transaction: transaction.id, kind: transaction.kind,
          date: transaction.date, corrects: transaction.corrects, line: line, entry: entry,
          hash: hash))
    }
  }

  /// Settles a request as the store does.
  mutating func settle(
    _ id: String, customer: Customer, price: PriceVersion, usage: TokenUsage?, nanoseconds: Int64,
    rate: MachineRate, at date: Timestamp, durationMilliseconds: Int = 900
  ) throws {
    let key = keys.first { $0.customer == customer.id }!
    let upstream = upstreams.first { $0.name == price.model }
    let admission = Admission(
      request: id, customer: customer, key: key, model: price.model, price: price,
      upstream: upstream,
      hold: .zero(price.currency), outputTokens: 0, admitted: date)
    let compute =
      upstream == nil ? ComputeShare(machine: "machine-1", nanoseconds: nanoseconds) : nil
    let settlement = Settlement(
      admission: admission, outcome: usage == nil ? .failed : .completed, usage: usage,
      compute: compute,
      streamed: true, firstTokenMilliseconds: 180, durationMilliseconds: durationMilliseconds)
    let charge = usage.map { Rating.rate($0, at: price).total }
    let computeCost = compute.map { rate.cost(of: $0.nanoseconds, after: 0) }
    let upstreamCost = upstream.flatMap { upstream in
      usage.map { Rating.cost($0, at: upstream.cost) }
    }
    if let transaction = try Posting.usage(
      settlement, charge: charge, uncollected: .zero(price.currency), computeCost: computeCost,
      upstreamCost: upstreamCost, at: date)
    {
      book(transaction)
    }
    events.append(
      UsageEvent(
        id: id, admitted: date.advanced(bySeconds: -1), settled: date, customer: customer.id,
        key: key.id,
        model: price.model, plan: customer.plan, priceVersion: price.id, vendor: upstream?.name,
        costVersion: upstream?.costVersion, outcome: settlement.outcome, streamed: true,
        usage: usage,
        charge: charge, uncollected: .zero(price.currency),
        computeNanoseconds: compute?.nanoseconds ?? 0,
        computeCost: computeCost, upstreamCost: upstreamCost, firstTokenMilliseconds: 180,
        durationMilliseconds: durationMilliseconds))
  }

  /// Idle time of the machine up to `date`, and the accrual of all of it.
  mutating func close(idle: Int64, used: Int64, rate: MachineRate, at date: Timestamp) throws {
    let dimensions = Dimensions(machine: "machine-1")
    let cost = rate.cost(of: idle, after: 0)
    let all = cost + rate.cost(of: used, after: 0)
    book(
      try Transaction(
        id: "mch_\(date.seconds)", kind: .machine, date: date,
        entries: [
          .debit(.idleCapacity, cost, nanoseconds: idle, dimensions),
          .credit(.machineCapacity, cost, dimensions),
          .debit(.machineCapacity, all, dimensions),
          .credit(.accruedInfrastructure, all, dimensions),
        ]))
  }
}
