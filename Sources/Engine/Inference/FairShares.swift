/// Whose turn it is: weighted fair queueing of computed work among customers.
///
/// Each customer (at one priority) has a virtual time: the work done for it over its weight, in the
/// work of one token. The next place in the batch, and the next part of the prompt budget, go to
/// the one with the least. The system's own virtual time grows by work over the weights of all who
/// have requests; who comes (back) starts there at the earliest, so nobody saves up a claim by
/// being away. (Demers, Keshav, Shenker 1989; Goyal, Vin, Cheng 1996.)
///
/// A priority is a head start of ``leadTokens`` of the engine's work a level, not a class of its
/// own: weights decide who gets how much over time, priorities who goes first. Because the system's
/// time grows with all work done, everyone's turn comes, whatever the load.
struct FairShares {
  /// The head start of one level of priority: so much work is done for it while others wait.
  static let leadTokens = 4096.0
  /// Customers without requests that are remembered.
  static let maximumRemembered = 1024

  struct Key: Hashable {
    let customer: String
    let priority: Int
  }

  private var shares: [Key: CustomerShare] = [:]
  /// Those with requests that wait.
  private(set) var waiting: [CustomerShare] = []
  private var systemTime = 0.0
  private var totalWeight = 0.0
  /// Customers with requests.
  private var busy = 0

  /// A request comes: its customer's share.
  mutating func join(customer: String, priority: Int, weight: Int) -> CustomerShare {
    let key = Key(customer: customer, priority: priority)
    let share = shares[key] ?? CustomerShare(key)
    if shares[key] == nil {
      forget()
      shares[key] = share
    }
    if share.requests == 0 {
      busy += 1
      share.virtualTime = max(share.virtualTime, systemTime)
    } else {
      totalWeight -= share.weight
    }
    share.weight = Double(max(1, weight))
    totalWeight += share.weight
    share.requests += 1
    return share
  }

  /// A request of this share has ended.
  mutating func leave(_ share: CustomerShare) {
    share.requests -= 1
    guard share.requests == 0 else { return }
    busy -= 1
    // Sums of small differences must not be left over.
    totalWeight = busy == 0 ? 0 : totalWeight - share.weight
  }

  /// Puts a sequence among its customer's that wait, in order of arrival.
  mutating func enqueue(_ sequence: ScheduledSequence) {
    let share = sequence.share
    if share.queue.isEmpty { waiting.append(share) }
    let place = share.queue.lastIndex { $0.id < sequence.id }.map { $0 + 1 } ?? 0
    share.queue.insert(sequence, at: place)
  }

  mutating func dequeue(_ sequence: ScheduledSequence) {
    let share = sequence.share
    share.queue.removeAll { $0 === sequence }
    if share.queue.isEmpty { waiting.removeAll { $0 === share } }
  }

  /// `work`: in the work of one token.
  mutating func charge(_ share: CustomerShare, _ work: Double) {
    share.virtualTime += work / share.weight
    if totalWeight > 0 { systemTime += work / totalWeight }
  }

  /// Those with requests that wait, whose turn it is first.
  var turns: [CustomerShare] {
    waiting.count < 2 ? waiting : waiting.sorted { precedes($0, $1) }
  }

  /// The least goes first.
  func order(_ share: CustomerShare) -> Double {
    share.virtualTime - Double(share.key.priority) * Self.leadTokens / max(1, totalWeight)
  }

  /// Among equals the longest waiting goes first.
  private func precedes(_ left: CustomerShare, _ right: CustomerShare) -> Bool {
    let (own, theirs) = (order(left), order(right))
    return own == theirs ? (left.queue.first?.id ?? 0) < (right.queue.first?.id ?? 0) : own < theirs
  }

  private mutating func forget() {
    guard shares.count - busy >= Self.maximumRemembered else { return }
    shares = shares.filter { $0.value.requests > 0 }
  }
}

/// What a customer has got at one priority, and what it waits for.
final class CustomerShare {
  let key: FairShares.Key
  fileprivate(set) var weight = 1.0
  fileprivate(set) var virtualTime = 0.0
  /// Requests in the engine.
  fileprivate(set) var requests = 0
  /// Those that wait, in order of arrival.
  fileprivate(set) var queue: [ScheduledSequence] = []

  init(_ key: FairShares.Key) { self.key = key }
}
