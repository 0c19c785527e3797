import Dashboard
import Foundation
import Inference

extension Workspace {
  /// Makes a password for the pages and keeps its slow hash.
  func makePassword() throws -> String {
    var generator = SystemRandomNumberGenerator()
    let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
    let groups = (0..<4).map { _ in
      String((0..<4).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] })
    }
    let password = groups.joined(separator: "-")
    let hash = PasswordHash(password: password, using: &generator)
    guard
      FileManager.default.createFile(
        atPath: adminFile.path, contents: Data("\(hash)\n".utf8),
        attributes: [.posixPermissions: 0o600])
    else { throw CommandError("cannot write \(adminFile.path); check the folder's permissions") }
    return password
  }

  func passwordHash() throws -> PasswordHash {
    guard let text = try? String(contentsOf: adminFile, encoding: .utf8) else {
      throw CommandError(
        "\(adminFile.path) is missing; make a new password with: breakeven admin password --workspace \(folder.path)"
      )
    }
    return try PasswordHash(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  var embeddingOptions: EmbeddingOptions {
    EmbeddingOptions(
      threads: configuration.engine.threads, maximumRequests: configuration.engine.maximumQueue)
  }

  var engineOptions: EngineOptions {
    let engine = configuration.engine
    return EngineOptions(
      threads: engine.threads, maximumSequences: engine.maximumSequences,
      tokenBudget: engine.tokenBudget,
      maximumStepMilliseconds: Double(engine.maximumStepMilliseconds),
      kvBytes: engine.cacheMegabytes << 20, maximumQueue: engine.maximumQueue,
      speculation: engine.speculates ? SpeculationOptions() : .off,
      kvPrecision: engine.cachePrecision,
      pinThreads: engine.pinThreads, hugePages: engine.hugePages)
  }
}
