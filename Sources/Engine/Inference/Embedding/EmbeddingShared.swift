import Synchronization

/// What the embedding engine's thread and its callers share.
final class EmbeddingShared: Sendable {
  /// A request that was taken but that the thread has not seen yet.
  struct Submission: Sendable {
    let id: UInt64
    let request: String
    let sequences: [[Int32]]
    let submitted: Int64
    let continuation: CheckedContinuation<EmbeddingResult, any Error>
  }

  typealias Mailbox = EngineMailbox<Submission>

  private struct State {
    /// A moving average of how long a request takes, for `Retry-After`.
    var requestSeconds = 1.0
    var load = EngineLoad()
  }

  let mail: Mailbox
  /// Locked inside the mailbox's lock where both are.
  private let state = Mutex(State())

  var time: MachineTime { mail.time }

  init(time: MachineTime, maximumRequests: Int) {
    mail = Mailbox(time: time, maximumOutstanding: maximumRequests)
  }

  /// Takes a request in; the continuation is resumed once, here when it is refused.
  func submit(_ submission: Submission) {
    do throws(EngineRefusal) {
      _ = try mail.put(
        retryAfterSeconds: {
          state.withLock { min(60, max(1, Int($0.requestSeconds.rounded(.up)))) }
        }
      ) { _ in submission }
    } catch {
      submission.continuation.resume(throwing: error)
    }
  }

  var load: EngineLoad {
    var load = state.withLock { $0.load }
    load.waiting = mail.waiting(running: load.running)
    return load
  }

  func requestEnded(nanoseconds: Int64) {
    mail.requestEnded()
    state.withLock { state in
      state.load.finished += 1
      state.requestSeconds += 0.1 * (Double(nanoseconds) / 1e9 - state.requestSeconds)
    }
  }

  func updateLoad(_ body: (inout EngineLoad) -> Void) { state.withLock { body(&$0.load) } }
}
