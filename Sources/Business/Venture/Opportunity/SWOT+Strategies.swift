extension SWOT {
  /// IFE and EFE scores, and every pair of an inner and an outer factor with what the plan says of it.
  package struct Assessment: Sendable, Hashable, Codable {
    /// Σ weight × rating of strengths and weaknesses; 2.5 is the average.
    package let internalScore: Double
    /// Σ weight × rating of opportunities and threats.
    package let externalScore: Double
    package let quadrant: Quadrant
    /// Largest first.
    package let cells: [Cell]
    package let findings: [Finding]
  }

  /// Where the two scores meet, about 2.5 (David's internal–external matrix, in four).
  package enum Quadrant: String, Sendable, Hashable, Codable, CaseIterable {
    /// SO, WO, ST, WT.
    case attack, repair, defend, retreat
    package var textKey: String { "plan_swot_quadrant_\(rawValue)" }
  }

  package struct Cell: Sendable, Hashable, Codable {
    /// SO, ST, WO or WT.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
      case so, st, wo, wt
      package var textKey: String { "plan_tows_\(rawValue)" }
    }

    package enum Decision: Sendable, Hashable, Codable {
      case action(String, owner: String)
      case rejected(reason: String)
      case open
    }

    package let kind: Kind
    package let inner: String
    package let outer: String
    /// wᵢfᵢ · wⱼfⱼ · relevance.
    package let priority: Double
    package let relevance: Double
    package let decision: Decision
  }

  package struct Finding: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
      /// A pair with neither action nor reason.
      case openCell = "open_cell"
      /// An action that nobody owns.
      case actionWithoutOwner = "action_without_owner"
      /// A factor that leads to no action.
      case idleFactor = "idle_factor"
      package var textKey: String { "plan_finding_swot_\(rawValue)" }
    }
    package let kind: Kind
    /// Ids of the factors.
    package let factors: [String]
    package let line: Int
  }

  /// Pairs whose priority is below this share of the largest need no answer.
  package static let negligible = 0.1

  package func assess() -> Assessment {
    let inner = factors.filter(\.kind.isInternal)
    let outer = factors.filter { !$0.kind.isInternal }
    let answers = Dictionary(
      answers.map { ([$0.inner, $0.outer], $0) }, uniquingKeysWith: { one, _ in one })
    let cells = inner.flatMap { first in
      outer.map { second in Cell(first, second, answers[[first.id, second.id]]) }
    }.sorted { ($1.priority, $0.inner, $0.outer) < ($0.priority, $1.inner, $1.outer) }
    let (internalScore, externalScore) = (Self.score(inner), Self.score(outer))
    return Assessment(
      internalScore: internalScore, externalScore: externalScore,
      quadrant: Quadrant(internalScore, externalScore), cells: cells,
      findings: findings(cells, answers.mapValues(\.line)))
  }

  private static func score(_ factors: [Factor]) -> Double {
    factors.reduce(0) { $0 + $1.weight * $1.rating }
  }

  private func findings(_ cells: [Cell], _ lines: [[String]: Int]) -> [Finding] {
    let largest = cells.first?.priority ?? 0
    var findings: [Finding] = []
    var served: Set<String> = []
    for cell in cells {
      let ids = [cell.inner, cell.outer]
      switch cell.decision {
      case .open where cell.priority >= largest * Self.negligible:
        findings.append(Finding(kind: .openCell, factors: ids, line: line))
      case .action(_, let owner):
        served.formUnion(ids)
        if owner.isEmpty {
          findings.append(
            Finding(kind: .actionWithoutOwner, factors: ids, line: lines[ids] ?? line))
        }
      default: break
      }
    }
    for factor in factors where !served.contains(factor.id) {
      findings.append(Finding(kind: .idleFactor, factors: [factor.id], line: factor.line))
    }
    return findings
  }
}

extension SWOT.Factor {
  /// Force of the factor in its own direction, 1–4. A rating of 1 is the gravest weakness and the
  /// worst answered threat, so these are turned round: 5 − rating.
  package var force: Double {
    kind == .strengths || kind == .opportunities ? rating : 5 - rating
  }
}

extension SWOT.Cell {
  fileprivate init(_ inner: SWOT.Factor, _ outer: SWOT.Factor, _ answer: SWOT.Answer?) {
    self.inner = inner.id
    self.outer = outer.id
    kind =
      switch (inner.kind, outer.kind) {
      case (.strengths, .opportunities): .so
      case (.strengths, _): .st
      case (_, .opportunities): .wo
      default: .wt
      }
    relevance = answer?.relevance ?? 1
    priority = inner.weight * inner.force * outer.weight * outer.force * relevance
    decision =
      switch answer {
      case let answer? where !answer.action.isEmpty: .action(answer.action, owner: answer.owner)
      case let answer? where !answer.rejection.isEmpty: .rejected(reason: answer.rejection)
      default: .open
      }
  }
}

extension SWOT.Quadrant {
  fileprivate init(_ inner: Double, _ outer: Double) {
    self =
      switch (inner >= 2.5, outer >= 2.5) {
      case (true, true): .attack
      case (false, true): .repair
      case (true, false): .defend
      case (false, false): .retreat
      }
  }
}
