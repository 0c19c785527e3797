/// Which inputs the next step computes: a synchronous state machine.
///
/// Requests take turns, an input each, so that a small one does not wait for the thousands of another.
/// Sequences are packed without padding, so nothing is won by putting like lengths together.
struct EmbeddingQueue {
  /// An input of a request.
  struct Entry: Equatable {
    let request: UInt64
    let input: Int
    let tokens: Int
  }

  private var lengths: [UInt64: [Int]] = [:]
  private var next: [UInt64: Int] = [:]
  /// Requests with inputs left; the first has waited longest.
  private var order: [UInt64] = []

  var isEmpty: Bool { order.isEmpty }

  mutating func add(_ request: UInt64, lengths: [Int]) {
    precondition(self.lengths[request] == nil && !lengths.isEmpty)
    self.lengths[request] = lengths
    next[request] = 0
    order.append(request)
  }

  mutating func remove(_ request: UInt64) {
    lengths[request] = nil
    next[request] = nil
    order.removeAll { $0 == request }
  }

  /// The inputs of the next step, which leave the queue: at least one while there are any, and else
  /// no more tokens than the budget. An input that does not fit keeps its place before others.
  mutating func take(budget: Int) -> [Entry] {
    var entries: [Entry] = []
    var left = budget
    var skipped: [UInt64] = []
    var index = 0
    while index < order.count, left > 0 || entries.isEmpty {
      let request = order[index]
      index += 1
      guard let all = lengths[request], let input = next[request] else { continue }
      guard entries.isEmpty || all[input] <= left else {
        skipped.append(request)
        continue
      }
      entries.append(Entry(request: request, input: input, tokens: all[input]))
      left -= all[input]
      if input + 1 < all.count {
        next[request] = input + 1
        order.append(request)
      } else {
        lengths[request] = nil
        next[request] = nil
      }
    }
    order = skipped + order[index...]
    return entries
  }
}
