import Dispatch
import Forecast
import Synchronization

/// The plan at work: what the command line, the pages and the report ask of it. Reads the file when
/// it changed, keeps what was computed while plan and ledger stay the same, and does heavy work in
/// turn on a thread of its own, so that a forecast never stands in the way of a request being served.
package final class PlanDesk: Sendable {
  /// The plan as it is on disk.
  package struct State: Sendable {
    package let text: String
    /// Of the text.
    package let hash: String
    package let reading: PlanReading
  }

  let access: PlanAccess
  private let queue = DispatchQueue(label: "breakeven.plan")
  /// For what takes a tenth of a second and is waited for.
  private let quickQueue = DispatchQueue(label: "breakeven.plan.quick", qos: .userInitiated)
  private let memory = Mutex(Memory())

  private struct Memory {
    var state: State?
    /// Results by what they were made from, oldest first.
    var results: [(key: String, value: any Sendable)] = []
  }

  /// Results kept: a page asks for about ten.
  private static let largestMemory = 48

  package init(_ access: PlanAccess) { self.access = access }

  /// - Throws: `noPlan` when there is no file to read.
  package func state() throws -> State {
    let text: String
    do {
      text = try access.load()
    } catch {
      throw DeskError(
        .noPlan, "there is no plan here: \(error); make one with: breakeven plan new --example .")
    }
    if let state = memory.withLock({ $0.state }), state.text == text { return state }
    let state = State(text: text, hash: access.hash(text), reading: Plan.read(text: text))
    memory.withLock { $0.state = state }
    return state
  }

  /// - Throws: `noPlan`, or `planHasErrors` with the problems.
  package func plan() throws -> (plan: Plan, hash: String) {
    let state = try state()
    guard let plan = state.reading.plan else {
      let errors = state.reading.problems.filter { $0.severity == .error }
      throw DeskError(
        .planHasErrors,
        "the plan has \(errors.count) error\(errors.count == 1 ? "" : "s"), the first at \(errors.first?.description ?? "?"); see: breakeven plan check",
        problems: errors)
    }
    return (plan, state.hash)
  }

  /// Replaces the plan's text, when it is still the one that the writer had seen. A text with errors
  /// is kept too: it is the founder's file, and the errors are shown.
  ///
  /// - Throws: `stale` when the file changed meanwhile.
  package func save(_ text: String, over hash: String) throws {
    guard try state().hash == hash else {
      throw DeskError(
        .stale, "the plan was changed meanwhile; load it again and repeat your change")
    }
    try access.save(text)
  }

  /// Writes one value in its place, or takes it out (nil); the rest of the file stays as it is, comments too.
  ///
  /// - Throws: `stale`; the problem when the new value is wrong: then nothing is written.
  package func set(_ path: String, to value: String?, over hash: String) throws {
    let state = try state()
    let plan = try PlanText(state.text)
    let text =
      if let value {
        try plan.setting(path: path, to: value).text
      } else {
        try plan.removing(path: path).text
      }
    let errors = Plan.read(text: text).problems.filter { $0.severity == .error }
    if let first = errors.first(where: { error in
      !state.reading.problems.contains { $0.message == error.message && $0.field == error.field }
    }) {
      throw DeskError(.invalid, first.description, problems: errors)
    }
    try save(text, over: hash)
  }

  /// The result for `key`, computed once. Heavy work of all callers runs one at a time.
  func once<Value: Sendable>(
    _ key: String, _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    if let known: Value = recall(key) { return known }
    let value = try await heavy { [self] () throws -> Value in
      // Another caller may have computed it while this one waited.
      if let known: Value = recall(key) { return known }
      return try work()
    }
    keep(key, value)
    return value
  }

  func keep(_ key: String, _ value: some Sendable) {
    memory.withLock { memory in
      memory.results.removeAll { $0.key == key }
      memory.results.append((key, value))
      if memory.results.count > Self.largestMemory { memory.results.removeFirst() }
    }
  }

  func recall<Value>(_ key: String) -> Value? {
    memory.withLock { memory in memory.results.last { $0.key == key }?.value as? Value }
  }

  func heavy<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result(catching: work)) }
    }
  }

  /// Beside the heavy work, one at a time among themselves.
  func quick<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      quickQueue.async { continuation.resume(with: Result(catching: work)) }
    }
  }
}
