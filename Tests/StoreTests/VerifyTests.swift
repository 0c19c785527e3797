import Billing
import Foundation
import Ledger
import Store
import TestSupport
import Testing

@Suite struct VerifyTests {
  /// Books with every kind of row, past one writing of the projections, closed.
  static func busy() async throws -> Books {
    let books = try await Books.open(credit: "1000")
    let store = books.store
    try await store.createCustomer(Sample.customer("beta", terms: .onAccount))
    try await store.createKey(Sample.key("key_beta", customer: "beta"), credit: nil)
    try await store.setPrice(Sample.price("p2", model: "vendor-model"))
    try await store.addUpstream(Sample.upstream())
    try await store.closeMachine(
      "m1", rate: Sample.rate("3.7"), shares: [], until: books.clock.now())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<300 {
        group.addTask {
          let key = number % 3 == 0 ? "key_beta" : "key_acme"
          if number % 2 == 0 {
            try await books.serve(
              "r\(number)", number == 10 ? nil : Sample.usage(100 + number, output: number),
              key: key,
              compute: ComputeShare(machine: "m1", nanoseconds: 1_000_003))
          } else {
            try await books.serve("r\(number)", key: key, model: "vendor-model")
          }
        }
      }
      try await group.waitForAll()
    }
    _ = try await books.admit(Sample.request("open"))
    books.clock.advance(seconds: 1000)
    try await store.closeMachine(
      "m1", rate: Sample.rate("3.7"), shares: [("open", 77)], until: books.clock.now())
    try await books.serve("last", compute: ComputeShare(machine: "m1", nanoseconds: 5))
    return books
  }

  @Test("Sound books have no finding, and the report counts what is there")
  func sound() async throws {
    let books = try await Self.busy()
    let report = try await books.store.verify()
    #expect(report.findings == [])
    #expect(report.requests == 301)
    #expect(report.entries > 1024 && report.transactions > 301)
    #expect(report.head.count == 32)
    let positions = try SQLite(books.path).integer("SELECT projected_entries FROM state")
    #expect(try #require(positions) > 0, "the projections were never written")
  }

  struct Damage: CustomTestStringConvertible, Sendable {
    let sql: String
    let check: String
    let location: String
    var testDescription: String { "\(check): \(sql)" }
  }

  @Test(
    "Each planted corruption is found, and named where it is",
    arguments: [
      Damage(
        sql: "UPDATE entries SET micro = micro + 1 WHERE seq = 40", check: "hash_chain",
        location: "entry 40 "),
      Damage(
        sql: "UPDATE entries SET micro = micro + 1 WHERE seq = 40", check: "double_entry",
        location: "transaction use_r"),
      Damage(
        sql: "UPDATE entries SET pico = pico + 1 WHERE seq = 40", check: "exactly_once",
        location: "transaction use_r"),
      Damage(
        sql: "UPDATE entries SET account = 53 WHERE seq = 40", check: "hash_chain",
        location: "entry 40 "),
      Damage(
        sql: "UPDATE entries SET account = 999 WHERE seq = 40", check: "hash_chain",
        location: "entry 40"),
      Damage(
        sql: "UPDATE entries SET hash = zeroblob(32) WHERE seq = 40", check: "hash_chain",
        location: "entry 40 "),
      Damage(
        sql:
          "UPDATE entries SET nanoseconds = nanoseconds + 1 WHERE seq = (SELECT MAX(seq) FROM entries WHERE nanoseconds IS NOT NULL AND seq < 500)",
        check: "clock", location: "entry "),
      Damage(
        sql: "UPDATE entries SET dimensions = 1 WHERE seq = 40", check: "hash_chain",
        location: "entry 40 "),
      Damage(sql: "DELETE FROM entries WHERE seq = 40", check: "append_only", location: "entry 40"),
      Damage(
        sql: "DELETE FROM entries WHERE seq = (SELECT MAX(seq) FROM entries)", check: "append_only",
        location: "entry "),
      Damage(
        sql: "DELETE FROM entries WHERE seq = (SELECT MAX(seq) FROM entries)", check: "hash_chain",
        location: "entry "),
      Damage(
        sql:
          "UPDATE entries SET seq = -1 WHERE seq = 40; UPDATE entries SET seq = 40 WHERE seq = 41; UPDATE entries SET seq = 41 WHERE seq = -1",
        check: "hash_chain", location: "entry 40 "),
      Damage(
        sql: "UPDATE transactions SET date = date + 1 WHERE seq = 9", check: "hash_chain",
        location: "(transaction use_r"),
      Damage(
        sql: "UPDATE transactions SET kind = 3 WHERE seq = 9", check: "hash_chain",
        location: "(transaction use_r"),
      Damage(sql: "DELETE FROM transactions WHERE seq = 9", check: "append_only", location: "entr"),
      Damage(
        sql: "UPDATE usage SET output = output + 1 WHERE request = 'r20'", check: "rating",
        location: "request r20"),
      Damage(
        sql: "UPDATE usage SET micro = micro + 1 WHERE request = 'r20'", check: "rating",
        location: "request r20"),
      Damage(
        sql: "UPDATE usage SET micro = micro + 1 WHERE request = 'r20'", check: "exactly_once",
        location: "transaction use_r20"),
      Damage(
        sql:
          "UPDATE usage SET input = 0, cached = 0, output = 0, micro = 0, pico = 0 WHERE request = 'r10'",
        check: "usage_totals", location: "quarter-hour "),
      Damage(
        sql: "UPDATE usage SET upstream_micro = 0 WHERE request = 'r21'", check: "rating",
        location: "request r21"),
      Damage(
        sql: "UPDATE usage SET request = 'other' WHERE request = 'r20'", check: "hash_chain",
        location: "(transaction use_other"),
      Damage(
        sql: "UPDATE usage SET tx = tx + 1 WHERE request = 'r20'", check: "exactly_once",
        location: "request r20"),
      Damage(
        sql: "DELETE FROM usage WHERE request = 'r20'", check: "append_only",
        location: "usage event number"),
      Damage(
        sql: "DELETE FROM usage WHERE request = 'r20'", check: "exactly_once",
        location: "transaction "),
      Damage(
        sql: "UPDATE prices SET output_micro = output_micro * 2", check: "rating",
        location: "request r"),
      Damage(
        sql: "UPDATE prices SET model = 'other' WHERE model = 'small'", check: "rating",
        location: "request r"),
      Damage(
        sql: "UPDATE prices SET effective = effective + 1000000000000000", check: "rating",
        location: "request r"),
      Damage(
        sql: "UPDATE prices SET plan = 'gold'", check: "rating", location: "request r"),
      Damage(
        sql:
          "UPDATE usage SET dimensions = (SELECT dimensions FROM usage WHERE request = 'r3') WHERE request = 'r20'",
        check: "exactly_once", location: "transaction use_r20"),
      Damage(
        sql: "UPDATE usage SET settled = settled + 1 WHERE request = 'last'", check: "exactly_once",
        location: "transaction use_last"),
      Damage(
        sql: "UPDATE machines SET hourly_pico = hourly_pico * 2", check: "clock",
        location: "machine m1"),
      Damage(
        sql: "DELETE FROM keys WHERE customer = 'beta'; DELETE FROM customers WHERE id = 'beta'",
        check: "references", location: "customer beta"),
      Damage(
        sql: "DELETE FROM keys WHERE id = 'key_beta'", check: "references", location: "key key_beta"
      ),
      Damage(
        sql:
          "INSERT INTO transactions SELECT MAX(seq) + 1, 'added', NULL, 1, MAX(date), NULL, 9999 FROM transactions",
        check: "append_only", location: "transaction number "),
      Damage(
        sql: "UPDATE balances SET micro = micro + 1 WHERE customer = 'acme'", check: "balances",
        location: "customer acme"),
      Damage(
        sql: "DELETE FROM balances WHERE customer = 'beta'", check: "balances",
        location: "customer beta"),
      Damage(
        sql: "UPDATE totals SET pico = pico + 1 WHERE account = 50", check: "totals",
        location: "usage"),
      Damage(
        sql: "DELETE FROM totals WHERE account = 90", check: "totals", location: "compute_used"),
      Damage(
        sql: "INSERT INTO totals VALUES (1, 1, 50, 5591876, 1, 0, 0)", check: "totals",
        location: "quarter-hour 1"),
      Damage(
        sql: "UPDATE usage_totals SET output = output + 1", check: "usage_totals",
        location: "quarter-hour "),
      Damage(sql: "DELETE FROM usage_totals", check: "usage_totals", location: "quarter-hour"),
      Damage(
        sql: "UPDATE machines SET closed = closed + 1", check: "clock", location: "machine m1"),
      Damage(
        sql: "UPDATE machines SET booked = booked + 1", check: "clock", location: "machine m1"),
      Damage(
        sql: "UPDATE machine_rates SET hourly_pico = hourly_pico + 1000000", check: "clock",
        location: "entry "),
      Damage(sql: "DELETE FROM closing_shares", check: "clock", location: "request open"),
      Damage(
        sql:
          "INSERT INTO holds SELECT seq + 1, 'r20', dimensions, currency, micro, pico, admitted, expires, process, 0 FROM holds",
        check: "holds", location: "request r20"),
      Damage(
        sql: "UPDATE holds SET micro = 5000000000", check: "credit", location: "customer acme"),
      Damage(sql: "UPDATE holds SET expires = 0", check: "holds", location: "request open"),
    ])
  func corruption(_ damage: Damage) async throws {
    let sound = try await Self.sharedBusy.value
    let folder = try TemporaryFolder()
    let path = folder.file("books.db")
    try FileManager.default.copyItem(atPath: sound.path, toPath: path)
    try SQLite(path).tamper(damage.sql)
    let store = try SQLiteBooks(path: path, time: sound.clock)
    let report = try await store.verify()
    let matches = report.findings.contains {
      $0.check == damage.check && $0.location.contains(damage.location) && !$0.message.isEmpty
    }
    #expect(matches, "\(report.findings.prefix(5))")
  }

  /// Made once, closed, and copied for each damage.
  private static let sharedBusy = Task {
    let books = try await busy()
    books.store.close()
    return books
  }

  @Test(
    "History cannot be edited by a slip",
    arguments: [
      "entries", "transactions", "usage", "prices", "dimensions", "closing_shares", "machine_rates",
    ])
  func appendOnly(_ table: String) async throws {
    let sound = try await Self.sharedBusy.value
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: sound.path, toPath: folder.file("books.db"))
    let sqlite = try SQLite(folder.file("books.db"))
    let column = try sqlite.text("SELECT name FROM pragma_table_info('\(table)') LIMIT 1")
    #expect(throws: (any Error).self) { try sqlite.execute("DELETE FROM \(table)") }
    #expect(throws: (any Error).self) {
      try sqlite.execute("UPDATE \(table) SET \(column) = \(column)")
    }
  }

  @Test(
    "History whose guards were taken away or hollowed out is not called sound",
    arguments: [
      "DROP TRIGGER usage_no_delete",
      "DROP TRIGGER usage_no_delete; CREATE TRIGGER usage_no_delete BEFORE DELETE ON usage BEGIN SELECT 1; END",
    ])
  func unguarded(_ sql: String) async throws {
    let books = try await Books.open()
    try SQLite(books.path).execute(sql)
    let report = try await books.store.verify()
    #expect(report.findings.map(\.check) == ["append_only"])
    #expect(report.findings.map(\.location) == ["trigger usage_no_delete"])
  }
}
