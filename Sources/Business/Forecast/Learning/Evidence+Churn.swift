import Foundation

extension EvidenceBook {
  /// Who of each age stayed from one whole month to the next: binomial with the shifted beta-geometric
  /// hazard α/(α + β + t − 1), here churn·c/(c + t − 1) with c = α + β (Fader & Hardie, "How to project
  /// customer retention", 2007); constant without a concentration.
  func churn(_ index: Int) -> Evidence? {
    let segment = model.segments[index]
    let table = CohortTable(series(index), isComplete: actuals.months.map(\.isComplete))
    guard table.atRisk > 0 else { return nil }
    let factor = ChurnFactor(model: model, segment: index)
    let (churn, concentration) = (segment.churn, segment.churnConcentration)
    let rows = table.rows
    return Evidence(
      method: concentration == nil ? .betaBinomial : .churnGrid, count: Int(table.atRisk.rounded()),
      reads: [churn.index] + (concentration.map { [$0.index] } ?? []) + factor.reads,
      conjugate: concentration == nil && factor.reads.isEmpty
        ? .binomial(
          slot: churn.index, successes: rows.reduce(0) { $0 + $1.lost }, trials: table.atRisk)
        : nil
    ) { values, _ in
      let first = values[churn.index]
      let times = factor.value(values)
      var sum = 0.0
      for row in rows {
        var hazard = first * times
        if let concentration {
          let c = max(values[concentration.index], 1e-9)
          hazard *= c / (c + Double(row.age))
        }
        hazard = min(max(hazard, 1e-12), 1 - 1e-12)
        sum += row.lost * log(hazard) + row.kept * log1p(-hazard)
      }
      return sum
    }
  }
}

/// Customers at risk by age, over all pairs of whole months.
struct CohortTable: Sendable {
  struct Row: Sendable, Hashable {
    /// Months that they had been there before (0: their first chance to leave).
    let age: Int
    let lost: Double
    let kept: Double
  }

  let rows: [Row]
  let atRisk: Double

  init(_ months: [SegmentActuals], isComplete: [Bool]) {
    var lost: [Double] = []
    var kept: [Double] = []
    for index in months.indices.dropFirst() where isComplete[index] && isComplete[index - 1] {
      let (before, now) = (months[index - 1].activeByAge, months[index].activeByAge)
      for age in before.indices where before[age] > 0 {
        while lost.count <= age {
          lost.append(0)
          kept.append(0)
        }
        let stayed = min(before[age], age + 1 < now.count ? now[age + 1] : 0)
        kept[age] += stayed
        lost[age] += before[age] - stayed
      }
    }
    rows = lost.indices.compactMap {
      lost[$0] + kept[$0] > 0 ? Row(age: $0, lost: lost[$0], kept: kept[$0]) : nil
    }
    atRisk = rows.reduce(0) { $0 + $1.lost + $1.kept }
  }
}

/// What multiplies a segment's churn in the model: prices, and what memberships retain.
struct ChurnFactor: Sendable {
  let reads: [Int]
  private let elasticity: Parameter?
  private let priceMultiplier: Parameter
  private let attached: [(attach: Parameter, retention: Parameter)]

  init(model: Model, segment index: Int) {
    elasticity = model.segments[index].priceElasticity
    priceMultiplier = model.priceMultiplier
    attached = model.streams.compactMap { stream in
      guard case .customers(let segment, let attach) = stream.volume, segment == index,
        model.parameters[stream.retention].content != .constant(1)
      else { return nil }
      return (attach, stream.retention)
    }
    var parameters = attached.flatMap { [$0.attach, $0.retention] }
    if let elasticity { parameters += [elasticity, priceMultiplier] }
    reads = parameters.map(\.index)
  }

  func value(_ values: [Double]) -> Double {
    var factor = 1.0
    for item in attached {
      let attach = min(max(values[item.attach.index], 0), 1)
      factor *= 1 - attach + attach * values[item.retention.index]
    }
    if let elasticity {
      factor *= pow(max(values[priceMultiplier.index], 1e-6), values[elasticity.index] / 2)
    }
    return factor
  }
}
