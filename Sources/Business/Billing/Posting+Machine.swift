package import Ledger

extension Posting {
  /// A running request's machine time since the last closing.
  package struct ClosingShare: Sendable {
    package let compute: ComputeShare
    package let cost: Money
    /// The request's, its id included.
    package let dimensions: Dimensions

    package init(compute: ComputeShare, cost: Money, dimensions: Dimensions) {
      self.compute = compute
      self.cost = cost
      self.dimensions = dimensions
    }
  }

  /// A machine's clock closed at `closed`: the running requests' shares, idle capacity, and the accrual
  /// of `accrued` for all that was booked to the machine since the last closing, after which machine
  /// capacity is zero (law 5). Nil when no time passed.
  package static func closing(
    machine: String, shares: [ClosingShare], idle: ComputeShare, idleCost: Money, accrued: Money,
    closed: Timestamp, at date: Timestamp
  ) throws(LedgerError) -> Transaction? {
    let dimensions = Dimensions(machine: machine)
    var entries = [
      Entry.debit(.machineCapacity, accrued, dimensions),
      Entry.credit(.accruedInfrastructure, accrued, dimensions),
    ]
    for share in shares {
      entries += compute(.computeUsed, share.compute, cost: share.cost, share.dimensions)
    }
    entries += compute(.idleCapacity, idle, cost: idleCost, dimensions)
    guard entries.contains(where: { !$0.amount.isZero || ($0.nanoseconds ?? 0) != 0 }) else {
      return nil
    }
    return try Transaction(
      id: "close_\(machine)_\(closed.nanoseconds)", kind: .machine, date: date, entries: entries)
  }

  /// What a request's entries are about.
  package static func dimensions(of admission: Admission) -> Dimensions {
    Dimensions(
      customer: admission.customer.id, key: admission.key.id, model: admission.model,
      plan: admission.customer.plan, priceVersion: admission.price.id,
      vendor: admission.upstream?.name, request: admission.request)
  }
}
