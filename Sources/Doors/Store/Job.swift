import Billing
import Ledger

/// An operation that waits for the writer. Touched by one thread at a time: the caller's until it is
/// queued, then the writer's, then the flusher's.
class Job: @unchecked Sendable {
  /// The caller goes on only after the WAL is on disk.
  let isDurable: Bool

  init(isDurable: Bool) { self.isDurable = isDurable }

  /// - Throws: only what fails the whole batch; a refusal becomes this job's result.
  func run(_ session: Session) throws { fatalError("overridden") }
  func fail(_ error: BillingError) { fatalError("overridden") }
  func resume() { fatalError("overridden") }
}

final class Work<Value: Sendable>: Job, @unchecked Sendable {
  typealias Outcome = Result<Value, BillingError>
  private let body: (Session) throws -> Value
  private let continuation: UnsafeContinuation<Outcome, Never>
  private var outcome: Outcome?

  init(
    isDurable: Bool, _ continuation: UnsafeContinuation<Outcome, Never>,
    _ body: @escaping (Session) throws -> Value
  ) {
    self.body = body
    self.continuation = continuation
    super.init(isDurable: isDurable)
  }

  override func run(_ session: Session) throws {
    do {
      outcome = .success(try body(session))
    } catch let error as BillingError {
      outcome = .failure(error)
    } catch let error as LedgerError {
      outcome = .failure(BillingError(.invalid, error.message))
    }
  }

  override func fail(_ error: BillingError) { outcome = .failure(error) }

  override func resume() { continuation.resume(returning: outcome!) }
}
