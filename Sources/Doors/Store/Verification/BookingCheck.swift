import Billing
import Ledger

/// Laws 2 and 3: a usage transaction is the one of its usage event and books exactly what the event
/// says; a closing's shares are those that the requests count.
final class BookingCheck {
  private let verification: Verification
  private let usage: RawStatement
  private let shares: RawStatement
  private var shareNanoseconds: Int64 = 0

  init(_ verification: Verification) throws {
    self.verification = verification
    usage = try RawStatement(
      verification.database,
      """
      SELECT u.request, u.tx, u.currency, u.micro, u.pico, u.uncollected_micro, u.uncollected_pico,
        u.nanoseconds, u.compute_currency, u.compute_micro, u.compute_pico, u.upstream_currency,
        u.upstream_micro, u.upstream_pico, u.machine,
        u.settled, d.customer, d.key, d.model, d.plan, d.price_version
      FROM usage u LEFT JOIN dimensions d ON d.id = u.dimensions WHERE u.seq = ?1
      """)
    shares = try RawStatement(
      verification.database,
      """
      SELECT SUM(nanoseconds), SUM(micro), SUM(pico) FROM closing_shares
      WHERE request = ?1 AND tx = ?2
      """)
  }

  func check(_ open: JournalCheck.OpenTransaction) throws {
    switch open.row.kind {
    case .usage: try checkUsage(open)
    case .machine: try checkClosing(open)
    case .manual: checkManual(open)
    default: break
    }
  }

  /// What the program keeps is not booked by hand.
  private func checkManual(_ open: JournalCheck.OpenTransaction) {
    for entry in open.entries {
      guard let reason = ManualBooking.refusal(entry) else { continue }
      verification.found(
        "exactly_once", at: "transaction \(open.row.transaction)",
        "\(entry.account.rawValue) was booked by hand: \(reason)")
    }
  }

  private func checkUsage(_ open: JournalCheck.OpenTransaction) throws {
    let place = "transaction \(open.row.transaction)"
    guard let sequence = open.usage else {
      verification.found("exactly_once", at: place, "it names no usage event")
      return
    }
    usage.bind(1, sequence)
    let expected = try usage.first { row in
      (
        tx: row.optionalInteger(1), sums: try Self.expected(row), nanoseconds: row.integer(7),
        settled: row.integer(15), subject: (16...20).map { row.text($0) }
      )
    }
    guard let expected else {
      verification.found("exactly_once", at: place, "its usage event is missing")
      return
    }
    if expected.tx != open.sequence {
      verification.found(
        "exactly_once", at: place,
        "its request was booked by transaction number \(expected.tx.map(String.init) ?? "none"): booked twice"
      )
    }
    checkSubject(open, settled: expected.settled, expected.subject, place)
    var sums: [Key: Int128] = [:]
    var nanoseconds: Int64 = 0
    for entry in open.entries {
      sums[Key(Self.payer(entry.account), entry.amount.currency), default: 0] += entry.amount.picos
      nanoseconds += entry.nanoseconds ?? 0
    }
    for key in Set(sums.keys).union(expected.sums.keys)
    where sums[key, default: 0] != expected.sums[key, default: 0] {
      verification.found(
        "exactly_once", at: place,
        "\(key.account.rawValue) has \(Money(picos: sums[key, default: 0], key.currency)), but its usage event says \(Money(picos: expected.sums[key, default: 0], key.currency))"
      )
    }
    if nanoseconds != expected.nanoseconds {
      verification.found(
        "exactly_once", at: place,
        "its entries carry \(nanoseconds) ns, but its usage event says \(expected.nanoseconds) ns")
    }
  }

  /// When, whose and at what price: the usage event's row is not sealed, its entries are.
  private func checkSubject(
    _ open: JournalCheck.OpenTransaction, settled: Int64, _ subject: [String?], _ place: String
  ) {
    if settled != open.row.date.nanoseconds {
      verification.found(
        "exactly_once", at: place, "its usage event is dated otherwise: one of them was edited")
    }
    let entries = open.entries.map(\.dimensions).filter { $0.customer != nil }
    let isSame = entries.allSatisfy {
      [$0.customer, $0.key, $0.model, $0.plan, $0.priceVersion] == subject
    }
    if !isSame {
      verification.found(
        "exactly_once", at: place,
        "its entries are about another customer, key, model, plan or price version than its usage event: one of them was edited"
      )
    }
  }

  private struct Key: Hashable {
    let account: Account
    let currency: Currency
    init(_ account: Account, _ currency: Currency) {
      self.account = account
      self.currency = currency
    }
  }

  /// On account or prepaid: either account may bear the charge.
  private static func payer(_ account: Account) -> Account {
    account == .unbilledReceivable ? .customerCredit : account
  }

  private static func expected(_ row: RawStatement) throws -> [Key: Int128] {
    var sums: [Key: Int128] = [:]
    let currency = try row.currency(2)
    if row.optionalInteger(3) != nil {
      let charge = row.money(3, currency)
      let uncollected = row.money(5, currency)
      sums[Key(.customerCredit, currency)] = (charge - uncollected).picos
      sums[Key(.badDebt, currency)] = uncollected.picos
      sums[Key(.usage, currency)] = -charge.picos
    }
    if row.optionalInteger(8) != nil {
      let cost = row.money(9, try row.currency(8))
      sums[Key(.computeUsed, cost.currency)] = cost.picos
      sums[Key(.machineCapacity, cost.currency)] = -cost.picos
    }
    if row.optionalInteger(11) != nil {
      let cost = row.money(12, try row.currency(11))
      sums[Key(.upstreamModels, cost.currency)] = cost.picos
      sums[Key(.payableToVendors, cost.currency)] = -cost.picos
    }
    return sums
  }

  private func checkClosing(_ open: JournalCheck.OpenTransaction) throws {
    var parts: [String: (nanoseconds: Int64, picos: Int128)] = [:]
    for entry in open.entries where entry.account == .computeUsed {
      guard let request = entry.dimensions.request else { continue }
      parts[request, default: (0, 0)].nanoseconds += entry.nanoseconds ?? 0
      parts[request]!.picos += entry.amount.picos
    }
    for (request, part) in parts {
      shareNanoseconds += part.nanoseconds
      shares.bind(1, request)
      shares.bind(2, open.sequence)
      let counted = try shares.first {
        ($0.integer(0), Money.join(micro: $0.integer(1), pico: $0.integer(2)))
      }
      if counted?.0 != part.nanoseconds || counted?.1 != part.picos {
        verification.found(
          "clock", at: "transaction \(open.row.transaction), request \(request)",
          "\(part.nanoseconds) ns are booked, but its usage counts \(counted?.0 ?? 0) ns")
      }
    }
  }

  func finish() throws {
    let sql = "SELECT SUM(nanoseconds) FROM closing_shares"
    let counted = try RawStatement(verification.database, sql).first { $0.integer(0) } ?? 0
    if counted != shareNanoseconds {
      verification.found(
        "clock", at: "closing shares",
        "requests count \(counted) ns from closings, but \(shareNanoseconds) ns are booked")
    }
  }
}
