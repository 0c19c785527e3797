import Synchronization

/// The gateway's counters since the start. Labels are bounded: routes and statuses are closed lists,
/// models are those that were served, at most `maximumModels`.
final class GatewayMetrics: Sendable {
  static let maximumModels = 256

  struct Key: Hashable {
    let route: Route
    let model: String
  }

  enum Count: Int, CaseIterable {
    case inputTokens, cachedTokens, outputTokens, unrated, admitted, settled, released, replayed,
      aborted, storageFailures, upstreamFailures, refusedConnections, abandoned
  }

  private let cells = Mutex<[Key: RequestMetrics]>([:])
  private let counts = AtomicCounters(count: Count.allCases.count)
  let running = Atomic(0)
  let connections = Atomic(0)

  /// `model` must be one that exists, or empty.
  func record(_ route: Route, model: String, status: Int, nanoseconds: Int64) {
    let cell = cells.withLock { cells in
      if let cell = cells[Key(route: route, model: model)] { return cell }
      let key = Key(route: route, model: cells.count < Self.maximumModels ? model : "other")
      if let cell = cells[key] { return cell }
      let cell = RequestMetrics()
      cells[key] = cell
      return cell
    }
    cell.record(status: status, nanoseconds: nanoseconds)
  }

  func add(_ value: Int = 1, to count: Count) { counts.add(value, at: count.rawValue) }
  subscript(count: Count) -> Int { counts[count.rawValue] }

  func snapshot() -> [(key: Key, cell: RequestMetrics)] {
    cells.withLock { cells in cells.map { ($0.key, $0.value) } }
      .sorted { ($0.key.route.rawValue, $0.key.model) < ($1.key.route.rawValue, $1.key.model) }
  }
}
