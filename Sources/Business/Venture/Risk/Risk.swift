package import Forecast

/// Something that may happen to the venture: cause → event → consequence, how often, how dear, and
/// what it does to the customers while it lasts.
package struct Risk: Sendable {
  /// 技术, 市场, 财务, 法律, and the project's own.
  package enum Class: String, Sendable, Hashable, Codable, CaseIterable {
    case technology, market, finance, law, project
  }

  /// 规避, 降低, 转移, 接受.
  package enum Response: String, Sendable, Hashable, Codable, CaseIterable {
    case avoid, reduce, transfer, accept
  }

  package var id: String
  package var name: String
  package var kind: Class
  package var cause: String
  package var event: String
  package var consequence: String
  package var owner: String
  package var response: Response
  /// Mean events (Poisson): per time.
  package var likelihood: FieldHandle
  /// Loss of one event, a 90% interval: money.
  package var impact: FieldHandle
  package var duration: FieldHandle
  package var acquisition: FieldHandle
  package var churn: FieldHandle
  package var triggers: [RiskTrigger]
  /// Steps of the project that it threatens.
  package var tasks: [String]
  package var review: RiskReview?
  /// Line of the plan.
  package var line: Int
}
