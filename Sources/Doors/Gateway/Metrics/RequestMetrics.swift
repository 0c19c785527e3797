import Synchronization

/// Where requests go; a metric's label, so the list is closed.
enum Route: Int, CaseIterable, Sendable {
  case chatCompletions, completions, messages, countTokens, responses, embeddings, models, model,
    healthz,
    readyz, metrics, other

  var label: String {
    switch self {
    case .chatCompletions: "/v1/chat/completions"
    case .completions: "/v1/completions"
    case .messages: "/v1/messages"
    case .countTokens: "/v1/messages/count_tokens"
    case .responses: "/v1/responses"
    case .embeddings: "/v1/embeddings"
    case .models: "/v1/models"
    case .model: "/v1/models/{id}"
    case .healthz: "/healthz"
    case .readyz: "/readyz"
    case .metrics: "/metrics"
    case .other: "other"
    }
  }
}

/// What is counted of one route and model.
final class RequestMetrics: Sendable {
  /// Every status the gateway sends; others are counted as the last.
  static let statuses = [
    200, 400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 422, 429, 499, 500, 502, 503, 504,
  ]
  /// Upper bounds of the durations' buckets, in seconds.
  static let bounds: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120,
  ]

  let byStatus = AtomicCounters(count: statuses.count + 1)
  let byDuration = AtomicCounters(count: bounds.count + 1)
  let durationMicroseconds = Atomic(0)

  func record(status: Int, nanoseconds: Int64) {
    byStatus.add(at: Self.statuses.firstIndex(of: status) ?? Self.statuses.count)
    let seconds = Double(nanoseconds) / 1e9
    byDuration.add(at: Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count)
    durationMicroseconds.wrappingAdd(Int(nanoseconds / 1000), ordering: .relaxed)
  }
}
