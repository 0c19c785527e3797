import Crypto
import Foundation
import Ledger
import Synchronization

/// A signed-in browser: `expiry.nonce.signature` in a cookie, nothing on the server but the nonces
/// of those that signed out. Bound to the password hash, so a new password ends every session.
struct Sessions: Sendable {
  static let lifetimeSeconds: Int64 = 12 * 3_600
  static let cookieName = "breakeven_session"

  struct Session: Hashable, Sendable {
    let expires: Timestamp
    let nonce: String
  }

  private let key: SymmetricKey
  private let ended = Ended()

  init(secret: SymmetricKey, passwordHash: PasswordHash) {
    key = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: secret, salt: Data(passwordHash.description.utf8),
      info: Data("breakeven dashboard session 1".utf8), outputByteCount: 32)
  }

  func make(at now: Timestamp) -> Session {
    Session(expires: now.advanced(bySeconds: Self.lifetimeSeconds), nonce: randomToken(bytes: 16))
  }

  func cookieValue(_ session: Session) -> String {
    let body = "\(session.expires.seconds).\(session.nonce)"
    return "\(body).\(signature("session", body))"
  }

  /// The session that a cookie proves; nil when forged, expired or signed out.
  func session(cookie: String?, at now: Timestamp) -> Session? {
    guard let parts = cookie?.prefix(256).split(separator: ".", omittingEmptySubsequences: false),
      parts.count == 3, let seconds = Int64(parts[0]),
      constantTimeEqual(parts[2].utf8, signature("session", "\(parts[0]).\(parts[1])").utf8)
    else { return nil }
    let session = Session(expires: Timestamp(seconds: seconds), nonce: String(parts[1]))
    guard now < session.expires, !ended.contains(session.nonce) else { return nil }
    return session
  }

  /// What a form must carry, so that another site cannot send it.
  func formToken(_ session: Session) -> String { signature("form", session.nonce) }

  func accepts(formToken: String?, of session: Session) -> Bool {
    constantTimeEqual((formToken ?? "").utf8, self.formToken(session).utf8)
  }

  func end(_ session: Session) { ended.insert(session) }

  private func signature(_ purpose: String, _ text: String) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: Data("\(purpose):\(text)".utf8), using: key)
    return code.map { hex($0) }.joined()
  }

  /// Nonces that signed out, until they expire anyway. Bounded: signing out needs a session.
  private final class Ended: Sendable {
    private let nonces = Mutex<[String: Timestamp]>([:])
    func contains(_ nonce: String) -> Bool { nonces.withLock { $0[nonce] != nil } }
    func insert(_ session: Session) {
      nonces.withLock { nonces in
        if nonces.count >= 4_096, let oldest = nonces.min(by: { $0.value < $1.value }) {
          nonces[oldest.key] = nil
        }
        nonces[session.nonce] = session.expires
      }
    }
  }
}

/// Letters and digits that nobody can guess.
func randomToken(bytes: Int) -> String {
  var generator = SystemRandomNumberGenerator()
  return (0..<bytes).map { _ in hex(UInt8.random(in: .min ... .max, using: &generator)) }.joined()
}

func hex(_ byte: UInt8) -> String {
  let text = String(byte, radix: 16)
  return text.count == 1 ? "0" + text : text
}
