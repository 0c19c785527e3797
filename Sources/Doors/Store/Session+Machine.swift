import Billing
import Ledger

/// The machine's clock (law 5).
extension Session {
  func closeMachine(
    _ name: String, rate: MachineRate, shares: [(request: String, nanoseconds: Int64)],
    until: Timestamp
  ) throws {
    guard shares.allSatisfy({ $0.nanoseconds >= 0 }) else {
      throw BillingError(.invalid, "shares: a request's machine time cannot be negative")
    }
    var machine: Machine
    if let known = machines[name] {
      machine = known
    } else {
      machine = Machine(
        rate: rate, opened: until.nanoseconds, closed: until.nanoseconds, booked: 0,
        openNanoseconds: 0)
      try insertRate(of: name, rate, at: until)
    }
    try bookInterval(of: name, &machine, shares: shares.filter { $0.nanoseconds > 0 }, until: until)
    if machine.rate != rate {
      machine.rate = rate
      machine.booked = 0
      try insertRate(of: name, rate, at: until)
    }
    machines[name] = machine
    changedMachines.insert(name)
    changed = true
  }

  /// Books the shares, the idle rest and the accrual of all since the last closing, at the old rate.
  private func bookInterval(
    of name: String, _ machine: inout Machine, shares: [(request: String, nanoseconds: Int64)],
    until: Timestamp
  ) throws {
    let atLastClose = machine.booked - machine.openNanoseconds
    var booked = machine.booked
    func next(_ nanoseconds: Int64) -> Money {
      defer { booked += nanoseconds }
      return machine.rate.cost(of: nanoseconds, after: booked)
    }
    let parts = try shares.map { share in
      Posting.ClosingShare(
        compute: ComputeShare(machine: name, nanoseconds: share.nanoseconds),
        cost: next(share.nanoseconds), dimensions: try dimensionsOf(request: share.request))
    }
    let used = machine.openNanoseconds + (booked - machine.booked)
    let idle = max(0, until.nanoseconds - machine.closed - used)
    let idleCost = next(idle)
    let closed = machine.closed + used + idle
    let transaction = try Posting.closing(
      machine: name, shares: parts, idle: ComputeShare(machine: name, nanoseconds: idle),
      idleCost: idleCost, accrued: machine.rate.cost(of: used + idle, after: atLastClose),
      closed: Timestamp(nanoseconds: closed), at: now())
    if let transaction {
      let sequence = try book(transaction)
      for (number, part) in parts.enumerated() { try insert(part, number, sequence) }
    }
    machine.booked = booked
    machine.closed = closed
    machine.openNanoseconds = 0
  }

  /// A share keeps the dimensions of its request, whether it still runs or was settled meanwhile.
  private func dimensionsOf(request: String) throws -> Dimensions {
    var value = Dimensions()
    if let hold = holds[request] {
      value = dimensions[hold.dimensions] ?? value
    } else {
      statements.usageExists.bind(1, request)
      let id = try statements.usageExists.first { $0.integer(0) }
      value = id.flatMap { dimensions[$0] } ?? value
    }
    value.request = request
    return value
  }

  private func insert(_ share: Posting.ClosingShare, _ part: Int, _ transaction: Int64) throws {
    let request = share.dimensions.request!
    let (micro, pico) = Money.split(share.cost.picos)
    let row = statements.insertShare
    row.bind(1, request)
    row.bind(2, transaction)
    row.bind(3, Int64(part))
    row.bind(4, share.compute.machine)
    row.bind(5, share.compute.nanoseconds)
    row.bind(6, share.cost.currency.number)
    row.bind(7, micro)
    row.bind(8, pico)
    try row.run()
    holds[request]?.hasShares = true
  }

  private func insertRate(of name: String, _ rate: MachineRate, at date: Timestamp) throws {
    let row = try cached(
      """
      INSERT INTO machine_rates (machine, after_tx, hourly_pico, currency, started)
      VALUES (?1, ?2, ?3, ?4, ?5)
      """)
    row.bind(1, name)
    row.bind(2, state!.transactions)
    row.bind(3, Int64(rate.hourly.picos))
    row.bind(4, rate.hourly.currency.number)
    row.bind(5, date.nanoseconds)
    try row.run()
  }

  /// Once a commit, not once a request.
  func saveMachines() throws {
    for name in changedMachines {
      guard let machine = machines[name] else { continue }
      let row = statements.saveMachine
      row.bind(1, name)
      row.bind(2, Int64(machine.rate.hourly.picos))
      row.bind(3, machine.rate.hourly.currency.number)
      row.bind(4, machine.opened)
      row.bind(5, machine.closed)
      row.bind(6, machine.booked)
      row.bind(7, machine.openNanoseconds)
      try row.run()
    }
    changedMachines.removeAll(keepingCapacity: true)
  }
}
