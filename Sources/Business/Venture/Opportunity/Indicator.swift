/// The indicator system 指标体系: four groups of three. Each is scored 1–9 on an anchored scale of
/// how much there is of what it names; `isBenefit` says whether much is good.
package enum Indicator: String, Sendable, Hashable, Codable, CaseIterable {
  case size, growth, competition
  case difficulty, cost, maturity
  case standing, brand, satisfaction
  case marketRisk = "market_risk"
  case technologyRisk = "technology_risk"
  case financialRisk = "financial_risk"

  package enum Group: String, Sendable, Hashable, Codable, CaseIterable {
    case market, technology, advantage, risk

    package var indicators: [Indicator] {
      switch self {
      case .market: [.size, .growth, .competition]
      case .technology: [.difficulty, .cost, .maturity]
      case .advantage: [.standing, .brand, .satisfaction]
      case .risk: [.marketRisk, .technologyRisk, .financialRisk]
      }
    }

    package var textKey: String { "plan_indicators_\(rawValue)" }
  }

  package var group: Group {
    switch self {
    case .size, .growth, .competition: .market
    case .difficulty, .cost, .maturity: .technology
    case .standing, .brand, .satisfaction: .advantage
    case .marketRisk, .technologyRisk, .financialRisk: .risk
    }
  }

  /// A high score is good (+); otherwise it is a cost (−).
  package var isBenefit: Bool {
    switch self {
    case .size, .growth, .maturity, .standing, .brand, .satisfaction: true
    case .competition, .difficulty, .cost, .marketRisk, .technologyRisk, .financialRisk: false
    }
  }

  /// The scale, and the scores that have an anchor.
  package static let scale: ClosedRange<Double> = 1...9
  package static let anchors = [1, 3, 5, 7, 9]

  /// Key of its name; `_measure`: how it is measured; `_1`…`_9`: what the anchored scores mean.
  package var textKey: String { "plan_indicator_\(rawValue)" }
  package var measureKey: String { "\(textKey)_measure" }
  package func anchorKey(_ score: Int) -> String { "\(textKey)_\(score)" }

  /// Share of the best that a score is, 0...1: (s − 1) ÷ 8, from the other end for costs.
  package func value(of score: Double) -> Double {
    let held = min(max(score, Self.scale.lowerBound), Self.scale.upperBound)
    let share = (held - Self.scale.lowerBound) / (Self.scale.upperBound - Self.scale.lowerBound)
    return isBenefit ? share : 1 - share
  }
}
