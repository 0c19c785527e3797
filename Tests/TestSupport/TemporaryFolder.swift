import Foundation

/// A folder of its own, removed with its last reference.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init(in parent: String = NSTemporaryDirectory()) throws {
    path = parent + "/breakeven-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  package func file(_ name: String) -> String { path + "/" + name }
}
