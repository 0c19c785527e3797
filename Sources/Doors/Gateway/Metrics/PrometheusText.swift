import Synchronization

/// Text in Prometheus' exposition format, version 0.0.4.
struct PrometheusText {
  private(set) var text = ""

  mutating func metric(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  mutating func sample(_ name: String, _ labels: [(String, String)] = [], _ value: String) {
    text += name
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",") + "}"
    }
    text += " \(value)\n"
  }

  mutating func counter(_ name: String, _ help: String, _ value: Int) {
    metric(name, "counter", help)
    sample(name, [], String(value))
  }

  mutating func gauge(_ name: String, _ help: String, _ value: Int) {
    metric(name, "gauge", help)
    sample(name, [], String(value))
  }

  private static func escaped(_ value: String) -> String {
    var result = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}

extension GatewayMetrics {
  func write(to text: inout PrometheusText) {
    let cells = snapshot()
    text.metric(
      "breakeven_requests_total", "counter", "Requests answered, by route, model and status.")
    for (key, cell) in cells {
      for index in 0...RequestMetrics.statuses.count where cell.byStatus[index] > 0 {
        let status =
          index < RequestMetrics.statuses.count ? String(RequestMetrics.statuses[index]) : "other"
        text.sample(
          "breakeven_requests_total",
          [("route", key.route.label), ("model", key.model), ("status", status)],
          String(cell.byStatus[index]))
      }
    }
    let name = "breakeven_request_duration_seconds"
    text.metric(name, "histogram", "From the request's head to its answer's end.")
    for (key, cell) in cells {
      let labels = [("route", key.route.label), ("model", key.model)]
      var total = 0
      for (index, bound) in RequestMetrics.bounds.enumerated() {
        total += cell.byDuration[index]
        text.sample(name + "_bucket", labels + [("le", "\(bound)")], String(total))
      }
      total += cell.byDuration[RequestMetrics.bounds.count]
      text.sample(name + "_bucket", labels + [("le", "+Inf")], String(total))
      let seconds = Double(cell.durationMicroseconds.load(ordering: .relaxed)) / 1e6
      text.sample(name + "_sum", labels, "\(seconds)")
      text.sample(name + "_count", labels, String(total))
    }
    text.metric(
      "breakeven_tokens_total", "counter", "Tokens settled, by kind; the kinds do not overlap.")
    for (kind, count) in [
      ("input", Count.inputTokens), ("cached_input", .cachedTokens), ("output", .outputTokens),
    ] {
      text.sample("breakeven_tokens_total", [("kind", kind)], String(self[count]))
    }
    text.counter("breakeven_requests_unrated_total", "Settled without known usage.", self[.unrated])
    text.counter(
      "breakeven_requests_aborted_total", "Ended by the caller's going away.", self[.aborted])
    text.counter(
      "breakeven_requests_replayed_total", "Answered again for an Idempotency-Key.", self[.replayed]
    )
    text.counter("breakeven_holds_total", "Requests admitted, each with a hold.", self[.admitted])
    text.counter("breakeven_settlements_total", "Requests settled.", self[.settled])
    text.counter("breakeven_releases_total", "Holds given back without usage.", self[.released])
    text.gauge(
      "breakeven_holds_open", "Holds of this process that are neither settled nor released.",
      self[.admitted] - self[.settled] - self[.released])
    text.counter(
      "breakeven_store_failures_total", "Times the books could not be written.",
      self[.storageFailures])
    text.counter(
      "breakeven_upstream_failures_total", "Upstream calls that failed.", self[.upstreamFailures])
    text.counter(
      "breakeven_connections_refused_total", "Connections over the limit.",
      self[.refusedConnections])
    text.gauge("breakeven_connections", "Open connections.", connections.load(ordering: .relaxed))
    text.gauge(
      "breakeven_requests_running", "Requests running now.", running.load(ordering: .relaxed))
  }
}
