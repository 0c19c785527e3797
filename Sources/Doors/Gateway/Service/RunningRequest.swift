import Billing
import NIOCore

/// What every admitted request asks, whatever it is for.
protocol AskedRequest: Sendable {
  var dialect: Dialect { get }
  var model: String { get }
  var stream: Bool { get }
}

extension CompletionRequest: AskedRequest {}

/// One admitted request until it is settled or released, whichever comes first, once.
final class RunningRequest<Asked: AskedRequest>: Sendable {
  let admission: Admission
  let asked: Asked
  let slot: RequestSlots.Slot
  let started: NIODeadline
  let route: Route
  let idempotent: Bool

  init(
    admission: Admission, asked: Asked, slot: RequestSlots.Slot, started: NIODeadline,
    route: Route, idempotent: Bool
  ) {
    self.admission = admission
    self.asked = asked
    self.slot = slot
    self.started = started
    self.route = route
    self.idempotent = idempotent
  }

  var id: String { admission.request }

  /// The id that callers see.
  var responseID: String { asked.dialect.idPrefix + id }

  var elapsedNanoseconds: Int64 { (NIODeadline.now() - started).nanoseconds }
  var elapsedMilliseconds: Int { Int(elapsedNanoseconds / 1_000_000) }
}

typealias RunningCompletion = RunningRequest<CompletionRequest>
