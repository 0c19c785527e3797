package import Crypto
import Foundation
package import Ledger

/// HMAC-SHA-256 of a key's text under the workspace's secret. The text itself is never stored.
package struct KeyDigest: Hashable, Sendable {
  package let bytes: [UInt8]
  package init(bytes: [UInt8]) { self.bytes = bytes }

  package init(of key: String, secret: SymmetricKey) {
    var copy = key
    bytes = copy.withUTF8 { Array(HMAC<SHA256>.authenticationCode(for: $0, using: secret)) }
  }
}

/// A customer's credential. Shown once when made; recognised afterwards by `prefix`.
package struct APIKey: Hashable, Sendable, Identifiable {
  package let id: String
  package let customer: String
  package let digest: KeyDigest
  package let prefix: String
  package let created: Timestamp
  package let expires: Timestamp?
  package let revoked: Timestamp?
  /// Nil allows every model.
  package let models: [String]?

  package init(
    id: String, customer: String, digest: KeyDigest, prefix: String, created: Timestamp,
    expires: Timestamp?, revoked: Timestamp?, models: [String]?
  ) {
    self.id = id
    self.customer = customer
    self.digest = digest
    self.prefix = prefix
    self.created = created
    self.expires = expires
    self.revoked = revoked
    self.models = models
  }

  /// - Throws: `revokedKey`, `expiredKey`, `modelNotAllowed`.
  package func check(model: String, at now: Timestamp) throws(BillingError) {
    if let revoked, revoked <= now {
      throw BillingError(.revokedKey, "API key \(prefix)… was revoked; ask for a new one")
    }
    if let expires, expires <= now {
      throw BillingError(.expiredKey, "API key \(prefix)… has expired; ask for a new one")
    }
    if let models, !models.contains(model) {
      throw BillingError(
        .modelNotAllowed,
        "API key \(prefix)… may not use model '\(model)'; it may use: \(models.joined(separator: ", "))"
      )
    }
  }

  /// Letters and digits without those that look alike.
  private static let alphabet = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
  package static let textPrefix = "sk-be-"
  package static let prefixLength = 12

  /// A new key's text: 40 letters of 56, 232 bits from `generator`.
  package static func makeText(using generator: inout some RandomNumberGenerator) -> String {
    textPrefix
      + String(
        (0..<40).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
  }
}
