package import Ledger
import Synchronization

/// Makes request identifiers: 26 letters and digits, of which the first 10 are the time in
/// milliseconds (so that they sort by time) and the rest are 80 random bits.
package final class RequestIdentifiers: Sendable {
  private let generator: Mutex<any RandomNumberGenerator & Sendable>
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  package init(generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
    self.generator = Mutex(generator)
  }

  package func next(at now: Timestamp) -> String {
    let (high, low): (UInt64, UInt64) = generator.withLock { generator in
      (generator.next(), generator.next())
    }
    var milliseconds = UInt64(max(0, now.nanoseconds / 1_000_000))
    return String(unsafeUninitializedCapacity: 26) { buffer in
      for index in stride(from: 9, through: 0, by: -1) {
        buffer[index] = Self.alphabet[Int(milliseconds & 31)]
        milliseconds >>= 5
      }
      fill(buffer, from: 10, with: high)
      fill(buffer, from: 18, with: low)
      return 26
    }
  }

  /// Eight letters from 40 bits.
  private func fill(_ buffer: UnsafeMutableBufferPointer<UInt8>, from start: Int, with bits: UInt64)
  {
    var bits = bits
    for index in start..<(start + 8) {
      buffer[index] = Self.alphabet[Int(bits & 31)]
      bits >>= 5
    }
  }
}
