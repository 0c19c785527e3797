import Ledger

/// Appending to the journal.
extension Session {
  /// Books a transaction that has been checked; `usage` is the sequence number of its usage event, by
  /// which a usage transaction is named. Returns its sequence number.
  /// - Complexity: two rows and a hash for each entry, one row for the transaction.
  @discardableResult
  func book(_ transaction: Transaction, usage: Int64? = nil) throws -> Int64 {
    changed = true
    state!.transactions += 1
    state!.lastDate = transaction.date.nanoseconds
    let sequence = state!.transactions
    let row = statements.insertTransaction
    row.bind(1, sequence)
    row.bind(2, usage == nil ? transaction.id : nil)
    row.bind(3, usage)
    row.bind(4, transaction.kind.number)
    row.bind(5, transaction.date.nanoseconds)
    row.bind(6, transaction.corrects)
    row.bind(7, state!.entries + 1)
    try row.run()
    for (line, entry) in transaction.entries.enumerated() {
      try append(entry, line: line, of: transaction, sequence: sequence, isUsage: usage != nil)
    }
    return sequence
  }

  private func append(
    _ entry: Entry, line: Int, of transaction: Transaction, sequence: Int64, isUsage: Bool
  ) throws {
    let hash = chain.append(
      entry, line: line, transaction: transaction.id, kind: transaction.kind,
      date: transaction.date, corrects: transaction.corrects)
    let dimensions = try intern(entry.dimensions)
    let (micro, pico) = Money.split(entry.amount.picos)
    let account = entry.account.code
    let currency = entry.amount.currency.number
    state!.entries += 1
    let row = statements.insertEntry
    row.bind(1, state!.entries)
    row.bind(2, sequence)
    row.bind(3, Int64(line))
    row.bind(4, account)
    row.bind(5, currency)
    row.bind(6, micro)
    row.bind(7, pico)
    row.bind(8, entry.nanoseconds)
    row.bind(9, dimensions)
    // The entries of a usage transaction are all about its request, which the usage row names.
    row.bind(10, isUsage ? nil : entry.dimensions.request)
    row.bind(11, hash)
    try row.run()
    if entry.account == .customerCredit, let customer = entry.dimensions.customer {
      credits[customer, default: Credit()].balance -= entry.amount.picos
    }
    pending.add(
      entry, account: account, currency: currency, dimensions: dimensions, date: transaction.date)
  }

  /// The number of a set of dimensions, the request left out; made when it is new.
  func intern(_ value: Dimensions) throws -> Int64 {
    // The entries of one transaction share most of theirs.
    if let last = lastInterned, last.value == value { return last.id }
    let id = try number(of: value)
    lastInterned = (value, id)
    return id
  }

  private func number(of value: Dimensions) throws -> Int64 {
    var value = value
    value.request = nil
    if let id = dimensionIDs[value] { return id }
    let id = Int64(dimensionIDs.count) + 1
    let row = statements.insertDimensions
    row.bind(1, id)
    row.bind(2, value.customer)
    row.bind(3, value.key)
    row.bind(4, value.model)
    row.bind(5, value.plan)
    row.bind(6, value.priceVersion)
    row.bind(7, value.machine)
    row.bind(8, value.vendor)
    row.bind(9, value.region)
    row.bind(10, value.stream)
    try row.run()
    changed = true
    dimensionIDs[value] = id
    dimensions[id] = value
    return id
  }
}
