import Crypto
import Foundation
import Ledger
import Synchronization

/// Addresses that sign in once, printed by the program for its owner. Only their digests are kept.
final class SignInLinks: Sendable {
  static let lifetimeSeconds: Int64 = 3_600
  static let maximum = 64

  private let expiries = Mutex<[[UInt8]: Timestamp]>([:])

  func make(at now: Timestamp) -> String {
    let token = randomToken(bytes: 32)
    expiries.withLock { expiries in
      expiries = expiries.filter { now < $0.value }
      if expiries.count >= Self.maximum, let oldest = expiries.min(by: { $0.value < $1.value }) {
        expiries[oldest.key] = nil
      }
      expiries[Self.digest(token)] = now.advanced(bySeconds: Self.lifetimeSeconds)
    }
    return token
  }

  /// True once for each token that was made and has not expired.
  func redeem(_ token: String, at now: Timestamp) -> Bool {
    expiries.withLock { expiries in
      guard let expiry = expiries.removeValue(forKey: Self.digest(token)) else { return false }
      return now < expiry
    }
  }

  private static func digest(_ token: String) -> [UInt8] {
    Array(SHA256.hash(data: Data(token.utf8)))
  }
}
