/// The five forces together, each held against what was measured.
///
/// The forces are a view of the industry; they do not enter the indicators' sum, where competition is
/// counted already.
package struct ForcesAssessment: Sendable, Hashable, Codable {
  package struct Entry: Sendable, Hashable, Codable {
    package let kind: Force.Kind
    package let pressure: SampleSummary
    package let measurements: [Force.Measurement]
    /// Mean pressure that the measurements speak for; nil without any.
    package let measured: Double?
    package let evidence: [String]
    /// The measurements lie outside the stated 90% interval, by more than half a point.
    package let isContradicted: Bool
  }

  package let entries: [Entry]
  /// Mean pressure of the forces, 1–5.
  package let pressure: SampleSummary
  /// 0 (all forces strong) to 1 (all weak): (5 − pressure) ÷ 4.
  package let attractiveness: SampleSummary

  package init?(_ forces: [Force], _ samples: QuantitySamples) {
    let scored = forces.compactMap { force in
      force.score.map { score in
        (force, samples[score].map { min(max($0, Force.scale.lowerBound), Force.scale.upperBound) })
      }
    }
    guard !scored.isEmpty else { return nil }
    entries = scored.map { force, draws in
      let pressure = SampleSummary(draws)
      let items = force.measurements.map { Double($0.pressure) }
      let measured = items.isEmpty ? nil : items.reduce(0, +) / Double(items.count)
      return Entry(
        kind: force.kind, pressure: pressure, measurements: force.measurements, measured: measured,
        evidence: force.evidence,
        isContradicted: measured.map { $0 < pressure.low - 0.5 || $0 > pressure.high + 0.5 }
          ?? false)
    }
    let total = (0..<samples.count).map { draw in
      scored.reduce(0) { $0 + $1.1[draw] } / Double(scored.count)
    }
    pressure = SampleSummary(total)
    attractiveness = SampleSummary(total.map { (5 - $0) / 4 })
  }
}

extension Force {
  package static let scale: ClosedRange<Double> = 1...5
}
