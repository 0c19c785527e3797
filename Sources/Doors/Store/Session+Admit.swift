import Billing
import Ledger

extension Session {
  /// Step 2: the pure decision on the newest rows, then the hold.
  func admit(_ request: AdmissionRequest) throws -> AdmissionOutcome {
    let now = now()
    if let idempotency = request.idempotency {
      let (key, _) = try catalogue.authenticate(request.digest, model: request.model, at: now)
      if let answer = try answered(idempotency, key: key.id, at: now) { return .replay(answer) }
    }
    guard holds[request.request] == nil, try !isSettled(request.request) else {
      throw BillingError(
        .duplicateRequest,
        "request id \(request.request) was used before; each request needs an id of its own")
    }
    let admission = try Admission.decide(
      request, catalogue: catalogue,
      available: { Money(picos: credits[$0.id]?.available ?? 0, $0.currency) }, at: now)
    try hold(admission, expires: request.expires, isIdempotent: request.idempotency != nil)
    if let idempotency = request.idempotency {
      try begin(idempotency, key: admission.key.id, request: request.request, at: now)
    }
    return .admitted(admission)
  }

  func isSettled(_ request: String) throws -> Bool {
    statements.usageExists.bind(1, request)
    return try statements.usageExists.first { _ in true } ?? false
  }

  private func hold(_ admission: Admission, expires: Timestamp, isIdempotent: Bool) throws {
    let dimensions = try intern(Posting.dimensions(of: admission))
    let process = try registered()
    changed = true
    state!.holds += 1
    let (micro, pico) = Money.split(admission.hold.picos)
    let row = statements.insertHold
    row.bind(1, state!.holds)
    row.bind(2, admission.request)
    row.bind(3, dimensions)
    row.bind(4, admission.hold.currency.number)
    row.bind(5, micro)
    row.bind(6, pico)
    row.bind(7, admission.admitted.nanoseconds)
    row.bind(8, expires.nanoseconds)
    row.bind(9, process)
    row.bind(10, isIdempotent ? 1 : 0)
    try row.run()
    let customer = admission.customer.id
    holds[admission.request] = Hold(
      sequence: state!.holds, dimensions: dimensions, customer: customer,
      picos: admission.hold.picos, expires: expires.nanoseconds, process: process,
      isIdempotent: isIdempotent, hasShares: false)
    if admission.hold.picos != 0 {
      credits[customer, default: Credit()].held += admission.hold.picos
    }
  }

  /// Gives a hold back; whatever was written for its request meanwhile stays.
  func drop(_ hold: Hold, request: String) throws {
    changed = true
    statements.deleteHold.bind(1, hold.sequence)
    try statements.deleteHold.run()
    holds[request] = nil
    if hold.picos != 0 { credits[hold.customer, default: Credit()].held -= hold.picos }
  }

  /// The request never ran: its `Idempotency-Key` is free again.
  func release(_ request: String) throws {
    guard let hold = holds[request] else { return }
    try drop(hold, request: request)
    if hold.isIdempotent { try forgetIdempotency(of: request) }
  }

  /// Releases lapsed holds, and with `all` those of processes that are no more. Purges answers whose
  /// `Idempotency-Key` is no longer honoured, a bounded number at a time.
  func sweep(all: Bool, isAlive: (String) -> Bool) throws -> Int {
    let now = now()
    let former = try all ? forgetFormerProcesses(isAlive) : []
    let lapsed = holds.filter {
      $0.value.expires <= now.nanoseconds || former.contains($0.value.process)
    }
    for (request, hold) in lapsed { try drop(hold, request: request) }
    try purgeIdempotency(before: now, limit: 1000)
    return lapsed.count
  }

  /// Numbers on holds whose process is no more.
  private func forgetFormerProcesses(_ isAlive: (String) -> Bool) throws -> Set<Int64> {
    var living: Set<Int64> = []
    var dead: [Int64] = []
    try cached("SELECT id, token FROM processes").each { row in
      let token = row.text(1) ?? ""
      if token == process || isAlive(token) {
        living.insert(row.integer(0))
      } else {
        dead.append(row.integer(0))
      }
    }
    let delete = try cached("DELETE FROM processes WHERE id = ?1")
    for id in dead {
      delete.bind(1, id)
      try delete.run()
      changed = true
    }
    return Set(holds.values.map(\.process)).subtracting(living)
  }
}
