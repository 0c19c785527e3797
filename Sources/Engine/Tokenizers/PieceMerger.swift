/// What joining two neighbours would give. ``none`` has the worst rank.
struct PairMerge {
  var rank: UInt32
  var id: Int32

  static let none = PairMerge(rank: .max, id: -1)
}

/// A stretch of the word being merged: `length` bytes from `start`, and its token (-1 when it is not
/// in the vocabulary).
struct Symbol {
  var start: Int
  var length: Int
  var id: Int32
}

/// Says what two neighbouring symbols merge to: by their ids (BPE) or their text (SentencePiece).
protocol PairRanking {
  func merge(_ left: Symbol, _ right: Symbol) -> PairMerge
}

/// Joins the symbols of one word, best rank first and leftmost among equals, until none is left.
///
/// Short words look through all pairs each time, which for a few dozen beats any structure. Long ones
/// use a heap over a linked list: O(n log n) for n symbols, never quadratic in the text.
struct PieceMerger {
  /// Words up to this many symbols are merged by looking through all pairs.
  static let shortLength = 40

  var symbols: [Symbol] = []
  /// Heap entries handled so far: what a test of the complexity counts.
  private(set) var heapSteps = 0

  private var pairs: [PairMerge] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  private var heap: [Candidate] = []

  /// A merge that was possible when it was found; `length` tells whether it still is, because
  /// symbols only grow.
  private struct Candidate {
    /// Rank, then position: what to do first.
    var key: UInt64
    var id: Int32
    var length: Int
  }

  @inline(__always)
  mutating func merge(_ ranking: some PairRanking) {
    if symbols.count <= Self.shortLength {
      mergeShort(ranking)
    } else {
      mergeLong(ranking)
    }
  }

  @inline(__always)
  private mutating func mergeShort(_ ranking: some PairRanking) {
    guard symbols.count > 1 else { return }
    pairs.removeAll(keepingCapacity: true)
    for index in 0..<symbols.count - 1 {
      pairs.append(ranking.merge(symbols[index], symbols[index + 1]))
    }
    var count = symbols.count
    while true {
      var best = 0
      var bestRank = UInt32.max
      for index in 0..<count - 1 where pairs[index].rank < bestRank {
        best = index
        bestRank = pairs[index].rank
      }
      guard bestRank != .max else { break }
      symbols[best].length += symbols[best + 1].length
      symbols[best].id = pairs[best].id
      count -= 1
      for index in best + 1..<max(count, best + 1) { symbols[index] = symbols[index + 1] }
      for index in best..<max(count - 1, best) { pairs[index] = pairs[index + 1] }
      if best > 0 { pairs[best - 1] = ranking.merge(symbols[best - 1], symbols[best]) }
      if best + 1 < count { pairs[best] = ranking.merge(symbols[best], symbols[best + 1]) }
    }
    symbols.removeLast(symbols.count - count)
  }

  private mutating func mergeLong(_ ranking: some PairRanking) {
    let count = symbols.count
    next = (1...Int32(count)).map { $0 }
    previous = (-1..<Int32(count - 1)).map { $0 }
    heap.removeAll(keepingCapacity: true)
    for index in 0..<count - 1 {
      if let candidate = candidate(index, index + 1, ranking) { heap.append(candidate) }
    }
    for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
    while let top = popHeap() {
      let left = Int(top.key & 0xFFFF_FFFF)
      guard symbols[left].length > 0, next[left] < count else { continue }
      let right = Int(next[left])
      guard symbols[left].length + symbols[right].length == top.length else { continue }
      symbols[left].length = top.length
      symbols[left].id = top.id
      symbols[right].length = 0
      next[left] = next[right]
      if next[left] < count {
        previous[Int(next[left])] = Int32(left)
        push(candidate(left, Int(next[left]), ranking))
      }
      if previous[left] >= 0 { push(candidate(Int(previous[left]), left, ranking)) }
    }
    symbols.removeAll { $0.length == 0 }
  }

  @inline(__always)
  private func candidate(_ left: Int, _ right: Int, _ ranking: some PairRanking) -> Candidate? {
    let merge = ranking.merge(symbols[left], symbols[right])
    guard merge.rank != .max else { return nil }
    return Candidate(
      key: UInt64(merge.rank) << 32 | UInt64(left), id: merge.id,
      length: symbols[left].length + symbols[right].length)
  }

  private mutating func push(_ candidate: Candidate?) {
    guard let candidate else { return }
    heapSteps += 1
    heap.append(candidate)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].key < heap[parent].key else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func popHeap() -> Candidate? {
    guard let top = heap.first else { return nil }
    heapSteps += 1
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      siftDown(0)
    }
    return top
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    let moving = heap[start]
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].key < heap[child].key { child += 1 }
      guard heap[child].key < moving.key else { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = moving
  }
}

/// BPE: the pair of ids decides.
struct MergeRanking: PairRanking {
  let table: MergeTable

  @inline(__always)
  func merge(_ left: Symbol, _ right: Symbol) -> PairMerge { table.find(left.id, right.id) }
}

/// SentencePiece: two neighbours merge when their joint text is a piece; a better score is a lower
/// rank, and equal scores share one.
struct ScoreRanking: PairRanking {
  let pieces: PieceTable
  let ranks: [UInt32]
  let text: UnsafeBufferPointer<UInt8>

  @inline(__always)
  func merge(_ left: Symbol, _ right: Symbol) -> PairMerge {
    let end = left.start + left.length + right.length
    guard let id = pieces.find(UnsafeBufferPointer(rebasing: text[left.start..<end])) else {
      return .none
    }
    return PairMerge(rank: ranks[Int(id)], id: id)
  }
}
