/// Finds tool calls in an answer as it comes: pieces of text in, events out.
///
/// Text that might become an opening is held back until it is or is not one. What looks like a call
/// and turns out to be none is told as text, so nothing is lost.
package struct ToolCallParser: Sendable {
  package enum Event: Sendable, Equatable {
    case text(String)
    /// Calls are numbered from 0.
    case callStarted(index: Int, id: String, name: String)
    /// More of the JSON of a call's arguments.
    case arguments(index: Int, delta: String)
    case callEnded(index: Int)
  }

  private enum State {
    case text
    /// After an opening or a call: another call, or marks around them.
    case between
    /// In a call, before its arguments.
    case header
    case arguments(JSONValueEnd)
    /// After the arguments: the call's closing brace.
    case trailer
  }

  /// The most bytes before a call's arguments.
  private static let maximumHeader = 1_024

  private let format: ToolCallFormat
  private let makeId: @Sendable () -> String
  private var state = State.text
  /// Bytes that are not told yet.
  private var held: [UInt8] = []
  /// Marks since an opening that no call has followed yet.
  private var marks: [UInt8] = []
  private var calls = 0
  private var isBeginning = true

  /// The number of calls that began.
  package var callCount: Int { calls }

  /// - Parameter makeId: gives each call its id.
  package init(format: ToolCallFormat, makeId: @escaping @Sendable () -> String) {
    self.format = format
    self.makeId = makeId
  }

  package mutating func append(_ piece: String) -> [Event] {
    var events: [Event] = []
    for byte in piece.utf8 { take(byte, &events) }
    if case .arguments = state { flushArguments(&events) }
    if case .text = state { flushText(keeping: heldBack(), &events) }
    return Self.joined(events)
  }

  /// The rest, at the end of the answer. A call that was cut short has no `callEnded`.
  package mutating func finish() -> [Event] {
    var events: [Event] = []
    switch state {
    case .text, .header: flushText(keeping: 0, &events)
    case .between: if !marks.isEmpty { flushText(keeping: 0, &events) }
    case .arguments: flushArguments(&events)
    case .trailer: break
    }
    held = []
    return events
  }

  // MARK: Bytes

  private mutating func take(_ byte: UInt8, _ events: inout [Event]) {
    switch state {
    case .text: takeText(byte, &events)
    case .between: takeBetween(byte, &events)
    case .header: takeHeader(byte, &events)
    case .arguments(var end):
      held.append(byte)
      switch end.take(byte) {
      case .inside: state = .arguments(end)
      case .last:
        flushArguments(&events)
        state = .trailer
      case .after:
        held.removeLast()
        flushArguments(&events)
        state = .trailer
        take(byte, &events)
      }
    case .trailer:
      guard byte == UInt8(ascii: "}") else { return }
      events.append(.callEnded(index: calls - 1))
      state = .between
    }
  }

  private mutating func takeText(_ byte: UInt8, _ events: inout [Event]) {
    held.append(byte)
    if format.opening.isEmpty {
      if isBeginning, byte == UInt8(ascii: "{") { state = .header }
      if !Self.isSpace(byte) { isBeginning = false }
      return
    }
    let opening = Array(format.opening.utf8)
    guard held.suffix(opening.count) == opening[...] else { return }
    held.removeLast(opening.count)
    flushText(keeping: 0, &events)
    marks = opening
    state = .between
  }

  private mutating func takeBetween(_ byte: UInt8, _ events: inout [Event]) {
    if byte == UInt8(ascii: "{") {
      if !marks.isEmpty { marks += held }
      held = [byte]
      state = .header
      return
    }
    held.append(byte)
    let rest = held.drop { Self.isSpace($0) || [0x2C, 0x5B, 0x5D].contains($0) }
    let tags = [format.opening, format.closing].map { Array($0.utf8) }.filter { !$0.isEmpty }
    if rest.isEmpty || tags.contains(where: { rest == $0[...] }) {
      // Marks between calls say nothing.
      if !marks.isEmpty || rest == Array(format.opening.utf8)[...] { marks += held }
      held = []
    } else if !tags.contains(where: { $0.starts(with: rest) }) {
      state = .text
    }
  }

  private mutating func takeHeader(_ byte: UInt8, _ events: inout [Event]) {
    // The first byte of the arguments is the first that does not belong to the header.
    if !Self.isSpace(byte), let name = ToolCallHeader.name(held, argumentsKey: format.argumentsKey)
    {
      events.append(.callStarted(index: calls, id: makeId(), name: name))
      calls += 1
      marks = []
      held = []
      state = .arguments(JSONValueEnd())
      return take(byte, &events)
    }
    held.append(byte)
    if held.count > Self.maximumHeader { state = .text }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }

  // MARK: What is held

  /// How many bytes at the end might begin an opening.
  private func heldBack() -> Int {
    let opening = Array(format.opening.utf8)
    if opening.isEmpty { return isBeginning ? held.count : 0 }
    return stride(from: min(held.count, opening.count - 1), to: 0, by: -1).first {
      held.suffix($0) == opening.prefix($0)
    } ?? 0
  }

  private mutating func flushText(keeping count: Int, _ events: inout [Event]) {
    held = marks + held
    marks = []
    guard held.count > count else { return }
    events.append(.text(String(decoding: held.dropLast(count), as: UTF8.self)))
    held.removeFirst(held.count - count)
  }

  private mutating func flushArguments(_ events: inout [Event]) {
    guard !held.isEmpty else { return }
    events.append(
      .arguments(index: calls - 1, delta: String(decoding: held, as: UTF8.self)))
    held = []
  }

  private static func joined(_ events: [Event]) -> [Event] {
    events.reduce(into: []) { result, event in
      if case .text(let old)? = result.last, case .text(let new) = event {
        result[result.count - 1] = .text(old + new)
      } else {
        result.append(event)
      }
    }
  }
}
