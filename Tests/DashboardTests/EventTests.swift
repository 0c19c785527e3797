import Billing
import Foundation
import Hummingbird
import HummingbirdTesting
import Ledger
import Synchronization
import TestSupport
import Testing

@testable import Dashboard

@Suite struct EventTests {
  /// Settles one more request, as a customer would.
  private static func sell(_ books: FakeBooks, _ id: String) throws {
    try books.change { state in
      try state.settle(
        id, customer: state.customers[0], price: state.prices[1],
        usage: TokenUsage(prompt: 1_000_000, cached: 0, output: 0),
        nanoseconds: 1_000_000_000, rate: state.machines[0].rate, at: noon.advanced(bySeconds: -1))
    }
  }

  @Test func `the overview's parts come again when a request was booked, and only then`()
    async throws
  {
    let books = try Setup.month()
    let ticks = Mutex(0)
    let limits = EventStream.Limits(
      ticks: 4,
      pause: {
        let tick = ticks.withLock { ticks in
          ticks += 1; return ticks
        }
        if tick == 2 { try Self.sell(books, "req_live") }
      })
    let setup = try Setup(books, limits: limits)
    try await setup.test { client in
      let response = try await client.execute(
        uri: "/events?lang=en", method: .get, headers: setup.signedIn())
      #expect(response.headers[.contentType]?.hasPrefix("text/event-stream") == true)
      let parts = response.text.components(separatedBy: "\n\n").filter {
        $0.hasPrefix("event: parts\ndata: ")
      }
      #expect(parts.count == 2)
      func fields(_ event: String) throws -> [String: String] {
        try JSONDecoder().decode(
          [String: String].self, from: Data(event.dropFirst("event: parts\ndata: ".count).utf8))
      }
      let (before, after) = (try fields(parts[0]), try fields(parts[1]))
      #expect(
        Set(before.keys) == [
          "answer", "figures", "capacity", "by-customer", "by-model", "newest", "chart-table",
          "chart-title", "chart-note", "chart-data", "as-of",
        ])
      #expect(before["newest"]?.contains("req_live") == false)
      #expect(after["newest"]?.contains("req_live") == true)
      #expect(before["figures"] != after["figures"])
    }
  }

  @Test func `other pages learn that there is news`() async throws {
    let books = try Setup.month()
    let limits = EventStream.Limits(
      ticks: 2, pause: { try Self.sell(books, "req_\(books.change { $0.events.count })") })
    let setup = try Setup(
      books, limits: limits,
      live: LiveFigures(running: 2, waiting: 1, tokensPerSecond: 31.4, requestsPerSecond: 1))
    try await setup.test { client in
      let text = try await client.execute(
        uri: "/events?page=ledger&lang=en", method: .get, headers: setup.signedIn()
      ).text
      #expect(text.contains("event: news"))
      #expect(!text.contains("event: parts"))
      #expect(text.contains("2 running, 1 waiting, 31 tokens\\/s"))
    }
  }

  @Test func `a stream ends with its session`() async throws {
    let setup = try Setup(limits: EventStream.Limits(ticks: 1_000, pause: {}))
    let headers = setup.signedIn()
    setup.clock.advance(seconds: Sessions.lifetimeSeconds - 1)
    let written = Mutex(0)
    let limits = EventStream.Limits(
      ticks: 1_000, pause: { setup.clock.advance(seconds: 1) },
      isOver: { setup.clock.now() >= noon.advanced(bySeconds: Sessions.lifetimeSeconds) })
    let stream = EventStream(
      books: setup.books, live: { .none }, limits: limits, parts: nil, words: { _ in "" })
    try await stream.run { _ in written.withLock { $0 += 1 } }
    #expect(written.withLock { $0 } == 2)
    try await setup.test { client in
      let response = try await client.execute(uri: "/events", method: .get, headers: headers)
      #expect(response.status == .unauthorized)
    }
  }

  @Test func `listeners are bounded, and each that leaves makes room`() {
    let listeners = Listeners()
    for _ in 0..<Listeners.maximum { #expect(listeners.enter()) }
    #expect(!listeners.enter())
    listeners.leave()
    #expect(listeners.enter())
  }
}
