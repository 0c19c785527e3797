import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Names one opening of the books by one running process, so that a later one can tell which holds
/// nobody will settle any more: process id, when that process started, and the opening's number.
package struct ProcessToken: Sendable {
  package let text: String

  private static let open = Mutex<(next: Int, numbers: Set<Int>)>((0, []))
  private let number: Int

  init() {
    number = Self.open.withLock { open in
      open.next += 1
      open.numbers.insert(open.next)
      return open.next
    }
    text = "\(getpid()):\(Self.started(getpid()) ?? "?"):\(number)"
  }

  func forget() { _ = Self.open.withLock { $0.numbers.remove(number) } }

  /// A process of the same id that started at another time is another process.
  package static func isAlive(_ token: String) -> Bool {
    let parts = token.split(separator: ":").map(String.init)
    guard parts.count == 3, let process = Int32(parts[0]), let number = Int(parts[2]) else {
      return false
    }
    guard let started = started(process), started == parts[1] else { return false }
    return process != getpid() || open.withLock { $0.numbers.contains(number) }
  }

  /// Clock ticks from boot to the process's start, with the boot's id; nil when there is no such
  /// process.
  private static func started(_ process: Int32) -> String? {
    #if os(Linux)
      guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        // The command's name, in parentheses, may itself hold spaces and parentheses.
        let end = status.lastIndex(of: ")")
      else { return nil }
      let fields = status[status.index(after: end)...].split(separator: " ")
      guard fields.count > 19 else { return nil }
      let boot =
        (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
      return "\(fields[19])@\(boot.prefix(8))"
    #else
      return kill(process, 0) == 0 ? "running" : nil
    #endif
  }
}
