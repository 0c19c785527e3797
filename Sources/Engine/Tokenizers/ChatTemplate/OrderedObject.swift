/// A string as its bytes: two strings are the same key exactly when their UTF-8 is the same,
/// where `String` would also take canonically equivalent ones for equal.
struct ByteKey: Hashable, Sendable {
  let text: String

  static func == (a: ByteKey, b: ByteKey) -> Bool { a.text.isSameText(as: b.text) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension String {
  /// Equality of code points, as in Python.
  func isSameText(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  /// The beginning, for a message.
  var excerpt: String { String(unicodeScalars.prefix(80)) }
}

/// String keys with values, in the order of insertion. Lookup is O(1).
package struct OrderedObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  package private(set) var keys: [String] = []
  package private(set) var values: [TemplateValue] = []
  private var index: [ByteKey: Int] = [:]

  package init() {}

  /// A repeated key keeps its first place and takes the last value.
  package init(_ pairs: [(String, TemplateValue)]) {
    for (key, value) in pairs { self[key] = value }
  }

  package init(dictionaryLiteral elements: (String, TemplateValue)...) { self.init(elements) }

  package var count: Int { keys.count }
  package var isEmpty: Bool { keys.isEmpty }

  /// Setting nil removes the key, in O(count).
  package subscript(key: String) -> TemplateValue? {
    get { index[ByteKey(text: key)].map { values[$0] } }
    set {
      let place = index[ByteKey(text: key)]
      switch (place, newValue) {
      case (let place?, let value?): values[place] = value
      case (nil, let value?):
        index[ByteKey(text: key)] = keys.count
        keys.append(key)
        values.append(value)
      case (let place?, nil): remove(at: place)
      case (nil, nil): break
      }
    }
  }

  private mutating func remove(at place: Int) {
    keys.remove(at: place)
    values.remove(at: place)
    index = [:]
    for (i, key) in keys.enumerated() { index[ByteKey(text: key)] = i }
  }
}
