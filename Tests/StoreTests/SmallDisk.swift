import Foundation
import TestSupport

/// A tmpfs of its own; only root may mount one.
final class SmallDisk: Sendable {
  private let folder: TemporaryFolder

  static let isAvailable: Bool = {
    #if os(Linux)
      return (try? SmallDisk(kilobytes: 64)) != nil
    #else
      return false
    #endif
  }()

  init(kilobytes: Int) throws {
    folder = try TemporaryFolder()
    try Self.run("/bin/mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", folder.path)
  }

  deinit { try? Self.run("/bin/umount", "-l", folder.path) }

  func file(_ name: String) -> String { folder.file(name) }

  func resize(kilobytes: Int) throws {
    try Self.run("/bin/mount", "-o", "remount,size=\(kilobytes)k", folder.path)
  }

  private static func run(_ command: String, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
  }
}
