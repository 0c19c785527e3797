import Synchronization

/// Values that are dear to make, kept for whoever asks for the same again. At most `limit`: then all
/// are forgotten.
final class Prepared<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let values = Mutex<[Key: Value]>([:])
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Two that ask at once may both make it; either is as good.
  func value<Failure: Error>(
    _ key: Key, make: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    if let known = values.withLock({ $0[key] }) { return known }
    let made = try make()
    values.withLock { values in
      if values.count >= limit { values.removeAll() }
      values[key] = made
    }
    return made
  }
}
