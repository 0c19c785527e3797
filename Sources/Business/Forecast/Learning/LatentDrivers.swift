import Foundation

/// The uncertain slots of a table on the normal scale: z ~ N(0, 1) each with the table's correlations,
/// value = F⁻¹(Φ(z)) of the widened law. All updating is done there: a posterior's mean m and variance v
/// of z tell at once how much the data weigh (1 − v) and whether they contradict the prior.
struct LatentDrivers: Sendable {
  let table: ParameterTable
  /// Slots, in order; a driver is named by its place in here.
  let slots: [Int]
  private(set) var laws: [Distribution]
  /// By driver: what it cannot exceed however wide its law is (`GrowthCeiling`).
  private let ceilings: [Double]
  /// Operations of the formulas, by slot; nil for others.
  private let formulas: [[ParameterTable.Operation]?]
  /// Values of the slots at the drivers' medians: where a formula's other inputs stay.
  private(set) var medians: [Double]

  /// Beyond it, Φ is 1 in double precision.
  static let largestScore = 8.0

  /// - Parameter ceilings: by slot.
  init(
    _ table: ParameterTable, widening: Double, ceilings: [Int: Double] = [:]
  ) throws(ForecastError) {
    self.table = table
    slots = table.uncertain
    self.ceilings = slots.map { ceilings[$0] ?? .infinity }
    laws = slots.map { slot in
      guard case .uncertain(let law) = table.slots[slot].content else { return .empirical([0]) }
      return law.widened(by: widening)
    }
    formulas = table.slots.map {
      if case .formula(let operations) = $0.content { operations } else { nil }
    }
    medians = table.slots.map { slot in
      switch slot.content {
      case .constant(let value): value
      case .uncertain(let law): law.quantile(0.5)
      case .formula: 0
      }
    }
    for slot in slots {
      guard case .uncertain(let law) = table.slots[slot].content else { continue }
      do { try law.check() } catch {
        throw ForecastError(
          error.code, "\(table.slots[slot].name): \(error.message)", field: table.slots[slot].name)
      }
    }
    let order = table.slots.indices.filter { formulas[$0] != nil }
    var values = medians
    run(order, &values)
    medians = values
  }

  /// Quantiles at even scores, for blocks that ask for very many: linear between steps of 1/40.
  struct Table: Sendable {
    private let values: [Double]
    private static let steps = 40.0

    init(_ latent: LatentDrivers, _ driver: Int) {
      let count = Int(2 * LatentDrivers.largestScore * Self.steps)
      values = (0...count).map {
        latent.value(driver, score: Double($0) / Self.steps - LatentDrivers.largestScore)
      }
    }

    func value(_ score: Double) -> Double {
      let place = (score + LatentDrivers.largestScore) * Self.steps
      guard place > 0 else { return values[0] }
      let index = min(Int(min(place, 1e6)), values.count - 2)
      let part = min(place - Double(index), 1)
      return values[index] + part * (values[index + 1] - values[index])
    }
  }

  func value(_ driver: Int, score: Double) -> Double {
    let value =
      switch laws[driver] {
      case .lognormal(let mu, let sigma): exp(mu + sigma * score)
      case .normal(let mean, let deviation): mean + deviation * score
      default: laws[driver].quantile(Normal.cumulative(score))
      }
    return min(value, ceilings[driver])
  }

  /// The driver's law with its ceiling.
  func law(_ driver: Int) -> Distribution {
    let law = laws[driver]
    guard law.quantile(1 - 1e-6) > ceilings[driver] else { return law }
    let count = 2 * BlockPosterior.atomCount
    return .empirical(
      (0..<count).map {
        min(law.quantile((Double($0) + 0.5) / Double(count)), ceilings[driver])
      })
  }

  /// These drivers with the other's laws.
  func doubting(_ drivers: some Sequence<Int>, as other: LatentDrivers) -> LatentDrivers {
    var copy = self
    for driver in drivers { copy.laws[driver] = other.laws[driver] }
    return copy
  }

  func score(_ driver: Int, value: Double) -> Double {
    switch laws[driver] {
    case .lognormal(let mu, let sigma) where sigma > 0 && value > 0: (log(value) - mu) / sigma
    case .normal(let mean, let deviation) where deviation > 0: (value - mean) / deviation
    default:
      Normal.quantile(min(max(laws[driver].cumulative(value), 6e-16), 1 - 6e-16))
    }
  }

  /// Pearson correlation of two drivers' scores: 2 sin(πρ/6) of the Spearman the table has.
  func correlation(_ first: Int, _ second: Int) -> Double {
    if first == second { return 1 }
    let (a, b) = (slots[first], slots[second])
    for item in table.correlations
    where (item.first == a && item.second == b) || (item.first == b && item.second == a) {
      return 2 * sin(.pi * item.rho / 6)
    }
    return 0
  }

  /// The formulas that must run when `drivers` move, in order, and the drivers that `reads` hang on.
  func dependencies(of reads: [Int]) -> (drivers: Set<Int>, formulas: [Int]) {
    var pending = reads
    var seen: Set<Int> = []
    while let slot = pending.popLast() {
      guard seen.insert(slot).inserted, let operations = formulas[slot] else { continue }
      for case .slot(let input) in operations { pending.append(input) }
    }
    let drivers = slots.indices.filter { seen.contains(slots[$0]) }
    return (Set(drivers), seen.filter { formulas[$0] != nil }.sorted())
  }

  /// Runs the formulas over `values`; what is not finite takes its value at the medians.
  func run(_ formulas: [Int], _ values: inout [Double]) {
    for slot in formulas {
      guard let operations = self.formulas[slot] else { continue }
      let result = Self.run(operations, values)
      values[slot] = result.isFinite ? result : medians[slot]
    }
  }

  private static func run(_ operations: [ParameterTable.Operation], _ values: [Double]) -> Double {
    var stack: [Double] = []
    func unary(_ function: (Double) -> Double) {
      if let top = stack.popLast() { stack.append(function(top)) }
    }
    func binary(_ function: (Double, Double) -> Double) {
      guard let right = stack.popLast(), let left = stack.popLast() else { return }
      stack.append(function(left, right))
    }
    for operation in operations {
      switch operation {
      case .constant(let value): stack.append(value)
      case .slot(let slot): stack.append(values[slot])
      case .add: binary(+)
      case .subtract: binary(-)
      case .multiply: binary(*)
      case .divide: binary(/)
      case .power: binary(pow)
      case .negate: unary { -$0 }
      case .minimum: binary(min)
      case .maximum: binary(max)
      case .exponential: unary(exp)
      case .logarithm: unary(log)
      case .squareRoot: unary { $0.squareRoot() }
      }
    }
    return stack.last ?? .nan
  }
}
