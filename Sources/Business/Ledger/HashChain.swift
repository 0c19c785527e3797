import Crypto
import Foundation

/// The journal's seal: each entry's hash is SHA-256 over the hash before it and the entry's
/// canonical form, so an edit, a removal or a swap shows from that entry on.
package struct HashChain: Sendable {
  package static let length = 32
  package static let start = [UInt8](repeating: 0, count: length)

  package private(set) var head: [UInt8]
  private var form: [UInt8] = []

  package init(head: [UInt8] = HashChain.start) {
    precondition(head.count == Self.length, "a chain's head has \(Self.length) bytes")
    self.head = head
  }

  /// The hash of entry `line` of a transaction; it becomes the head.
  @discardableResult
  package mutating func append(
    _ entry: Entry, line: Int, transaction id: String, kind: Transaction.Kind, date: Timestamp,
    corrects: String?
  ) -> [UInt8] {
    form.removeAll(keepingCapacity: true)
    form.append(contentsOf: head)
    form.append(UInt8(Ledger.canonicalVersion))
    put(id)
    put(kind.rawValue)
    put(date.nanoseconds)
    put(corrects)
    put(Int64(line))
    put(entry.account.rawValue)
    put(entry.amount.currency.code)
    put(Int64(truncatingIfNeeded: entry.amount.picos >> 64))
    put(Int64(truncatingIfNeeded: entry.amount.picos))
    if let nanoseconds = entry.nanoseconds {
      form.append(1)
      put(nanoseconds)
    } else {
      form.append(0)
    }
    put(entry.dimensions.customer)
    put(entry.dimensions.key)
    put(entry.dimensions.model)
    put(entry.dimensions.plan)
    put(entry.dimensions.priceVersion)
    put(entry.dimensions.machine)
    put(entry.dimensions.vendor)
    put(entry.dimensions.region)
    put(entry.dimensions.stream)
    put(entry.dimensions.request)
    let digest = form.withUnsafeBytes { SHA256.hash(data: $0) }
    head = digest.withUnsafeBytes { Array($0) }
    return head
  }

  /// Little-endian two's complement.
  @inline(__always)
  private mutating func put(_ value: Int64) {
    withUnsafeBytes(of: value.littleEndian) { form.append(contentsOf: $0) }
  }

  /// Length-prefixed UTF-8; a missing text differs from an empty one.
  private mutating func put(_ text: String?) {
    guard let text else {
      put(Int64(-1))
      return
    }
    var copy = text
    copy.withUTF8 {
      put(Int64($0.count))
      form.append(contentsOf: $0)
    }
  }
}
