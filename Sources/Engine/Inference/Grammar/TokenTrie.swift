/// Tokens' bytes as a tree in depth-first order: a walk is one pass over an array that skips what
/// does not fit.
struct TokenTrie: Sendable {
  struct Node: Sendable {
    let byte: UInt8
    /// Bytes before this one.
    let depth: UInt16
    /// Tokens that end here: `tokens[firstToken..<firstToken + count]`.
    let firstToken: Int32
    var tokenCount: Int32
    /// The first node that is not below this one.
    var end: Int32
  }

  private(set) var nodes: [Node] = []
  private(set) var tokens: [Int32] = []
  private(set) var depth = 0

  /// - Parameter entries: tokens with their bytes, none of them empty; sorted here.
  init(_ entries: [(token: Int32, bytes: ArraySlice<UInt8>)]) {
    let sorted = entries.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    tokens.reserveCapacity(sorted.count)
    var path: [Int] = []
    var previous: ArraySlice<UInt8> = []
    for entry in sorted {
      let shared = zip(entry.bytes, previous).prefix { $0 == $1 }.count
      close(&path, to: shared)
      for byte in entry.bytes.dropFirst(shared) {
        path.append(nodes.count)
        nodes.append(
          Node(
            byte: byte, depth: UInt16(path.count - 1), firstToken: Int32(tokens.count),
            tokenCount: 0, end: 0))
      }
      depth = max(depth, path.count)
      if let last = path.last { nodes[last].tokenCount += 1 }
      tokens.append(entry.token)
      previous = entry.bytes
    }
    close(&path, to: 0)
  }

  private mutating func close(_ path: inout [Int], to depth: Int) {
    while path.count > depth { nodes[path.removeLast()].end = Int32(nodes.count) }
  }

}
