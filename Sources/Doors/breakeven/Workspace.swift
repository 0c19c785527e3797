import Crypto
import Foundation
import Ledger
import Store

/// A folder with `breakeven.yaml`, the books, the secret that keys are hashed with, and the pages'
/// assets.
struct Workspace {
  let folder: URL
  let configuration: Configuration
  let secret: SymmetricKey

  var database: String { folder.appending(path: "breakeven.db").path }
  var assets: URL { folder.appending(path: "assets") }
  var adminFile: URL { folder.appending(path: "admin.password") }
  /// The configured model file; a relative path is the workspace's.
  var modelFile: String? {
    configuration.modelFile.map { URL(filePath: $0, relativeTo: folder).path }
  }
  /// The configured draft model, likewise.
  var draftFile: String? {
    configuration.engine.draftFile.map { URL(filePath: $0, relativeTo: folder).path }
  }
  /// The configured embedding model, likewise.
  var embeddingFile: String? {
    configuration.embeddings.file.map { URL(filePath: $0, relativeTo: folder).path }
  }
  var rates: ExchangeRates { configuration.exchangeRates }
  var dates: DateText { DateText(zone: configuration.timeZone) }

  private static let secretName = "secret.key"
  static let configurationName = "breakeven.yaml"

  init(path: String) throws {
    folder = URL(filePath: path, directoryHint: .isDirectory)
    let file = folder.appending(path: Self.configurationName)
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw CommandError(
        "no workspace at '\(path)' (\(Self.configurationName) is missing); make one with: breakeven init \(path)"
      )
    }
    configuration = try Configuration(
      file: file.path, text: text, environment: ProcessInfo.processInfo.environment)
    let secretFile = folder.appending(path: Self.secretName)
    guard let bytes = try? Data(contentsOf: secretFile), bytes.count == 32 else {
      throw CommandError(
        "\(secretFile.path) must hold the 32 bytes that 'breakeven init' wrote; restore it from a backup, since API keys are hashed with it"
      )
    }
    secret = SymmetricKey(data: bytes)
  }

  /// - Throws: when the file is gone, rather than begin empty books in silence.
  func openBooks(mode: SQLiteBooks.Options = .init()) throws -> SQLiteBooks {
    guard FileManager.default.fileExists(atPath: database) else {
      throw CommandError(
        "the books \(database) are missing; restore them from a backup, or make a new workspace with: breakeven init DIR"
      )
    }
    return try SQLiteBooks(path: database, time: SystemTime(), options: mode)
  }

  /// The machine's zone; `Etc/UTC` and its like are written as everyone knows them.
  static var localZone: String {
    let zone = TimeZone.current.identifier
    return ["Etc/UTC", "Etc/UCT", "GMT", "Etc/GMT", "Universal"].contains(zone) ? "UTC" : zone
  }

  /// Makes the folder's files; what is already there is kept, a workspace is never overwritten.
  static func create(
    path: String, currency: Currency, timeZone: String, modelFile: String?, clockSeconds: Int = 60
  ) throws -> Workspace {
    let folder = URL(filePath: path, directoryHint: .isDirectory)
    let file = folder.appending(path: configurationName)
    guard !FileManager.default.fileExists(atPath: file.path) else {
      throw CommandError(
        "'\(path)' already is a workspace; edit \(file.path), or choose another folder")
    }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try writeSecret(SymmetricKey(size: .bits256), to: folder.appending(path: secretName))
      try copyAssets(to: folder.appending(path: "assets"))
      let text = Configuration.template(
        currency: currency.code, timeZone: timeZone, modelFile: modelFile,
        clockSeconds: clockSeconds)
      try Data(text.utf8).write(to: file, options: .atomic)
    } catch let error as CommandError {
      throw error
    } catch {
      throw CommandError("cannot write the workspace '\(path)': \(error.localizedDescription)")
    }
    let workspace = try Workspace(path: path)
    _ = try SQLiteBooks(path: workspace.database, time: SystemTime())
    return workspace
  }

  private static func writeSecret(_ key: SymmetricKey, to file: URL) throws {
    let data = key.withUnsafeBytes { Data($0) }
    guard
      FileManager.default.createFile(
        atPath: file.path, contents: data, attributes: [.posixPermissions: 0o600])
    else { throw CommandError("cannot write \(file.path); check the folder's permissions") }
  }

  /// Bootstrap and Chart.js from where `scripts/bootstrap` or Debian's packages put them.
  private static func copyAssets(to folder: URL) throws {
    let places = [cache.appending(path: "assets"), URL(filePath: "/usr/share/javascript")]
    for asset in ["bootstrap5/css/bootstrap.min.css", "chart.js/chart.min.js"] {
      let candidates = places.map { $0.appending(path: asset).resolvingSymlinksInPath() }
      guard
        let source = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) })
      else {
        throw CommandError(
          "\(asset) is missing; run scripts/bootstrap, or install libjs-bootstrap5 and libjs-chart.js"
        )
      }
      let target = folder.appending(path: asset)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(contentsOf: source).write(to: target, options: .atomic)
    }
  }

  /// Where bootstrap keeps the demo model and the assets.
  static var cache: URL {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["BREAKEVEN_CACHE"] { return URL(filePath: path) }
    return URL(filePath: environment["HOME"] ?? "/root").appending(path: ".cache/breakeven")
  }

  static var demoModel: URL {
    cache.appending(path: "models/SmolLM2-135M-Instruct.Q4_1.gguf")
  }
}
