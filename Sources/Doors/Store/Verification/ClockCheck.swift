import Billing
import Ledger

/// Law 5: over a machine's life, nanoseconds of requests + idle = the clock; each booking costs what
/// the rate says after what was booked before it; capacity is zero after each closing.
final class ClockCheck {
  private struct Machine {
    var rates: [(after: Int64, rate: MachineRate)] = []
    var next = 0
    /// At the rate in force.
    var booked: Int64 = 0
    var total: Int64 = 0
    var sinceClose: Int64 = 0
    var capacity: [Currency: Int128] = [:]
    var rate: MachineRate? { next == 0 ? nil : rates[next - 1].rate }
  }

  private let verification: Verification
  private var machines: [String: Machine] = [:]

  init(_ verification: Verification) throws {
    self.verification = verification
    let sql = "SELECT machine, after_tx, hourly_pico, currency FROM machine_rates ORDER BY seq"
    try RawStatement(verification.database, sql).each { row in
      let rate = try MachineRate(hourly: Money(picos: Int128(row.integer(2)), row.currency(3)))
      machines[try row.requiredText(0), default: Machine()].rates.append((row.integer(1), rate))
    }
  }

  func add(_ row: JournalRow, transaction: Int64) throws {
    guard let name = row.entry.dimensions.machine else { return }
    var machine = machines[name] ?? Machine()
    defer { machines[name] = machine }
    if row.entry.account == .machineCapacity {
      machine.capacity[row.entry.amount.currency, default: 0] += row.entry.amount.picos
    }
    guard let nanoseconds = row.entry.nanoseconds else { return }
    while machine.next < machine.rates.count, machine.rates[machine.next].after < transaction {
      machine.next += 1
      machine.booked = 0
    }
    let place = "entry \(row.sequence) (transaction \(row.transaction))"
    guard let rate = machine.rate else {
      verification.found("clock", at: place, "machine '\(name)' had no rate when this was booked")
      return
    }
    let cost = rate.cost(of: nanoseconds, after: machine.booked)
    if cost != row.entry.amount {
      verification.found(
        "clock", at: place,
        "\(nanoseconds) ns of machine '\(name)' cost \(cost) at \(rate.hourly) an hour, but \(row.entry.amount) is booked"
      )
    }
    machine.booked += nanoseconds
    machine.total += nanoseconds
    machine.sinceClose += nanoseconds
  }

  func closed(_ transaction: JournalCheck.OpenTransaction) {
    for name in Set(transaction.entries.compactMap(\.dimensions.machine)) {
      for (currency, sum) in machines[name]?.capacity ?? [:] where sum != 0 {
        verification.found(
          "clock", at: "transaction \(transaction.row.transaction)",
          "machine '\(name)' is closed with \(Money(picos: sum, currency)) of capacity left; it must be zero"
        )
        // Reported once; later closings are judged by themselves.
        machines[name]!.capacity[currency] = 0
      }
      machines[name]?.sinceClose = 0
    }
  }

  func finish() throws {
    let sql =
      "SELECT machine, opened, closed, booked, open_nanoseconds, hourly_pico, currency FROM machines"
    var known: Set<String> = []
    try RawStatement(verification.database, sql).each { row in
      let name = try row.requiredText(0)
      known.insert(name)
      let machine = machines[name] ?? Machine()
      let clock = row.integer(2) - row.integer(1) + row.integer(4)
      if machine.total != clock {
        verification.found(
          "clock", at: "machine \(name)",
          "\(machine.total) ns are booked to requests and idle capacity, but its clock ran \(clock) ns"
        )
      }
      if machine.sinceClose != row.integer(4) {
        verification.found(
          "clock", at: "machine \(name)",
          "\(machine.sinceClose) ns were booked since its last closing, but its row says \(row.integer(4)) ns"
        )
      }
      let kept = Money(picos: Int128(row.integer(5)), try row.currency(6))
      if let rate = machine.rates.last?.rate, rate.hourly != kept {
        verification.found(
          "clock", at: "machine \(name)",
          "its row says \(kept) an hour, but its last rate is \(rate.hourly)")
      }
      // A rate just changed has nothing booked to it yet.
      let booked = machine.next == machine.rates.count ? machine.booked : 0
      if booked != row.integer(3) {
        verification.found(
          "clock", at: "machine \(name)",
          "\(booked) ns are booked at its rate, but its row says \(row.integer(3)) ns")
      }
    }
    for name in machines.keys.sorted() where !known.contains(name) {
      verification.found("clock", at: "machine \(name)", "it has bookings but no clock")
    }
  }
}
