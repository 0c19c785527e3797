/// Why the books refused. `code` is stable and machine-readable; `message` says what to do.
package struct BillingError: Error, Hashable, Sendable, CustomStringConvertible {
  package struct Code: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package static let invalidKey = Code(rawValue: "invalid_api_key")
    package static let expiredKey = Code(rawValue: "expired_api_key")
    package static let revokedKey = Code(rawValue: "revoked_api_key")
    package static let modelNotAllowed = Code(rawValue: "model_not_allowed")
    package static let modelNotPriced = Code(rawValue: "model_not_priced")
    package static let insufficientCredit = Code(rawValue: "insufficient_quota")
    package static let currencyMismatch = Code(rawValue: "currency_mismatch")
    package static let duplicateRequest = Code(rawValue: "duplicate_request")
    package static let idempotencyMismatch = Code(rawValue: "idempotency_key_reused")
    package static let idempotencyInProgress = Code(rawValue: "idempotency_key_in_progress")
    package static let invalid = Code(rawValue: "invalid_value")
    package static let exists = Code(rawValue: "already_exists")
    package static let unknown = Code(rawValue: "not_found")
    /// The disk is full or the database cannot be written: nothing was booked.
    package static let storageUnavailable = Code(rawValue: "storage_unavailable")
  }

  package let code: Code
  package let message: String
  package var description: String { message }

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
