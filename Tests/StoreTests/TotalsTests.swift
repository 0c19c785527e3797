import Billing
import Ledger
import Store
import TestSupport
import Testing

@Suite struct TotalsTests {
  /// Requests at irregular instants over a few hours, on three dimensions.
  static func books() async throws -> (Books, [UsageEvent]) {
    let books = try await Books.open(credit: "1000")
    try await books.store.createCustomer(Sample.customer("beta", terms: .onAccount, plan: "pro"))
    try await books.store.createKey(Sample.key("key_beta", customer: "beta"), credit: nil)
    try await books.store.setPrice(Sample.price("p2", model: "vendor-model"))
    try await books.store.addUpstream(Sample.upstream())
    try await books.store.closeMachine(
      "m1", rate: Sample.rate(), shares: [], until: books.clock.now())
    var generator = SplitMix64(seed: 11)
    var events: [UsageEvent] = []
    for number in 0..<500 {
      books.clock.advance(nanoseconds: Int64.random(in: 0...60_000_000_000, using: &generator))
      let usage =
        Int.random(in: 0..<20, using: &generator) == 0
        ? nil
        : Sample.usage(Int.random(in: 1...500, using: &generator), cached: 1, output: number % 90)
      let isOwn = Bool.random(using: &generator)
      let nanoseconds = Int64.random(in: 1...9_000_000_000, using: &generator)
      events.append(
        try await books.serve(
          "r\(number)", usage, key: Bool.random(using: &generator) ? "key_acme" : "key_beta",
          model: isOwn ? "small" : "vendor-model",
          compute: isOwn ? ComputeShare(machine: "m1", nanoseconds: nanoseconds) : nil,
          outcome: number % 7 == 3 ? .failed : number % 11 == 5 ? .aborted : .completed,
          milliseconds: number * number % 907))
      if number % 50 == 49 {
        try await books.store.closeMachine(
          "m1", rate: Sample.rate(), shares: [], until: books.clock.now())
      }
    }
    return (books, events)
  }

  @Test("Any period's totals are the sums of its entries, in every grouping, to the last unit")
  func arbitraryPeriods() async throws {
    let (books, events) = try await Self.books()
    var filter = JournalFilter()
    filter.limit = .max
    let rows = try await books.store.journal(filter)
    var generator = SplitMix64(seed: 3)
    let (low, high) = (Sample.start.nanoseconds, books.clock.now().nanoseconds + 1)
    for round in 0..<40 {
      var ends = [
        Int64.random(in: low...high, using: &generator),
        Int64.random(in: low...high, using: &generator),
      ].sorted()
      if round == 0 { ends = [low, high] }
      // Bookings on the very edges.
      if round % 4 == 1 { ends[0] = events[100].settled.nanoseconds }
      if round % 4 == 2 { ends[1] = max(ends[0], events[300].settled.nanoseconds) }
      if round % 4 == 3 { ends = ends.map { $0 / 900_000_000_000 * 900_000_000_000 } }
      let (from, to) = (Timestamp(nanoseconds: ends[0]), Timestamp(nanoseconds: ends[1]))
      let inside = rows.filter { from <= $0.date && $0.date < to }
      let used = events.filter { from <= $0.settled && $0.settled < to }
      for grouping in Grouping.allCases {
        let totals = try await books.store.totals(from: from, to: to, by: grouping)
        let expected = Dictionary(grouping: inside) {
          Key(grouping.value($0.entry.dimensions), $0.entry.account, $0.entry.amount.currency)
        }
        #expect(totals.count == expected.count)
        for total in totals {
          let entries = expected[Key(total.group, total.account, total.amount.currency)] ?? []
          #expect(entries.reduce(0) { $0 + $1.entry.amount.picos } == total.amount.picos)
          #expect(entries.reduce(0) { $0 + ($1.entry.nanoseconds ?? 0) } == total.nanoseconds)
        }
        let usage = try await books.store.usageTotals(from: from, to: to, by: grouping)
        #expect(usage.reduce(0) { $0 + $1.requests } == used.count)
        #expect(usage.reduce(0) { $0 + $1.unrated } == used.count { $0.usage == nil })
        #expect(
          usage.reduce(0) { $0 + $1.output } == used.reduce(0) { $0 + ($1.usage?.output ?? 0) })
      }
      let quality = try await books.store.serviceQuality(from: from, to: to)
      #expect(quality.requests == used.count)
      #expect(quality.failed == used.count { $0.outcome == .failed })
      let served = used.filter { $0.outcome != .failed }.map(\.durationMilliseconds)
      #expect((quality.p95Milliseconds == nil) == served.isEmpty)
      if let p95 = quality.p95Milliseconds {
        #expect(served.contains(p95))
        #expect(served.count { $0 <= p95 } * 100 >= served.count * 95)
        #expect(served.count { $0 < p95 } * 100 < served.count * 95)
      }
    }
    let projected = try SQLite(books.path).integer("SELECT projected_entries FROM state")
    #expect(try #require(projected) > 0)
    try await books.expectSound()
  }

  struct Key: Hashable {
    let group: String?
    let account: Account
    let currency: Currency
    init(_ group: String?, _ account: Account, _ currency: Currency) {
      self.group = group
      self.account = account
      self.currency = currency
    }
  }

  @Test(
    "A series' steps are the totals of each step, from any instant",
    arguments: [0, 1, 450_000_000_001])
  func series(_ offset: Int64) async throws {
    let (books, _) = try await Self.books()
    let from = Timestamp(nanoseconds: Sample.start.nanoseconds + offset)
    let to = Timestamp(nanoseconds: books.clock.now().nanoseconds - 7)
    let series = try await books.store.series(from: from, to: to, stepSeconds: 1800, by: .model)
    var expected: [SeriesTotal] = []
    var start = from
    while start < to {
      let end = min(start.advanced(bySeconds: 1800), to)
      expected += try await books.store.totals(from: start, to: end, by: .model).map {
        SeriesTotal(start: start, total: $0)
      }
      start = start.advanced(bySeconds: 1800)
    }
    #expect(series == expected && series.count > 20)
  }

  @Test("A step that is no multiple of 900 s, or too many of them, is refused")
  func badSteps() async throws {
    let books = try Books()
    for (to, step) in [(Sample.start, Int64(60)), (.distantFuture, 900)] {
      let refusal = try await code {
        _ = try await books.store.series(from: .distantPast, to: to, stepSeconds: step, by: .none)
      }
      #expect(refusal == .invalid)
    }
  }

  @Test("Usage is listed newest first, by customer, model and period, in pages")
  func listing() async throws {
    let (books, events) = try await Self.books()
    var filter = UsageFilter()
    filter.customer = "beta"
    filter.model = "small"
    filter.from = events[100].settled
    filter.to = events[400].settled
    filter.limit = .max
    let expected = events.reversed().filter {
      $0.customer == "beta" && $0.model == "small" && filter.from! <= $0.settled
        && $0.settled < filter.to!
    }
    #expect(try await books.store.usageEvents(filter) == expected && expected.count > 40)
    filter.limit = 10
    filter.offset = 10
    #expect(try await books.store.usageEvents(filter) == Array(expected[10..<20]))
  }

  @Test("The journal is read in pages, either way, and by account, customer and transaction")
  func journal() async throws {
    let (books, _) = try await Self.books()
    var filter = JournalFilter()
    filter.limit = .max
    let all = try await books.store.journal(filter)
    #expect(all.map(\.sequence) == Array(1...Int64(all.count)))
    filter.limit = 64
    var pages: [Int64] = []
    while true {
      let page = try await books.store.journal(filter)
      guard let last = page.last else { break }
      pages += page.map(\.sequence)
      filter.after = last.sequence
    }
    #expect(pages == all.map(\.sequence))
    filter.after = 0
    filter.newestFirst = true
    filter.account = .usage
    filter.customer = "beta"
    let newest = try await books.store.journal(filter)
    let expected = all.reversed().filter {
      $0.entry.account == .usage && $0.entry.dimensions.customer == "beta"
    }
    #expect(newest.map(\.sequence) == expected.prefix(64).map(\.sequence))
    for id in ["use_r3", "top_key_acme", "none"] {
      var one = JournalFilter()
      one.transaction = id
      #expect(
        try await books.store.journal(one).map(\.sequence)
          == all.filter { $0.transaction == id }.map(\.sequence))
    }
  }

  @Test("The position grows with every booking and with nothing else")
  func position() async throws {
    let books = try await Books.open()
    let before = try await books.store.position()
    _ = try await books.admit(Sample.request("r1"))
    #expect(try await books.store.position() == before)
    try await books.serve("r2", nil)
    let after = try await books.store.position()
    #expect(after > before)
    try await books.serve("r3")
    #expect(try await books.store.position() > after)
  }
}

extension Grouping {
  fileprivate func value(_ dimensions: Dimensions) -> String? {
    switch self {
    case .none: nil
    case .customer: dimensions.customer
    case .model: dimensions.model
    case .plan: dimensions.plan
    case .machine: dimensions.machine
    case .vendor: dimensions.vendor
    case .stream: dimensions.stream
    }
  }
}
