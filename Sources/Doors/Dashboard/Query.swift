import Foundation

/// The fields of an address or a form, decoded; the first of a name counts. Bounded, since anybody
/// can send it.
struct Query: Hashable, Sendable {
  static let maximumFields = 32
  static let maximumValueLength = 512

  private(set) var fields: [String: String] = [:]

  init(_ fields: [String: String] = [:]) { self.fields = fields }

  /// `application/x-www-form-urlencoded`.
  init(encoded: String?) {
    guard let encoded else { return }
    for part in encoded.split(separator: "&", maxSplits: Self.maximumFields).prefix(
      Self.maximumFields)
    {
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let decoded = halves.map {
        $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
      }
      guard let name = decoded.first, !name.isEmpty, fields[name] == nil else { continue }
      fields[name] = String((decoded.count == 2 ? decoded[1] : "").prefix(Self.maximumValueLength))
    }
  }

  /// Nil when absent or empty.
  subscript(name: String) -> String? {
    guard let value = fields[name], !value.isEmpty else { return nil }
    return value
  }

  /// The address of `path` with these fields changed (nil removes), in the order of their names.
  func address(_ path: String, _ changes: [String: String?] = [:]) -> String {
    var fields = fields
    for (name, value) in changes { fields[name] = value }
    let pairs = fields.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
      .map { "\(Self.escape($0.key))=\(Self.escape($0.value))" }
    return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
  }

  /// Keeps only the named fields.
  func only(_ names: Set<String>) -> Query { Query(fields.filter { names.contains($0.key) }) }

  /// Percent-encodes all but RFC 3986's unreserved characters, `/` too.
  static func escape(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        result += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
      }
    }
    return result
  }
}
