import CKernels
import Foundation

/// Many paths at once: the same numbers as one by one, within a few units of the last place.
extension ParameterProgram {
  /// Values of the uncertain and the formula slots; those of the constants must be in place.
  /// - Parameters:
  ///   - slots: [slot][path].
  ///   - uniforms: [uncertain][path], independent, in (0, 1); overwritten.
  ///   - paths: a multiple of 8.
  func fill(
    _ slots: UnsafeMutablePointer<Double>, uniforms: UnsafeMutablePointer<Double>, paths: Int
  ) {
    for member in copula.members {
      let row = uniforms + member * paths
      Normal.quantiles(row, scratch: slots + uncertain[member] * paths, count: paths)
    }
    copula.correlate(uniforms, paths: paths)
    for position in samplers.indices {
      samplers[position].fill(
        slots + uncertain[position] * paths, uniforms + position * paths,
        areScores: isCorrelated[position], count: paths)
    }
    guard !formulas.isEmpty else { return }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: depth * paths) { stack in
      guard let base = stack.baseAddress else { return }
      for formula in formulas {
        Self.run(formula.operations, slots, base, paths)
        let row = slots + formula.slot * paths
        for path in 0..<paths {
          row[path] = base[path].isFinite ? Self.clamped(base[path]) : formula.fallback
        }
      }
    }
  }

  private static func run(
    _ operations: [ParameterTable.Operation], _ slots: UnsafeMutablePointer<Double>,
    _ stack: UnsafeMutablePointer<Double>, _ paths: Int
  ) {
    var top = stack - paths
    for operation in operations {
      switch operation {
      case .constant(let value):
        top += paths
        top.update(repeating: value, count: paths)
      case .slot(let index):
        top += paths
        top.update(from: slots + index * paths, count: paths)
      case .negate: for path in 0..<paths { top[path] = -top[path] }
      case .exponential: for path in 0..<paths { top[path] = exp(top[path]) }
      case .logarithm: for path in 0..<paths { top[path] = log(top[path]) }
      case .squareRoot: for path in 0..<paths { top[path] = top[path].squareRoot() }
      case .add, .subtract, .multiply, .divide, .power, .minimum, .maximum:
        let right = top
        top -= paths
        for path in 0..<paths { top[path] = operation.apply(top[path], right[path]) }
      }
    }
  }
}

extension Normal {
  /// Each chance in (0, 1) is replaced by its quantile.
  /// - Parameters:
  ///   - scratch: as long as the row.
  ///   - count: a multiple of 8.
  static func quantiles(
    _ row: UnsafeMutablePointer<Double>, scratch: UnsafeMutablePointer<Double>, count: Int
  ) {
    scratch.update(from: row, count: count)
    ck_paths_best().pointee.quantile(scratch, row, count)
    // The far tails, beyond what the row function answers.
    for index in 0..<count where row[index].isNaN { row[index] = quantile(scratch[index]) }
  }
}

extension Sampler {
  /// - Parameters:
  ///   - inputs: normal scores, or uniforms; overwritten.
  ///   - count: a multiple of 8.
  func fill(
    _ into: UnsafeMutablePointer<Double>, _ inputs: UnsafeMutablePointer<Double>, areScores: Bool,
    count: Int
  ) {
    if needsScores, !areScores { Normal.quantiles(inputs, scratch: into, count: count) }
    switch form {
    case .normal(let mean, let deviation):
      for index in 0..<count { into[index] = mean + deviation * inputs[index] }
    case .lognormal(let mu, let sigma):
      for index in 0..<count { into[index] = mu + sigma * inputs[index] }
      ck_paths_best().pointee.exponential(into, into, count)
    case .table(let table): table.fill(into, inputs, count: count)
    case .uniform, .steps, .quantile:
      for index in 0..<count {
        into[index] = areScores ? value(score: inputs[index]) : value(uniform: inputs[index])
      }
    }
  }

  private var needsScores: Bool {
    switch form {
    case .normal, .lognormal, .table: true
    case .uniform, .steps, .quantile: false
    }
  }
}
