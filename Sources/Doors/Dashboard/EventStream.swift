import Billing
import Foundation
import Ledger
import Synchronization

/// The live figures of one open page: looks at the books' position about once a second, and writes
/// server-sent events when they or the engines moved. Nothing runs while nobody listens.
struct EventStream: Sendable {
  /// The browser comes back by itself when a stream ends, so each is bounded.
  struct Limits: Sendable {
    var ticks = 1_800
    var pause: @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(1)) }
    /// Ends the stream early: the program is stopping, or the session ended.
    var isOver: @Sendable () -> Bool = { false }
  }

  /// Ticks between comments: they keep proxies from closing a quiet stream, and show that a reader
  /// left.
  static let keepAliveTicks = 5

  let books: any BooksReader
  let live: @Sendable () -> LiveFigures
  let limits: Limits
  /// The page's moving parts by element id; nil when the page only asks whether anything is new.
  let parts: (@Sendable () async throws -> [String: String])?
  let words: @Sendable (LiveFigures) -> String

  func run(_ write: (String) async throws -> Void) async throws {
    // What the page was rendered from may be older than this stream: the first position is new.
    var position: Int64?
    var figures: LiveFigures?
    try await write("retry: 2000\n\n")
    for tick in 0..<limits.ticks {
      if limits.isOver() { return }
      let current = live()
      if current != figures {
        try await write(
          Self.event("live", ["live": words(current), "busy": current.running > 0 ? "1" : ""]))
        figures = current
      } else if tick % Self.keepAliveTicks == Self.keepAliveTicks - 1 {
        try await write(": still here\n\n")
      }
      let now = try await books.position()
      if now != position {
        if let parts {
          try await write(Self.event("parts", try await parts()))
        } else if position != nil {
          try await write(Self.event("news", ["position": String(now)]))
        }
        position = now
      }
      try await limits.pause()
    }
  }

  /// One event; JSON has no raw line breaks, so it is one `data` line.
  static func event(_ name: String, _ fields: [String: String]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return
      "event: \(name)\ndata: \(String(decoding: try encoder.encode(fields), as: UTF8.self))\n\n"
  }
}

/// How many streams are open; beyond the limit the page stays as it was rendered.
final class Listeners: Sendable {
  static let maximum = 32
  private let count = Mutex(0)

  var hasRoom: Bool { count.withLock { $0 < Self.maximum } }

  func enter() -> Bool {
    count.withLock { count in
      guard count < Self.maximum else { return false }
      count += 1
      return true
    }
  }

  func leave() { count.withLock { $0 -= 1 } }
}
