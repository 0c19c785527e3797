import Crypto

/// SHA-256 for what stands above the ledger and must be recognised again: plans, reports.
package enum Digest {
  package static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let content = Array(bytes)
    let digest = content.withUnsafeBytes { SHA256.hash(data: $0) }
    return digest.withUnsafeBytes { Array($0) }
  }

  /// Lowercase hexadecimal.
  package static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
