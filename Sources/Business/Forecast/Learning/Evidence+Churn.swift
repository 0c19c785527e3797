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

/// The shifted beta-geometric law of one cohort's lifetime, for a founder who has only a curve.
package enum ShiftedBetaGeometric {
  /// log-likelihood of `alive` (the cohort at renewal 0, 1, 2, …) with P(T = t) by the recursion
  /// P(1) = α/(α + β), P(t) = P(t − 1)·(β + t − 2)/(α + β + t − 1) (Fader & Hardie 2007, eq. 7).
  package static func logLikelihood(alive: [Double], alpha: Double, beta: Double) -> Double {
    guard alive.count > 1, alpha > 0, beta > 0 else { return -.infinity }
    var chance = alpha / (alpha + beta)
    var survival = 1.0
    var sum = 0.0
    for time in 1..<alive.count {
      if time > 1 { chance *= (beta + Double(time) - 2) / (alpha + beta + Double(time) - 1) }
      survival -= chance
      sum += (alive[time - 1] - alive[time]) * log(chance)
    }
    return sum + alive[alive.count - 1] * log(max(survival, 1e-300))
  }

  /// The most likely α and β, by coordinate-wise golden steps on their logs.
  /// - Returns: nil without two renewals or when nobody left.
  package static func fit(alive: [Double]) -> (alpha: Double, beta: Double, logLikelihood: Double)?
  {
    guard alive.count > 2, alive.allSatisfy({ $0 >= 0 && $0.isFinite }), alive[0] > alive[1],
      zip(alive, alive.dropFirst()).allSatisfy({ $0 >= $1 })
    else { return nil }
    var point = [0.0, 0.0]
    var step = 1.0
    var best = logLikelihood(alive: alive, alpha: 1, beta: 1)
    // A pattern search along both axes and both diagonals; the surface has one top.
    while step > 1e-10 {
      var hasMoved = false
      for (dx, dy) in [(1.0, 0.0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)] {
        let next = [point[0] + dx * step, point[1] + dy * step]
        guard next.allSatisfy({ abs($0) < 12 }) else { continue }
        let value = logLikelihood(alive: alive, alpha: exp(next[0]), beta: exp(next[1]))
        if value > best {
          (best, point, hasMoved) = (value, next, true)
        }
      }
      if !hasMoved { step /= 2 }
    }
    return (exp(point[0]), exp(point[1]), best)
  }

  /// Share of a cohort alive after `time` renewals: Π (β + t − 1)/(α + β + t − 1).
  package static func survival(alpha: Double, beta: Double, time: Int) -> Double {
    (1...max(1, time)).prefix(max(0, time)).reduce(1) {
      $0 * (beta + Double($1) - 1) / (alpha + beta + Double($1) - 1)
    }
  }
}
