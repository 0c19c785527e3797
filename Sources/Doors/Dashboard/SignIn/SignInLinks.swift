import Crypto
import Foundation
import Ledger
import Synchronization

/// Addresses that sign in, once or for an hour, printed by the program for its owner. Only their
/// digests are kept.
final class SignInLinks: Sendable {
  static let lifetimeSeconds: Int64 = 3_600
  static let maximum = 64

  private struct Link {
    let expiry: Timestamp
    let isReusable: Bool
  }
  private let links = Mutex<[[UInt8]: Link]>([:])

  func make(at now: Timestamp, isReusable: Bool = false) -> String {
    let token = randomToken(bytes: 32)
    links.withLock { links in
      links = links.filter { now < $0.value.expiry }
      if links.count >= Self.maximum,
        let oldest = links.min(by: { $0.value.expiry < $1.value.expiry })
      {
        links[oldest.key] = nil
      }
      links[Self.digest(token)] = Link(
        expiry: now.advanced(bySeconds: Self.lifetimeSeconds), isReusable: isReusable)
    }
    return token
  }

  /// True for each token that was made and has not expired; once, unless it is reusable.
  func redeem(_ token: String, at now: Timestamp) -> Bool {
    links.withLock { links in
      let digest = Self.digest(token)
      guard let link = links[digest] else { return false }
      if !link.isReusable || now >= link.expiry { links[digest] = nil }
      return now < link.expiry
    }
  }

  private static func digest(_ token: String) -> [UInt8] {
    Array(SHA256.hash(data: Data(token.utf8)))
  }
}
