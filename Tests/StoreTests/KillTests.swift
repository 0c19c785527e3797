import Billing
import Foundation
import Ledger
import Store
import TestSupport
import Testing

@Suite struct KillTests {
  @Test("Laws 1 to 6 hold after kill -9 under load: nothing that returned is lost, nothing doubled")
  func killedUnderLoad() async throws {
    let storm = KillStorm(parent: getpid())
    try storm.prepare()
    defer { storm.remove() }
    var served = 0
    for round in 0..<4 {
      try storm.startRound(round)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        try await KillStorm(parent: getppid()).run()
      }
      let returned = try storm.returned()
      #expect(returned.count > served || round == 0, "round \(round) served nothing")
      served = returned.count

      let store = try SQLiteBooks(path: storm.books, time: WallClock())
      #expect(try await store.verify().findings == [])
      var all = UsageFilter()
      all.limit = .max
      let kept = Set(try await store.usageEvents(all).map(\.id))
      #expect(kept.isSuperset(of: returned), "lost \(Set(returned).subtracting(kept))")
      #expect(Set(returned).count == returned.count)
      _ = try await store.sweepHolds(all: true)
      #expect(try await store.customers().first?.balances.first?.held.isZero == true)
      #expect(try await store.verify().findings == [])
      store.close()
    }
    #expect(served > 0)
  }
}

/// A load in a child process that kills itself at a moment the round's number decides. What it was told
/// is settled, it notes in a file, which outlives it.
private struct KillStorm {
  let folder: String
  var books: String { folder + "/books.db" }
  private var notes: String { folder + "/returned" }
  private var round: String { folder + "/round" }

  init(parent: Int32) { folder = NSTemporaryDirectory() + "/breakeven-kill-\(parent)" }

  func prepare() throws {
    remove()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  func startRound(_ number: Int) throws {
    try "\(number)".write(toFile: round, atomically: false, encoding: .utf8)
  }

  /// Whole lines only: the last may have been cut.
  func returned() throws -> [String] {
    let text = (try? String(contentsOfFile: notes, encoding: .utf8)) ?? ""
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  func run() async throws {
    let number = try #require(Int(try String(contentsOfFile: round, encoding: .utf8)))
    let store = try SQLiteBooks(path: books, time: WallClock())
    if number == 0 {
      try await store.createCustomer(Sample.customer())
      try await store.createKey(Sample.key(), credit: Sample.money("1000"))
      try await store.setPrice(Sample.price())
    }
    try await store.closeMachine("m1", rate: Sample.rate(), shares: [], until: WallClock().now())
    var generator = SplitMix64(seed: UInt64(number))
    let delay = UInt32.random(in: 60_000...160_000, using: &generator)
    Thread.detachNewThread {
      usleep(delay)
      kill(getpid(), SIGKILL)
    }
    let file = open(notes, O_CREAT | O_APPEND | O_WRONLY, 0o600)
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<16 {
        group.addTask {
          var next = 0
          while true {
            next += 1
            try? await serve("k\(number)-\(task)-\(next)", store, notes: file)
          }
        }
      }
    }
  }

  private func serve(_ id: String, _ store: SQLiteBooks, notes: Int32) async throws {
    let now = WallClock().now()
    let request = Sample.request(id, expires: now.advanced(bySeconds: 600))
    guard case .admitted(let admission) = try await store.admit(request) else { return }
    let event = try await store.settle(
      Sample.settlement(admission, compute: ComputeShare(machine: "m1", nanoseconds: 1000)))
    let line = event.id + "\n"
    _ = line.withCString { write(notes, $0, strlen($0)) }
    if id.hasSuffix("0") {
      try await store.closeMachine("m1", rate: Sample.rate(), shares: [], until: now)
    }
  }
}

private struct WallClock: TimeSource {
  func now() -> Timestamp {
    Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
  }
}
