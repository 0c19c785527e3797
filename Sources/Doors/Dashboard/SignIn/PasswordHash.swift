import Crypto
import Foundation

/// A salted slow hash of the owner's password: PBKDF2-HMAC-SHA-256 (RFC 8018 §5.2), one block of 32
/// bytes. Written as `pbkdf2-sha256$iterations$salt$hash`, base64.
package struct PasswordHash: Hashable, Sendable, CustomStringConvertible {
  /// OWASP's figure for this function (2023).
  package static let defaultIterations = 600_000
  static let iterationsAllowed = 1...10_000_000
  static let saltLength = 16

  let iterations: Int
  let salt: [UInt8]
  let hash: [UInt8]

  package init(
    password: String, iterations: Int = defaultIterations,
    using generator: inout some RandomNumberGenerator
  ) {
    precondition(Self.iterationsAllowed.contains(iterations), "iterations \(iterations)")
    self.iterations = iterations
    salt = (0..<Self.saltLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    hash = Self.derive(password, salt: salt, iterations: iterations)
  }

  /// Reads what `description` wrote.
  /// - Throws: `invalidPasswordHash` with the command that makes a new one.
  package init(_ text: String) throws(DashboardError) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, parts[0] == "pbkdf2-sha256", let iterations = Int(parts[1]),
      Self.iterationsAllowed.contains(iterations), let salt = Data(base64Encoded: parts[2]),
      let hash = Data(base64Encoded: parts[3]), salt.count == Self.saltLength, hash.count == 32
    else {
      throw DashboardError(
        .invalidPasswordHash,
        "dashboard password hash is not readable; set a new password in the workspace's configuration"
      )
    }
    self.iterations = iterations
    self.salt = Array(salt)
    self.hash = Array(hash)
  }

  package var description: String {
    "pbkdf2-sha256$\(iterations)$\(Data(salt).base64EncodedString())$\(Data(hash).base64EncodedString())"
  }

  /// Takes the same time whether the password is right or not.
  func matches(_ password: String) -> Bool {
    constantTimeEqual(Self.derive(password, salt: salt, iterations: iterations), hash)
  }

  /// T₁ = U₁ ⊕ … ⊕ U_c with U₁ = HMAC(P, S ∥ 00000001), Uᵢ = HMAC(P, Uᵢ₋₁).
  static func derive(_ password: String, salt: [UInt8], iterations: Int) -> [UInt8] {
    // The keyed state is copied each round, which saves hashing the key's two blocks again.
    let keyed = HMAC<SHA256>(key: SymmetricKey(data: Data(password.utf8)))
    var first = keyed
    first.update(data: salt)
    first.update(data: [0, 0, 0, 1] as [UInt8])
    var block = Array(first.finalize())
    var result = block
    for _ in 1..<max(1, iterations) {
      var state = keyed
      state.update(data: block)
      state.finalize().withUnsafeBytes { bytes in
        for index in 0..<32 {
          block[index] = bytes[index]
          result[index] ^= bytes[index]
        }
      }
    }
    return result
  }
}

/// Compares without stopping at the first difference.
func constantTimeEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
  guard left.count == right.count else { return false }
  return zip(left, right).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
}
