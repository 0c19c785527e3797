package import Ledger

/// The register on a day: which triggers fire on the live metrics, which reviews are due.
package struct RiskWatch: Sendable, Hashable, Codable {
  package struct Signal: Sendable, Hashable, Codable {
    package var risk: String
    package var name: String
    package var trigger: RiskTrigger
    package var value: Double?
    package var state: RiskTrigger.State
  }

  package struct Overdue: Sendable, Hashable, Codable {
    package var risk: String
    package var name: String
    /// Nil for a risk that was never reviewed.
    package var due: CalendarDate?
    package var days: Int?
  }

  /// Fired first, then near, unknown, quiet; within each in the register's order.
  package var signals: [Signal]
  package var overdue: [Overdue]

  package var fired: [Signal] { signals.filter { $0.state == .fired } }
}

extension RiskRegister {
  /// - Parameters:
  ///   - metrics: live values by `RiskMetric`'s names, in its units.
  ///   - today: the date, from the caller's clock.
  package func watch(metrics: [String: Double], today: CalendarDate) -> RiskWatch {
    let order: [RiskTrigger.State: Int] = [.fired: 0, .near: 1, .unknown: 2, .quiet: 3]
    let signals = risks.flatMap { risk in
      risk.triggers.map { trigger in
        RiskWatch.Signal(
          risk: risk.id, name: risk.name, trigger: trigger,
          value: metrics[trigger.metric.rawValue].flatMap { $0.isFinite ? $0 : nil },
          state: trigger.state(metrics))
      }
    }
    return RiskWatch(
      signals: signals.enumerated().sorted {
        (order[$0.element.state] ?? 4, $0.offset) < (order[$1.element.state] ?? 4, $1.offset)
      }.map(\.element),
      overdue: risks.compactMap { risk in
        guard let review = risk.review else {
          return RiskWatch.Overdue(risk: risk.id, name: risk.name, due: nil, days: nil)
        }
        let days = review.overdue(on: today)
        return days > 0
          ? RiskWatch.Overdue(risk: risk.id, name: risk.name, due: review.due, days: days) : nil
      })
  }
}
