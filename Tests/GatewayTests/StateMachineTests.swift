import Gateway
import Ledger
import TestSupport
import Testing

@Suite struct ConnectionClockTests {
  private let limits = ConnectionClock.Limits(head: 10, body: 20, keepAlive: 30)

  @Test func `a head that does not come is too slow`() {
    let clock = ConnectionClock(limits: limits, now: 0)
    #expect(clock.expire(at: 9) == .later(10))
    #expect(clock.expire(at: 10) == .tooSlow("head"))
  }

  @Test func `each piece of a body moves the deadline, and running has none`() {
    var clock = ConnectionClock(limits: limits, now: 0)
    clock.headReceived(at: 5)
    #expect(clock.expire(at: 24) == .later(25))
    clock.bodyReceived(at: 24)
    #expect(clock.expire(at: 43) == .later(44))
    #expect(clock.expire(at: 44) == .tooSlow("body"))
    clock.requestEnded()
    #expect(clock.expire(at: 1_000_000) == .later(nil))
    clock.responseEnded(at: 100)
    #expect(clock.expire(at: 129) == .later(130))
    #expect(clock.expire(at: 130) == .close)
  }

  @Test func `a body left behind its answer closes quietly`() {
    var clock = ConnectionClock(limits: limits, now: 0)
    clock.headReceived(at: 0)
    clock.responseStarted()
    clock.responseEnded(at: 1)
    #expect(clock.expire(at: 20) == .close)
  }
}

@Suite struct EventSplitterTests {
  @Test func `events are the same however their bytes arrive`() throws {
    let text =
      ": note\n\ndata: one\n\nevent: x\r\ndata:two\r\ndata: three\r\n\r\nid: 1\n\ndata: 汉\n\ndata: cut"
    var generator = SplitMix64(seed: 5)
    for _ in 0..<200 {
      var splitter = EventSplitter()
      var events: [String] = []
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...min(12, rest.count), using: &generator)
        events += try splitter.append(rest.prefix(count)).map {
          String(decoding: $0, as: UTF8.self)
        }
        rest = rest.dropFirst(count)
      }
      #expect(events == ["one", "two\nthree", "汉"])
      #expect(splitter.finish().map { String(decoding: $0, as: UTF8.self) } == "cut")
      #expect(splitter.finish() == nil)
    }
  }

  @Test func `an endless line is refused`() throws {
    var splitter = EventSplitter()
    let piece = [UInt8](repeating: 65, count: 1 << 20)
    #expect(throws: EventSplitter.TooLong.self) {
      for _ in 0..<5 { _ = try splitter.append(piece) }
    }
  }
}

@Suite struct RequestIdentifierTests {
  @Test func `identifiers sort by time and differ`() {
    let identifiers = RequestIdentifiers(generator: SplitMix64(seed: 1))
    let early = (0..<100).map { identifiers.next(at: Timestamp(seconds: Int64($0))) }
    #expect(early == early.sorted())
    let same = (0..<1000).map { _ in identifiers.next(at: Timestamp(seconds: 7)) }
    #expect(Set(same).count == 1000)
    #expect(same.allSatisfy { $0.count == 26 })
  }
}
