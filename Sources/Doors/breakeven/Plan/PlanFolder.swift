import Billing
import Forecast
import Foundation
import Ledger
import Store
import Venture

/// The folder that holds a plan: `venture.yaml`, its frozen forecasts, and perhaps a workspace.
struct PlanFolder {
  static let fileName = "venture.yaml"
  let folder: URL

  init(path: String) { folder = URL(filePath: path, directoryHint: .isDirectory) }

  var file: URL { folder.appending(path: Self.fileName) }
  var forecasts: FileForecasts { FileForecasts(folder: folder.appending(path: "forecasts")) }

  /// The workspace beside the plan, where there is one.
  func workspace() throws -> Workspace? {
    let configuration = folder.appending(path: Workspace.configurationName)
    guard FileManager.default.fileExists(atPath: configuration.path) else { return nil }
    return try Workspace(path: folder.path)
  }

  func desk() throws -> PlanDesk {
    let workspace = try workspace()
    return desk(
      workspace: workspace, books: try workspace?.openBooks(), time: SystemTime(),
      modelLoaded: false)
  }

  /// The desk of a workspace whose books are open already.
  func desk(
    workspace: Workspace?, books: (any BooksReader)?, time: any TimeSource, modelLoaded: Bool
  ) -> PlanDesk {
    let file = file
    let rates = workspace?.rates
    let zone = workspace?.configuration.timeZone ?? .gmt
    return PlanDesk(
      PlanAccess(
        load: { try Self.read(file) },
        save: { text in try Data(text.utf8).write(to: file, options: .atomic) },
        now: { time.now() }, hash: Self.hash, books: books, forecasts: forecasts,
        offsetSeconds: Int64(
          zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.now().seconds)))),
        conversion: { currency in
          rates.map { Conversion(target: currency, rates: $0) }
            ?? Conversion(target: currency) { _, _ in nil }
        },
        facts: { await Self.facts(books, modelLoaded: modelLoaded) }))
  }

  static func hash(_ text: String) -> String { Digest.hexadecimal(Digest.sha256(text.utf8)) }

  /// - Throws: when the file is missing, not UTF-8, or larger than a plan may be.
  private static func read(_ file: URL) throws -> String {
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw CommandError("\(file.path) cannot be read")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw CommandError("\(file.path) is not UTF-8; save it as UTF-8")
    }
    return text
  }

  /// What the books know to be done.
  private static func facts(_ books: (any BooksReader)?, modelLoaded: Bool) async -> ProjectState {
    var state = ProjectState(facts: [.planChecked])
    guard let books else { return state }
    if modelLoaded { state.facts.formUnion([.modelLoaded, .versionLive]) }
    if let prices = try? await books.prices(), !prices.isEmpty { state.facts.insert(.priceSet) }
    if let keys = try? await books.keys(customer: nil), !keys.isEmpty {
      state.facts.insert(.firstKey)
    }
    if let customers = try? await books.customers(), !customers.isEmpty {
      state.facts.insert(.firstCustomer)
    }
    let usage = try? await books.usageTotals(from: .distantPast, to: .distantFuture, by: .none)
    if let usage, usage.contains(where: { $0.requests > 0 }) { state.facts.insert(.firstRequest) }
    let totals = try? await books.totals(from: .distantPast, to: .distantFuture, by: .none)
    if let totals, totals.contains(where: { $0.account.kind == .revenue && $0.amount.isNegative }) {
      state.facts.insert(.firstPayingCustomer)
    }
    return state
  }
}

/// Frozen forecasts as files, one each, named by day and hash: they can be kept with the plan in
/// version control, and nobody edits them by accident.
struct FileForecasts: ForecastStore {
  let folder: URL

  func save(_ plan: FrozenPlan) async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let name = "\(DateText.iso(plan.created).prefix(10))-\(plan.hash.prefix(16)).json"
    let file = folder.appending(path: name)
    if FileManager.default.fileExists(atPath: file.path) { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(plan).write(to: file, options: .atomic)
  }

  func list() async throws -> [FrozenPlan] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return try names.filter { $0.hasSuffix(".json") }.prefix(1_000).map { name in
      let file = folder.appending(path: name)
      do {
        return try JSONDecoder().decode(FrozenPlan.self, from: Data(contentsOf: file))
      } catch {
        throw CommandError("\(file.path) is not a frozen forecast: move it away")
      }
    }.sorted { $0.created > $1.created }
  }

  func load(_ hash: String) async throws -> FrozenPlan? {
    try await list().first { $0.hash.hasPrefix(hash) }
  }
}
