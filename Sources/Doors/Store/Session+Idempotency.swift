import Billing
import Ledger

/// Answers kept for `Idempotency-Key`, by API key.
extension Session {
  /// The answer to send again; nil when this is a first try (or a try after the key lapsed, or after a
  /// request that ended without an answer).
  /// - Throws: `idempotencyMismatch` for another body, `idempotencyInProgress` while the first runs.
  func answered(
    _ idempotency: Idempotency, key: String, at now: Timestamp
  ) throws -> StoredResponse? {
    let statement = try cached(
      """
      SELECT request, fingerprint, created, status, content_type, body FROM idempotency
      WHERE key_id = ?1 AND idempotency_key = ?2
      """)
    statement.bind(1, key)
    statement.bind(2, idempotency.key)
    let found = try statement.first { row in
      (
        request: try row.requiredText(0), fingerprint: row.bytes(1), created: row.integer(2),
        status: row.optionalInteger(3), contentType: row.text(4) ?? "", body: row.bytes(5)
      )
    }
    guard let found,
      now < Timestamp(nanoseconds: found.created).advanced(bySeconds: Billing.idempotencySeconds)
    else { return nil }
    guard found.fingerprint == idempotency.fingerprint else {
      throw BillingError(
        .idempotencyMismatch,
        "Idempotency-Key '\(idempotency.key.prefix(64))' was used with another body; use a new key for a new request"
      )
    }
    if let status = found.status {
      return StoredResponse(
        request: found.request, status: Int(status), contentType: found.contentType,
        body: found.body)
    }
    if let hold = holds[found.request], hold.expires > now.nanoseconds {
      throw BillingError(
        .idempotencyInProgress,
        "the request with Idempotency-Key '\(idempotency.key.prefix(64))' is still running; try again when it has ended"
      )
    }
    return nil
  }

  /// Remembers that the request runs, in place of what was kept for the key before.
  func begin(_ idempotency: Idempotency, key: String, request: String, at now: Timestamp) throws {
    let clear = try cached("DELETE FROM idempotency WHERE key_id = ?1 AND idempotency_key = ?2")
    clear.bind(1, key)
    clear.bind(2, idempotency.key)
    try clear.run()
    let insert = try cached(
      """
      INSERT INTO idempotency (key_id, idempotency_key, request, fingerprint, created)
      VALUES (?1, ?2, ?3, ?4, ?5)
      """)
    insert.bind(1, key)
    insert.bind(2, idempotency.key)
    insert.bind(3, request)
    insert.bind(4, idempotency.fingerprint)
    insert.bind(5, now.nanoseconds)
    try insert.run()
    try purgeIdempotency(before: now, limit: 4)
  }

  /// Keeps the answer of a request that has ended; without one, its key is free again.
  func end(request: String, response: StoredResponse?) throws {
    guard let response else { return try forgetIdempotency(of: request) }
    let update = try cached(
      """
      UPDATE idempotency SET status = ?2, content_type = ?3, body = ?4
      WHERE request = ?1 AND status IS NULL
      """)
    update.bind(1, request)
    update.bind(2, Int64(response.status))
    update.bind(3, response.contentType)
    update.bind(4, response.body)
    try update.run()
    changed = true
  }

  func forgetIdempotency(of request: String) throws {
    let delete = try cached("DELETE FROM idempotency WHERE request = ?1 AND status IS NULL")
    delete.bind(1, request)
    try delete.run()
    changed = true
  }

  func purgeIdempotency(before now: Timestamp, limit: Int64) throws {
    let purge = try cached(
      """
      DELETE FROM idempotency WHERE seq IN
        (SELECT seq FROM idempotency WHERE created <= ?1 ORDER BY created LIMIT ?2)
      """)
    purge.bind(1, now.advanced(bySeconds: -Billing.idempotencySeconds).nanoseconds)
    purge.bind(2, limit)
    try purge.run()
    changed = true
  }
}
