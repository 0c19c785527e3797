import Foundation

/// A `ParameterTable` made ready to draw from: samplers, correlation and formulas.
///
/// A formula that has no finite value on a path (the logarithm of a negative, a division by zero)
/// takes its value at the medians there, and results are kept within ±1e30: a forecast must not be
/// lost to one path in 100,000. `QuantitySheet.compile` reports formulas for which that happens.
package struct ParameterProgram: Sendable {
  /// Slots, and doubles in `fill`'s values.
  package let count: Int
  /// Indices of the uncertain slots.
  package let uncertain: [Int]
  let samplers: [Sampler]
  let copula: Copula
  /// Positions (in `uncertain`) that the copula moves.
  let isCorrelated: [Bool]
  private let constants: [(slot: Int, value: Double)]
  private(set) var formulas: [Formula]
  let depth: Int

  struct Formula: Sendable {
    let slot: Int
    let operations: [ParameterTable.Operation]
    var fallback = 0.0
  }

  static let largestResult = 1e30

  /// - Throws: `range` for a bad distribution, `correlation` for a matrix that is not positive
  ///   definite, `invalid` for a formula that is not one over earlier slots.
  package init(_ table: ParameterTable) throws(ForecastError) {
    count = table.slots.count
    uncertain = table.uncertain
    copula = try Copula(table)
    var samplers: [Sampler] = []
    var constants: [(slot: Int, value: Double)] = []
    var formulas: [Formula] = []
    var depth = 1
    for (index, slot) in table.slots.enumerated() {
      switch slot.content {
      case .constant(let value): constants.append((index, value))
      case .uncertain(let distribution):
        do { try distribution.check() } catch {
          throw ForecastError(error.code, "\(slot.name): \(error.message)", field: slot.name)
        }
        samplers.append(Sampler.prepared(distribution))
      case .formula(let operations):
        guard let most = Self.depth(operations, slot: index) else {
          throw ForecastError(
            .invalid, "\(slot.name): its formula is not one over earlier slots", field: slot.name)
        }
        depth = max(depth, most)
        formulas.append(Formula(slot: index, operations: operations))
      }
    }
    self.samplers = samplers
    self.constants = constants
    self.formulas = formulas
    self.depth = depth
    var isCorrelated = [Bool](repeating: false, count: uncertain.count)
    for member in copula.members { isCorrelated[member] = true }
    self.isCorrelated = isCorrelated
    var medians = [Double](repeating: 0, count: count)
    for (position, slot) in uncertain.enumerated() {
      medians[slot] = samplers[position].value(uniform: 0.5)
    }
    setFallbacks(medians)
  }

  private mutating func setFallbacks(_ start: [Double]) {
    var values = start
    values.withUnsafeMutableBufferPointer { values in
      for constant in constants { values[constant.slot] = constant.value }
      withUnsafeTemporaryAllocation(of: Double.self, capacity: depth) { stack in
        for index in formulas.indices {
          let result = Self.run(formulas[index].operations, values, stack)
          formulas[index].fallback = result.isFinite ? Self.clamped(result) : 0
          values[formulas[index].slot] = formulas[index].fallback
        }
      }
    }
  }

  /// Values of all slots of one path.
  /// - Parameter uniforms: independent, in (0, 1), one an uncertain slot, in order.
  package func values(uniforms: [Double]) -> [Double] {
    precondition(uniforms.count == uncertain.count)
    var uniforms = uniforms
    return [Double](unsafeUninitializedCapacity: count) { values, initialized in
      values.initialize(repeating: 0)
      uniforms.withUnsafeMutableBufferPointer { fill(values, uniforms: $0) }
      initialized = count
    }
  }

  /// The same without allocation.
  /// - Parameters:
  ///   - values: room for `count` doubles, initialised.
  ///   - uniforms: one an uncertain slot; overwritten with normal scores where slots are correlated.
  package func fill(
    _ values: UnsafeMutableBufferPointer<Double>, uniforms: UnsafeMutableBufferPointer<Double>
  ) {
    for member in copula.members { uniforms[member] = Normal.quantile(uniforms[member]) }
    copula.correlate(uniforms)
    for position in samplers.indices {
      let input = uniforms[position]
      values[uncertain[position]] =
        isCorrelated[position]
        ? samplers[position].value(score: input) : samplers[position].value(uniform: input)
    }
    complete(values)
  }

  /// Constants and formulas, with the uncertain slots already in place.
  package func complete(_ values: UnsafeMutableBufferPointer<Double>) {
    for constant in constants { values[constant.slot] = constant.value }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: depth) { stack in
      for formula in formulas {
        let result = Self.run(formula.operations, values, stack)
        values[formula.slot] = result.isFinite ? Self.clamped(result) : formula.fallback
      }
    }
  }

  @inline(__always)
  static func clamped(_ value: Double) -> Double {
    min(max(value, -largestResult), largestResult)
  }

  /// Formula slots that have no finite value where the others have these values.
  func undefinedFormulas(_ values: [Double]) -> [Int] {
    var values = values
    return values.withUnsafeMutableBufferPointer { values in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: depth) { stack in
        formulas.filter { !Self.run($0.operations, values, stack).isFinite }.map(\.slot)
      }
    }
  }

  /// Doubles of stack that the program needs; nil when it is not a program over earlier slots.
  private static func depth(_ operations: [ParameterTable.Operation], slot: Int) -> Int? {
    var depth = 0
    var most = 0
    for operation in operations {
      switch operation {
      case .constant: depth += 1
      case .slot(let index):
        guard index >= 0, index < slot else { return nil }
        depth += 1
      case .negate, .exponential, .logarithm, .squareRoot: if depth < 1 { return nil }
      case .add, .subtract, .multiply, .divide, .power, .minimum, .maximum:
        if depth < 2 { return nil }
        depth -= 1
      }
      most = max(most, depth)
    }
    return depth == 1 ? most : nil
  }

  private static func run(
    _ operations: [ParameterTable.Operation], _ values: UnsafeMutableBufferPointer<Double>,
    _ stack: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var top = -1
    for operation in operations {
      switch operation {
      case .constant(let value):
        top += 1
        stack[top] = value
      case .slot(let index):
        top += 1
        stack[top] = values[index]
      case .negate: stack[top] = -stack[top]
      case .exponential: stack[top] = exp(stack[top])
      case .logarithm: stack[top] = log(stack[top])
      case .squareRoot: stack[top] = stack[top].squareRoot()
      case .add, .subtract, .multiply, .divide, .power, .minimum, .maximum:
        stack[top - 1] = operation.apply(stack[top - 1], stack[top])
        top -= 1
      }
    }
    return stack[0]
  }
}

extension ParameterTable.Operation {
  /// Of two operands; NaN for an operation that has not two.
  @inline(__always)
  func apply(_ left: Double, _ right: Double) -> Double {
    switch self {
    case .add: left + right
    case .subtract: left - right
    case .multiply: left * right
    case .divide: left / right
    case .power: pow(left, right)
    // Swift's min and max may drop a NaN, which must be seen.
    case .minimum: left.isNaN || right.isNaN ? .nan : Swift.min(left, right)
    case .maximum: left.isNaN || right.isNaN ? .nan : Swift.max(left, right)
    case .constant, .slot, .negate, .exponential, .logarithm, .squareRoot: .nan
    }
  }
}

extension ParameterTable {
  /// Every uncertain slot at its mean: the deterministic limit.
  package func meanValues() throws(ForecastError) -> [Double] { try values { $0.mean } }

  /// Every uncertain slot at its median.
  package func medianValues() throws(ForecastError) -> [Double] { try values { $0.median } }

  package func values(uniforms: [Double]) throws(ForecastError) -> [Double] {
    try ParameterProgram(self).values(uniforms: uniforms)
  }

  private func values(_ point: (Distribution) -> Double) throws(ForecastError) -> [Double] {
    let program = try ParameterProgram(self)
    var values = slots.map { slot in
      if case .uncertain(let distribution) = slot.content { point(distribution) } else { 0.0 }
    }
    values.withUnsafeMutableBufferPointer { program.complete($0) }
    return values
  }
}
