import Billing
import Ledger
import Store
import TestSupport
import Testing

@Suite struct IdempotencyTests {
  func request(
    _ id: String, _ key: String = "k1", body: UInt8 = 1, apiKey: String = "key_acme",
    at clock: HandClock
  ) -> AdmissionRequest {
    Sample.request(
      id, key: apiKey, expires: clock.now().advanced(bySeconds: 600),
      idempotency: Idempotency(key: key, fingerprint: [body]))
  }

  let answer = StoredResponse(
    request: "r1", status: 200, contentType: "application/json", body: [1, 2])

  func answered() async throws -> Books {
    let books = try await Books.open()
    let admission = try await books.admit(request("r1", at: books.clock))
    _ = try await books.store.settle(Sample.settlement(admission, response: answer))
    return books
  }

  @Test("The same key and body get the same answer for 24 hours, and are charged once")
  func replay() async throws {
    let books = try await answered()
    books.clock.advance(seconds: 24 * 3600 - 1)
    guard case .replay(let replayed) = try await books.store.admit(request("r2", at: books.clock))
    else {
      Issue.record("admitted again")
      return
    }
    #expect(replayed == answer)
    #expect(try await books.credit()?.balance == Sample.money("9.99975"))
    try await books.expectSound()
  }

  @Test("After 24 hours the key is new")
  func expiry() async throws {
    let books = try await answered()
    books.clock.advance(seconds: 24 * 3600)
    _ = try await books.admit(request("r2", body: 9, at: books.clock))
    try await books.expectSound()
  }

  @Test("Another body under the key is refused; the same key of another API key is another's")
  func mismatch() async throws {
    let books = try await answered()
    let refusal = try await code {
      _ = try await books.store.admit(request("r2", body: 2, at: books.clock))
    }
    #expect(refusal == .idempotencyMismatch)
    try await books.store.createKey(Sample.key("key_2"), credit: nil)
    _ = try await books.admit(request("r3", apiKey: "key_2", at: books.clock))
  }

  @Test("While the first runs, a second is refused; once it lapsed or was released, it may run")
  func inProgress() async throws {
    let books = try await Books.open()
    _ = try await books.admit(request("r1", at: books.clock))
    let refusal = try await code { _ = try await books.store.admit(request("r2", at: books.clock)) }
    #expect(refusal == .idempotencyInProgress)
    try await books.store.release(request: "r1")
    let second = try await books.admit(request("r3", at: books.clock))
    books.clock.advance(seconds: 601)
    let third = try await books.admit(request("r4", at: books.clock))
    // The slow second still settles, but the key is the third's now.
    _ = try await books.store.settle(Sample.settlement(second, response: answer))
    let own = StoredResponse(request: "r4", status: 200, contentType: "text/plain", body: [4])
    _ = try await books.store.settle(Sample.settlement(third, response: own))
    guard case .replay(let replayed) = try await books.store.admit(request("r5", at: books.clock))
    else {
      Issue.record("admitted again")
      return
    }
    #expect(replayed == own)
    try await books.expectSound()
  }

  @Test("A request that ended without an answer leaves its key free")
  func noAnswer() async throws {
    let books = try await Books.open()
    let admission = try await books.admit(request("r1", at: books.clock))
    _ = try await books.store.settle(Sample.settlement(admission, outcome: .aborted))
    _ = try await books.admit(request("r2", at: books.clock))
  }

  @Test("The answer is there after a restart, and sweeping purges it when its day is over")
  func restart() async throws {
    let books = try await answered()
    books.store.close()
    let again = try SQLiteBooks(path: books.path, time: books.clock)
    guard case .replay(answer) = try await again.admit(request("r2", at: books.clock)) else {
      Issue.record("admitted again")
      return
    }
    books.clock.advance(seconds: 24 * 3600)
    _ = try await again.sweepHolds(all: false)
    again.close()
    #expect(try SQLite(books.path).integer("SELECT COUNT(*) FROM idempotency") == 0)
  }
}
