import Billing
import NIOCore

/// One admitted request until it is settled or released, whichever comes first, once.
final class RunningRequest: Sendable {
  let admission: Admission
  let asked: CompletionRequest
  let slot: RequestSlots.Slot
  let started: NIODeadline
  let route: Route
  let idempotent: Bool

  init(
    admission: Admission, asked: CompletionRequest, slot: RequestSlots.Slot, started: NIODeadline,
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
  var responseID: String { (asked.style == .chat ? "chatcmpl-" : "cmpl-") + id }

  var elapsedNanoseconds: Int64 { (NIODeadline.now() - started).nanoseconds }
  var elapsedMilliseconds: Int { Int(elapsedNanoseconds / 1_000_000) }
}
