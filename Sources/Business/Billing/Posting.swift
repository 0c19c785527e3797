package import Ledger

/// The entries that each event books: the table of events in one place.
package enum Posting {
  /// A settled request: revenue against credit or receivable, compute against the machine, an
  /// upstream's cost against the vendor. Nil when nothing was earned and nothing spent.
  package static func usage(
    _ settlement: Settlement, charge: Money?, uncollected: Money, computeCost: Money?,
    upstreamCost: Money?, at date: Timestamp
  ) throws(LedgerError) -> Transaction? {
    let admission = settlement.admission
    let dimensions = self.dimensions(of: admission)
    var entries: [Entry] = []
    if let charge {
      let payer: Account =
        admission.customer.terms == .prepaid ? .customerCredit : .unbilledReceivable
      entries.append(.debit(payer, charge - uncollected, dimensions))
      entries.append(.debit(.badDebt, uncollected, dimensions))
      entries.append(.credit(.usage, charge, dimensions))
    }
    if let compute = settlement.compute, let computeCost {
      entries += self.compute(.computeUsed, compute, cost: computeCost, dimensions)
    }
    if let upstreamCost {
      entries.append(.debit(.upstreamModels, upstreamCost, dimensions))
      entries.append(.credit(.payableToVendors, upstreamCost, dimensions))
    }
    guard entries.contains(where: { !$0.amount.isZero || ($0.nanoseconds ?? 0) != 0 }) else {
      return nil
    }
    return try Transaction(
      id: usageID(admission.request), kind: .usage, date: date, entries: entries)
  }

  package static func usageID(_ request: String) -> String { "use_\(request)" }

  /// Machine time as cost: only the cost side carries the nanoseconds, so that each is counted once.
  package static func compute(
    _ account: Account, _ share: ComputeShare, cost: Money, _ dimensions: Dimensions
  ) -> [Entry] {
    var dimensions = dimensions
    dimensions.machine = share.machine
    return [
      .debit(account, cost, nanoseconds: share.nanoseconds, dimensions),
      .credit(.machineCapacity, cost, dimensions),
    ]
  }

  /// Prepaid credit bought without a payment provider.
  package static func topUp(
    customer: String, amount: Money, id: String, at date: Timestamp
  ) throws(LedgerError) -> Transaction {
    let dimensions = Dimensions(customer: customer)
    return try Transaction(
      id: id, kind: .topUp, date: date,
      entries: [.debit(.cash, amount, dimensions), .credit(.customerCredit, amount, dimensions)])
  }
}
