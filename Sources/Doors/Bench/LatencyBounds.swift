/// What a request must keep to count as good, such as `ttft:500ms,tpot:50ms`. Empty: anything that
/// did not fail.
package struct LatencyBounds: Sendable, Equatable {
  /// Milliseconds; nil is no bound.
  package var timeToFirstToken: Double?
  package var timePerOutputToken: Double?
  /// The largest gap between two pieces.
  package var interTokenLatency: Double?
  package var endToEnd: Double?

  package init() {}

  /// - Throws: `BenchError` naming `option`.
  package init(parsing text: String, option: String) throws(BenchError) {
    for part in text.split(separator: ",") {
      let pieces = part.split(separator: ":", maxSplits: 1).map {
        $0.filter { !$0.isWhitespace }
      }
      guard pieces.count == 2, let value = Self.milliseconds(pieces[1]) else {
        throw BenchError("\(option): '\(part.prefix(40))' is not NAME:TIME; write ttft:500ms")
      }
      switch pieces[0] {
      case "ttft": timeToFirstToken = value
      case "tpot": timePerOutputToken = value
      case "itl": interTokenLatency = value
      case "e2e": endToEnd = value
      default:
        throw BenchError(
          "\(option): '\(pieces[0].prefix(40))' is none of ttft, tpot, itl, e2e")
      }
    }
    guard self != LatencyBounds() else {
      throw BenchError("\(option): names no bound; write for example ttft:500ms,tpot:50ms")
    }
  }

  /// `500ms`, `0.5s` or `500` (milliseconds); positive.
  private static func milliseconds(_ text: String) -> Double? {
    let (digits, scale) =
      text.hasSuffix("ms")
      ? (text.dropLast(2), 1.0) : text.hasSuffix("s") ? (text.dropLast(), 1000.0) : (text[...], 1.0)
    guard let value = Double(digits), value > 0, value.isFinite else { return nil }
    return value * scale
  }

  /// Whether a request that did not fail kept every bound. A figure that it does not have (the pace
  /// of one token) breaks none.
  package func areMet(by record: RequestRecord) -> Bool {
    guard record.failure == nil else { return false }
    func keeps(_ value: Double?, _ bound: Double?) -> Bool {
      guard let value, let bound else { return true }
      return value <= bound
    }
    return keeps(record.timeToFirstToken, timeToFirstToken)
      && keeps(record.timePerOutputToken, timePerOutputToken)
      && keeps(interTokenLatency == nil ? nil : record.interTokenLatencies.max(), interTokenLatency)
      && keeps(record.endToEnd, endToEnd)
  }
}
