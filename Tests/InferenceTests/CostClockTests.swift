import Testing

@testable import Inference

struct CostClockTests {
  @Test(
    arguments: [
      (10, [1, 1, 1], [4, 3, 3]),
      (11, [1, 1, 1], [4, 4, 3]),
      (100, [1, 2, 3], [17, 33, 50]),
      (7, [0, 0], [4, 3]),
      (5, [0, 1, 0], [0, 5, 0]),
      (0, [3, 4], [0, 0]),
      (1, [1, 1_000_000], [0, 1]),
    ] as [(Int64, [Int128], [Int64])])
  func `time is split by weight and the largest remainders take what is left`(
    nanoseconds: Int64, weights: [Int128], expected: [Int64]
  ) {
    #expect(CostClock.shares(of: nanoseconds, weights: weights) == expected)
  }

  @Test func `large times and weights do not overflow`() {
    let weights: [Int128] = [1 << 55, 1 << 55, 3]
    let shares = CostClock.shares(of: 1 << 60, weights: weights)
    #expect(shares.reduce(0, +) == 1 << 60)
  }

  @Test(arguments: 0..<20)
  func `over any drains, shares and finished and idle time are the elapsed time`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    var now: Int64 = 5_000
    var clock = CostClock(start: now)
    var open: [UInt64] = []
    var handedOut: [UInt64: Int64] = [:]
    var nextId: UInt64 = 0
    var previousEnd = now
    for _ in 0..<2_000 {
      now += Int64.random(in: 0...1_000, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        nextId += 1
        clock.open(nextId, request: "\(nextId)")
        open.append(nextId)
      case 1, 2:
        guard !open.isEmpty else { continue }
        if clock.isIdle { clock.endIdle(at: now) }
        let chosen = open.filter { _ in Bool.random(using: &random) }
        guard !chosen.isEmpty else { continue }
        clock.step(
          until: now,
          work: chosen.map { ($0, Int128.random(in: 0...1_000_000_000_000, using: &random)) })
      case 3:
        guard !open.isEmpty else { continue }
        let id = open.remove(at: Int.random(in: 0..<open.count, using: &random))
        let (pending, total) = clock.close(id)
        // All that a request was ever told adds up to its total.
        #expect(handedOut[id, default: 0] + pending == total)
      case 4: clock.beginIdle()
      default:
        let report = clock.drain(at: now)
        #expect(report.from == previousEnd && report.to <= now)
        let shared = report.shares.reduce(0) { $0 + $1.nanoseconds }
        #expect(
          shared + report.finishedNanoseconds + report.idleNanoseconds == report.to - report.from)
        for share in report.shares {
          handedOut[UInt64(share.request) ?? 0, default: 0] += share.nanoseconds
        }
        previousEnd = report.to
      }
    }
  }

  @Test func `a running step's time is not handed out before it ends`() {
    var clock = CostClock(start: 0)
    clock.open(1, request: "a")
    clock.endIdle(at: 100)
    #expect(clock.drain(at: 150).to == 100)
    clock.step(until: 400, work: [(1, 5)])
    let report = clock.drain(at: 450)
    #expect(
      report
        == ClockReport(
          from: 100, to: 400, shares: [.init(request: "a", nanoseconds: 300)],
          finishedNanoseconds: 0, idleNanoseconds: 0))
  }

  @Test func `idle time passes up to now`() {
    var clock = CostClock(start: 10)
    #expect(clock.drain(at: 50).idleNanoseconds == 40)
    #expect(clock.drain(at: 70).idleNanoseconds == 20)
  }

  @Test func `a token's weight grows with its position and its row of logits`() {
    let work = WorkEstimate(perToken: 100, perPosition: 7, perLogitRow: 30)
    #expect(work.weight(positions: 0..<1, logitRows: 0) == 107)
    #expect(work.weight(positions: 2..<5, logitRows: 1) == 300 + 7 * (3 + 4 + 5) + 30)
    let whole = work.weight(positions: 0..<50, logitRows: 0)
    let parts = (0..<50).reduce(Int128(0)) {
      $0 + work.weight(positions: $1..<($1 + 1), logitRows: 0)
    }
    #expect(whole == parts)
  }
}

/// A generator with a recorded seed.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed << 32 }

  mutating func next() -> UInt64 {
    state &+= 1
    return CounterGenerator(seed: 0x5eed).bits(at: state)
  }
}
