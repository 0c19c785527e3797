/// The most likely of some tokens.
struct Nucleus {
  typealias Entry = (token: Int32, weight: Double)

  /// At first in any order.
  private(set) var entries: [Entry]

  init(entries: [Entry]) { self.entries = entries }

  /// Few enough to sort.
  private static let few = 24

  /// Keeps the fewest entries, most likely first and among equals the lowest token first, whose
  /// weights reach `target`; at least one, and all if they do not. What is kept is in no order.
  /// O(entries) on average: like quickselect, it sorts only around the last one kept.
  mutating func keep(reaching target: Double) {
    guard !entries.isEmpty else { return }
    var sum = 0.0
    var range = 0..<entries.count
    while range.count > Self.few {
      let middle = partition(range)
      let part = entries[range.lowerBound..<middle].reduce(0) { $0 + $1.weight }
      if sum + part >= target {
        range = range.lowerBound..<middle
      } else {
        sum += part
        range = middle..<range.upperBound
      }
    }
    entries[range].sort(by: Self.precedes)
    for place in range {
      sum += entries[place].weight
      if sum >= target {
        entries.removeSubrange((place + 1)...)
        return
      }
    }
    entries.removeSubrange(max(1, range.upperBound)...)
  }

  private static func precedes(_ a: Entry, _ b: Entry) -> Bool {
    a.weight > b.weight || (a.weight == b.weight && a.token < b.token)
  }

  /// Moves what precedes some entry before it and gives the place after; both sides have entries.
  private mutating func partition(_ range: Range<Int>) -> Int {
    let last = range.upperBound - 1
    var three = [range.lowerBound, range.lowerBound + range.count / 2, last]
    three.sort { Self.precedes(entries[$0], entries[$1]) }
    entries.swapAt(three[1], last)
    let pivot = entries[last]
    var place = range.lowerBound
    for other in range.lowerBound..<last where Self.precedes(entries[other], pivot) {
      entries.swapAt(place, other)
      place += 1
    }
    entries.swapAt(place, last)
    // The pivot is the median of three, so one entry at least precedes it and one at least follows.
    return place + 1
  }
}
