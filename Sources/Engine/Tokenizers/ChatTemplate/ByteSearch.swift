/// Finds a text in another (Knuth, Morris, Pratt): O(text + part), whatever the text.
struct ByteSearch {
  private let part: [UInt8]
  /// For each prefix of `part`, the length of its longest proper prefix that is also its end.
  private let fallback: [Int]

  init(_ part: String) { self.init(Array(part.utf8)) }

  init(_ part: [UInt8]) {
    self.part = part
    var fallback = [Int](repeating: 0, count: part.count)
    var k = 0
    for i in part.indices.dropFirst() {
      while k > 0, part[i] != part[k] { k = fallback[k - 1] }
      if part[i] == part[k] { k += 1 }
      fallback[i] = k
    }
    self.fallback = fallback
  }

  /// The byte offsets of the first `limit` places that do not overlap. An empty part is found
  /// at 0 alone.
  func places(in text: [UInt8], limit: Int = .max) -> [Int] {
    guard limit > 0 else { return [] }
    guard !part.isEmpty else { return [0] }
    var places: [Int] = []
    var k = 0
    for (i, byte) in text.enumerated() {
      while k > 0, part[k] != byte { k = fallback[k - 1] }
      if part[k] == byte { k += 1 }
      guard k == part.count else { continue }
      places.append(i + 1 - k)
      if places.count == limit { break }
      k = 0
    }
    return places
  }

  /// The same from the end backwards, the last place first.
  static func places(of part: String, fromTheEndOf text: [UInt8], limit: Int = .max) -> [Int] {
    let backward = ByteSearch(part.utf8.reversed())
    let size = part.utf8.count
    return backward.places(in: text.reversed(), limit: limit).map { text.count - $0 - size }
  }
}
