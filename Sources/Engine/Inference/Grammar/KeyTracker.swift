/// Where in an answer JSON is written whose keys must not repeat.
enum KeyTracking: Sendable, Equatable {
  case none
  case everywhere
  /// Once these bytes have come.
  case after([UInt8])
  /// When the answer begins with a brace.
  case ifObject
}

/// The keys of the open objects of a JSON text. No context-free grammar can say that keys differ,
/// so this is told beside it.
struct KeyTracker: Sendable {
  private enum Container {
    case array
    case object(Set<[UInt8]>)
  }

  private enum Place {
    /// Not in JSON yet; the bytes are what the opening was matched with so far.
    case waiting([UInt8])
    case off
    case structure
    case string(isKey: Bool, isEscaped: Bool)
  }

  private let tracking: KeyTracking
  private var containers: [Container] = []
  private var place: Place
  private var expectsKey = false
  /// The key that is being read, as it is spelled.
  private var key: [UInt8] = []

  init(_ tracking: KeyTracking) {
    self.tracking = tracking
    switch tracking {
    case .none: place = .off
    case .everywhere: place = .structure
    case .after, .ifObject: place = .waiting([])
    }
  }

  var isOff: Bool { if case .off = place { true } else { false } }

  /// Takes bytes that fit the grammar; false when a key repeats.
  mutating func take(_ bytes: ArraySlice<UInt8>) -> Bool {
    for byte in bytes where !take(byte) { return false }
    return true
  }

  /// Whether one more quote may end a key that repeats.
  var mayRepeat: Bool {
    guard case .string(isKey: true, isEscaped: _) = place, case .object(let keys)? = containers.last
    else {
      return false
    }
    return keys.contains { $0.starts(with: key) }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    switch place {
    case .off: return true
    case .waiting(let seen): wait(seen, byte)
    case .structure: takeStructure(byte)
    case .string(let isKey, let isEscaped):
      if isEscaped || byte != UInt8(ascii: "\"") {
        if isKey { key.append(byte) }
        place = .string(isKey: isKey, isEscaped: !isEscaped && byte == UInt8(ascii: "\\"))
        return true
      }
      place = .structure
      return !isKey || addKey()
    }
    return true
  }

  private mutating func wait(_ seen: [UInt8], _ byte: UInt8) {
    switch tracking {
    case .after(let opening):
      let recent = Array((seen + [byte]).suffix(opening.count))
      place = recent == opening ? .structure : .waiting(recent)
    default:
      place = byte == UInt8(ascii: "{") ? .structure : .off
      takeStructure(byte)
    }
  }

  private mutating func takeStructure(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "{"):
      containers.append(.object([]))
      expectsKey = true
    case UInt8(ascii: "["):
      containers.append(.array)
      expectsKey = false
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      _ = containers.popLast()
      expectsKey = false
    case UInt8(ascii: ","):
      if case .object? = containers.last { expectsKey = true }
    case UInt8(ascii: "\""):
      place = .string(isKey: expectsKey, isEscaped: false)
      key = []
      expectsKey = false
    default: break
    }
  }

  private mutating func addKey() -> Bool {
    guard case .object(var keys)? = containers.last else { return true }
    // Out of the list first, so that the set is not copied.
    containers[containers.count - 1] = .array
    let isNew = keys.insert(key).inserted
    containers[containers.count - 1] = .object(keys)
    return isNew
  }
}

extension GrammarMatcher {
  /// Takes out tokens with which a key would repeat. Few can: those with a quote inside a key that
  /// another begins like, or with a whole key in them.
  func withoutRepeatedKeys(_ mask: TokenMask, _ keys: KeyTracker) -> TokenMask {
    var candidates = keys.mayRepeat ? vocabulary.quoting : vocabulary.quotingTwice
    candidates.formIntersection(mask)
    var result = mask
    for token in candidates.tokens {
      var copy = keys
      if !copy.take(vocabulary.bytes(of: token)) { result.remove(token) }
    }
    return result
  }
}
