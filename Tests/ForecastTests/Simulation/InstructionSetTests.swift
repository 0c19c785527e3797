import CKernels
import Testing

@testable import Forecast

/// The months of whole models at each level of the rows' instructions.
struct InstructionSetTests {
  /// Every row that holds something, after every month, and the figures; nil where the machine cannot
  /// run the level.
  private func bits(_ simulation: Simulation, level: Int32, seed: UInt64) -> [UInt64]? {
    guard let sampler = NoiseSampler(level: level) else { return nil }
    let kernel = Kernel(
      plan: simulation.plan, seed: seed, isDeterministic: false, sampler: sampler)
    let slots = PathSlots(plan: simulation.plan, program: simulation.program, seed: seed)
    slots.fill(kernel.slots, firstPath: 256, count: Row.paths)
    let named = kernel.named.sorted { $0.key < $1.key }.flatMap(\.value)
    var found: [UInt64] = []
    func keep(_ row: Row) {
      for lane in 0..<Row.paths {
        let value = row.values[lane]
        found.append(value.isNaN ? .max : value.bitPattern)
      }
    }
    kernel.run(firstPath: 256) { _ in named.forEach(keep) }
    for figure in Outcome.Figure.allCases { keep(kernel.row(of: figure)) }
    return found
  }

  @Test(arguments: UInt64(1)...12)
  func everyInstructionSetGivesTheSameMonths(seed: UInt64) throws {
    let simulation = try Simulation(RandomModel.make(seed))
    let specification = try #require(bits(simulation, level: Int32(CK_SCALAR), seed: seed))
    for level in [CK_AVX2, CK_AVX512] {
      guard let found = bits(simulation, level: Int32(level), seed: seed) else { continue }
      let apart = zip(specification, found).count { $0 != $1 }
      #expect(apart == 0 && found.count == specification.count, "level \(level)")
    }
  }

  @Test(arguments: [1, 3, 4, 5, 60, 1023, 1024])
  func aTotalIsTheSumOfItsRow(count: Int) throws {
    var rows = [Double](repeating: .nan, count: 1030 * 6)
    for row in 0..<6 {
      for path in 0..<count { rows[row * 1030 + path] = Double(row * 10_000 + path * path % 977) }
    }
    for level in [CK_SCALAR, CK_AVX2, CK_AVX512] {
      guard let sampler = NoiseSampler(level: Int32(level)) else { continue }
      var totals = [Double](repeating: 0, count: 6)
      sampler.steps.pointee.totals(rows, 1030, 6, count, &totals)
      for row in 0..<6 {
        #expect(totals[row] == rows[row * 1030..<row * 1030 + count].reduce(0, +))
      }
    }
  }
}
