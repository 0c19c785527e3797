import Billing
import Ledger

/// Collects the books' months, then says who came and went.
struct ActualsLedger {
  /// Where a customer belongs and in which months it was seen.
  private struct Presence {
    var segment: Int
    /// Months before the first in which it was created; 0 when it is younger.
    var ageAtStart: Int
    var first: Int?
    var last = 0
  }

  let model: Model
  let conversion: Conversion
  private(set) var unconverted: Set<String> = []
  private var presences: [String: Presence] = [:]
  /// The house's own use: cost, no customer.
  private var internals: Set<String> = []
  private var internalTokens = 0.0
  private var months: [MonthActuals] = []
  private var cash = 0.0
  private var receivable = 0.0
  private var payable = 0.0

  /// Settled with customers in the next months, and with suppliers.
  private static let receivables: Set<Account> = [
    .receivable, .unbilledReceivable, .customerCredit, .deferredRevenue,
  ]
  private static let payables: Set<Account> = [
    .accruedInfrastructure, .payableToVendors, .payableToPartners, .taxPayable, .prepaidToVendors,
  ]
  private(set) var hasCapital = false

  init(model: Model, conversion: Conversion) {
    self.model = model
    self.conversion = conversion
  }

  /// One month of 730 hours in nanoseconds: what a customer's age before the start is counted in.
  private static let monthNanoseconds: Int64 = 2_628_000_000_000_000

  mutating func place(_ customer: Customer, _ boundaries: [Timestamp]) {
    if [customer.id, customer.name, customer.plan].contains(Actuals.internalCustomer) {
      internals.insert(customer.id)
      return
    }
    let before = boundaries[0].nanoseconds - customer.created.nanoseconds
    presences[customer.id] = Presence(
      segment: segment(of: customer.plan), ageAtStart: max(0, Int(before / Self.monthNanoseconds)))
  }

  private func segment(of plan: String?) -> Int {
    guard let plan else { return 0 }
    if let index = model.segments.firstIndex(where: { $0.id == plan }) { return index }
    for stream in model.streams where stream.offerID == plan || stream.id == plan {
      if case .customers(let segment, _) = stream.volume { return segment }
    }
    return 0
  }

  /// Cash and capital from before the first month.
  mutating func open(_ books: any BooksReader, _ until: Timestamp) async throws {
    for total in try await books.totals(from: .distantPast, to: until, by: .none) {
      if total.account == .paidIn, !total.amount.isZero { hasCapital = true }
      if let amount = value(total.amount) { carry(total.account, amount) }
    }
  }

  /// Into the balances that stand at a month's end.
  private mutating func carry(_ account: Account, _ amount: Double) {
    if account == .cash { cash += amount }
    if Self.receivables.contains(account) { receivable += amount }
    if Self.payables.contains(account) { payable -= amount }
  }

  mutating func addMonth(
    _ books: any BooksReader, _ name: Month, _ share: Double, _ from: Timestamp, _ to: Timestamp
  ) async throws {
    var month = MonthActuals(month: name, observedShare: share)
    for segment in model.segments { month.bySegment[segment.id] = SegmentActuals() }
    let index = months.count
    for usage in try await books.usageTotals(from: from, to: to, by: .customer) {
      add(usage, to: &month, index)
    }
    for total in try await books.totals(from: from, to: to, by: .customer) {
      addRevenue(total, to: &month, index)
    }
    let accounts = try await books.totals(from: from, to: to, by: .none)
    for total in accounts { addAccount(total, to: &month) }
    try await addStreams(books, from, to, accounts, to: &month)
    // The machines served the house's own tokens too.
    let own = month.machineUsedNanoseconds
    month.tokensPerSecond =
      own > 0 ? (month.tokens + internalTokens) / (Double(own) / 1e9) : nil
    internalTokens = 0
    month.cashAtEnd = cash
    month.receivableAtEnd = receivable
    month.payableAtEnd = payable
    months.append(month)
  }

  private mutating func seen(_ customer: String?, _ index: Int) -> String? {
    guard let customer, !model.segments.isEmpty, !internals.contains(customer) else { return nil }
    var presence = presences[customer] ?? Presence(segment: 0, ageAtStart: 0)
    if presence.first == nil { presence.first = index }
    presence.last = index
    presences[customer] = presence
    return model.segments[presence.segment].id
  }

  private mutating func add(_ usage: UsageTotal, to month: inout MonthActuals, _ index: Int) {
    if let customer = usage.group, internals.contains(customer) {
      internalTokens += Double(usage.input + usage.cachedInput + usage.output)
    }
    guard usage.requests > 0, let id = seen(usage.group, index) else { return }
    month.bySegment[id]?.requests += Double(usage.requests)
    month.bySegment[id]?.outputTokens += Double(usage.output)
    month.bySegment[id]?.cachedTokens += Double(usage.cachedInput)
    month.bySegment[id]?.tokens += Double(usage.input + usage.cachedInput + usage.output)
  }

  private mutating func addRevenue(
    _ total: AccountTotal, to month: inout MonthActuals, _ index: Int
  ) {
    let kind = total.account.kind
    guard kind == .revenue || kind == .contraRevenue, !total.amount.isZero,
      let amount = value(total.amount)
    else { return }
    // A refund alone does not show that a customer is still there.
    let id = kind == .revenue ? seen(total.group, index) : segmentID(of: total.group)
    if let id { month.bySegment[id]?.revenue -= amount }
  }

  private func segmentID(of customer: String?) -> String? {
    guard let customer, let presence = presences[customer], !model.segments.isEmpty else {
      return nil
    }
    return model.segments[presence.segment].id
  }

  private mutating func addAccount(_ total: AccountTotal, to month: inout MonthActuals) {
    switch total.account {
    case .computeUsed: month.machineUsedNanoseconds += total.nanoseconds
    case .idleCapacity: month.machineIdleNanoseconds += total.nanoseconds
    case .paidIn where !total.amount.isZero: hasCapital = true
    default: break
    }
    guard let amount = value(total.amount) else { return }
    carry(total.account, amount)
    switch total.account.kind {
    case .costOfRevenue, .operatingCost: month.costs[total.account.rawValue, default: 0] += amount
    case .contraRevenue: month.reductions += amount
    case .asset where total.account == .cash: month.cashChange += amount
    default: break
    }
  }

  /// Revenue by stream where the books can split by it, else by account.
  private mutating func addStreams(
    _ books: any BooksReader, _ from: Timestamp, _ to: Timestamp, _ accounts: [AccountTotal],
    to month: inout MonthActuals
  ) async throws {
    var totals = accounts
    if let grouping = Grouping(rawValue: "stream") {
      totals = try await books.totals(from: from, to: to, by: grouping)
    }
    for total in totals where total.account.kind == .revenue {
      guard let amount = value(total.amount) else { continue }
      month.byStream[total.group ?? total.account.rawValue, default: 0] -= amount
    }
  }

  /// The one place where exact money becomes an estimate's floating point.
  private mutating func value(_ amount: Money) -> Double? {
    guard let converted = conversion(amount) else {
      unconverted.insert(amount.currency.code)
      return nil
    }
    return Double(converted.picos) / Double(Money.picosPerUnit)
  }

  // MARK: Customers

  /// Fills in who was new, active and lost.
  func finish() -> [MonthActuals] {
    var result = months
    for presence in presences.values {
      guard let first = presence.first else { continue }
      let wasThere = first == 0 && presence.ageAtStart > 0
      let id = model.segments[presence.segment].id
      if !wasThere { result[first].bySegment[id]?.newCustomers += 1 }
      // The running month cannot show that somebody left.
      let isOpen = presence.last == months.count - 2 && !months[months.count - 1].isComplete
      let last = isOpen ? months.count - 1 : presence.last
      for index in first...last {
        let age = index - first + (wasThere ? presence.ageAtStart : 0)
        result[index].bySegment[id]?.addActive(age: min(age, Actuals.largestMonths))
      }
      if last + 1 < months.count { result[last + 1].bySegment[id]?.lost += 1 }
    }
    return result
  }
}

extension SegmentActuals {
  fileprivate mutating func addActive(age: Int) {
    while activeByAge.count <= age { activeByAge.append(0) }
    activeByAge[age] += 1
    active += 1
  }
}
