/// When a connection has waited too long. A pure state machine: events in, a deadline out; times are
/// nanoseconds of any steady clock.
package struct ConnectionClock {
  package struct Limits: Sendable {
    package var head: Int64
    package var body: Int64
    package var keepAlive: Int64

    package init(head: Int64, body: Int64, keepAlive: Int64) {
      self.head = head
      self.body = body
      self.keepAlive = keepAlive
    }
  }

  package enum Expiry: Equatable {
    /// The deadline has moved; look again then. Nil: no deadline now.
    case later(Int64?)
    /// Answer 408: this came too slowly.
    case tooSlow(String)
    /// Nothing is under way: close quietly.
    case close
  }

  private enum Phase {
    case awaitingFirstHead, readingBody, answering, idle
  }

  private let limits: Limits
  private var phase = Phase.awaitingFirstHead
  private var responding = false
  package private(set) var deadline: Int64?

  package init(limits: Limits, now: Int64) {
    self.limits = limits
    deadline = now + limits.head
  }

  var isReadingRequest: Bool { phase == .readingBody }

  package mutating func headReceived(at now: Int64) {
    phase = .readingBody
    responding = false
    deadline = now + limits.body
  }

  package mutating func bodyReceived(at now: Int64) {
    if phase == .readingBody { deadline = now + limits.body }
  }

  package mutating func requestEnded() {
    guard phase == .readingBody else { return }
    phase = .answering
    deadline = nil
  }

  package mutating func responseStarted() { responding = true }

  package mutating func responseEnded(at now: Int64) {
    guard phase != .readingBody else { return }
    phase = .idle
    deadline = now + limits.keepAlive
  }

  package func expire(at now: Int64) -> Expiry {
    guard let deadline, deadline <= now else { return .later(deadline) }
    switch phase {
    case .awaitingFirstHead: return .tooSlow("head")
    case .readingBody: return responding ? .close : .tooSlow("body")
    case .answering, .idle: return .close
    }
  }
}
