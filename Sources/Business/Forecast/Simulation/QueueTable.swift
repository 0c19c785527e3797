import Foundation

/// How many machines keep the promised wait: for each number of machines the highest utilisation at
/// which 95 of 100 requests wait no longer than they may.
///
/// A machine runs `slots` sequences at once; k machines are one queue of c = k·slots servers. With
/// Poisson arrivals and exponential service a request waits longer than t with chance
/// C(c, a)·exp(−(c − a)·t ÷ s), C being Erlang's delay formula, a the load in servers and s the
/// service time; for other service times the mean wait, and so the decay, is stretched by
/// (1 + cv²) ÷ 2 (Allen and Cunneen).
struct QueueTable: Sendable {
  /// capacity[k]: k·uMax(k), in machines' worth of throughput; strictly ascending from 0.
  let capacity: [Double]
  /// least[i]: the least k with capacity[k] ≥ i.
  let least: [Int32]
  /// uMax of the largest table entry, used beyond it.
  let limit: Double

  static let largest = 1024

  private static let made = Prepared<Queue, QueueTable>(limit: 64)

  /// The table of a fleet's queue, remembered.
  static func prepared(_ fleet: Fleet) -> QueueTable {
    let queue = Queue(
      slots: fleet.slots, serviceSeconds: fleet.serviceSeconds, variation: fleet.variation,
      waitSeconds: fleet.waitSeconds)
    return made.value(queue) { QueueTable(queue) }
  }

  init(slots: Int, serviceSeconds: Double, variation: Double, waitSeconds: Double) {
    self.init(
      Queue(
        slots: slots, serviceSeconds: serviceSeconds, variation: variation,
        waitSeconds: waitSeconds))
  }

  init(_ queue: Queue) {
    var capacity = [0.0]
    var known = (machines: 0, load: 0.0)
    var next = 1
    // Every number up to 32, then one in twenty, linear between: uMax changes by under 0.1% there.
    while next <= Self.largest {
      let load = queue.utilisation(machines: next)
      for k in (known.machines + 1)...next {
        let part = Double(k - known.machines) / Double(next - known.machines)
        capacity.append(
          Double(k) * (known.machines == 0 ? load : known.load + (load - known.load) * part))
      }
      known = (next, load)
      if next == Self.largest { break }
      next = min(Self.largest, next < 32 ? next + 1 : next + next / 20)
    }
    limit = known.load
    var least: [Int32] = []
    var k = 0
    while true {
      while k < capacity.count, capacity[k] < Double(least.count) { k += 1 }
      if k == capacity.count { break }
      least.append(Int32(k))
    }
    self.capacity = capacity
    self.least = least
  }

  /// The least number of machines whose capacity is at least `load` (in machines' throughput).
  @inline(__always) func machines(for load: Double) -> Double {
    guard load > 0 else { return 0 }
    guard load < Double(least.count - 1) else { return (load / limit).rounded(.up) }
    var k = Int(least[Int(load)])
    while capacity[k] < load { k += 1 }
    return Double(k)
  }

  /// Machines' worth of throughput that may be used of `count` machines.
  @inline(__always) func usable(_ count: Double) -> Double {
    let k = Int(min(max(0, count), 1e6))
    return k < capacity.count ? capacity[k] : count * limit
  }
}

/// One queue of parallel servers.
struct Queue: Sendable, Hashable {
  let slots: Int
  let serviceSeconds: Double
  let variation: Double
  let waitSeconds: Double

  /// Erlang's C: the chance that a request finds all `servers` busy, at `load` in servers.
  ///
  /// By 1/B(c, a) = Σⱼ c!/((c − j)!·aʲ), summed downwards until the terms vanish, which needs
  /// about c − a + 9√a terms; all are positive, so it is stable.
  static func erlangC(servers: Int, load: Double) -> Double {
    guard load > 0 else { return 0 }
    let count = Double(servers)
    guard load < count else { return 1 }
    var term = 1.0
    var inverse = 1.0
    var left = count
    while left > 0 {
      term *= left / load
      inverse += term
      left -= 1
      if term < 1e-17 * inverse || inverse > 1e200 { break }
    }
    let blocked = 1 / inverse
    return count * blocked / (count - load * (1 - blocked))
  }

  /// Chance of a wait over `waitSeconds`.
  func late(servers: Int, load: Double) -> Double {
    let stretched = serviceSeconds * (1 + variation) / 2
    return Self.erlangC(servers: servers, load: load)
      * exp(-(Double(servers) - load) * waitSeconds / stretched)
  }

  /// The highest utilisation of `machines` at which at most 5 of 100 requests are late.
  func utilisation(machines: Int) -> Double {
    guard serviceSeconds > 0 else { return 1 }
    let servers = machines * max(1, slots)
    var low = 0.0
    var high = 1.0
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if late(servers: servers, load: middle * Double(servers)) <= 0.05 {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }
}
