import Foundation
import Testing

@testable import Forecast

@Suite struct ParameterProgramTests {
  static func table(_ contents: [ParameterTable.Content]) -> ParameterTable {
    ParameterTable(
      slots: contents.enumerated().map {
        .init(
          name: "s\($0.offset)", label: "", unit: "", scale: 1, line: 0, content: $0.element)
      })
  }

  @Test(
    "Each operation does what its name says",
    arguments: [
      ([.constant(2), .constant(3), .add], 5), ([.constant(2), .constant(3), .subtract], -1),
      ([.constant(2), .constant(3), .multiply], 6), ([.constant(3), .constant(2), .divide], 1.5),
      ([.constant(2), .constant(3), .power], 8), ([.constant(2), .negate], -2),
      ([.constant(2), .constant(3), .minimum], 2), ([.constant(2), .constant(3), .maximum], 3),
      ([.constant(0), .exponential], 1), ([.constant(1), .logarithm], 0),
      ([.constant(4), .squareRoot], 2),
    ] as [([ParameterTable.Operation], Double)])
  func operations(program: [ParameterTable.Operation], expected: Double) throws {
    #expect(try Self.table([.formula(program)]).meanValues() == [expected])
  }

  @Test("A formula without a finite value takes the one at the medians, and giants are cut")
  func undefined() throws {
    let table = Self.table([
      .uncertain(.normal(mean: 1, deviation: 1)), .formula([.slot(0), .logarithm]),
      .formula([.slot(1), .constant(1), .add]),
      .formula([.slot(0), .constant(1e30), .multiply, .exponential]),
      .formula([.slot(0), .constant(1e40), .multiply]),
    ])
    let values = try table.values(uniforms: [0.01])
    #expect(values[0] < 0 && values[1] == 0 && values[2] == 1)
    #expect(values.allSatisfy { $0.isFinite })
    #expect(values[4] == -1e30)
  }

  @Test(
    "A NaN is seen by minimum and maximum",
    arguments: [
      ParameterTable.Operation.minimum, .maximum,
    ])
  func nan(operation: ParameterTable.Operation) {
    #expect(operation.apply(.nan, 1).isNaN && operation.apply(1, .nan).isNaN)
  }

  @Test(
    "What is no program over earlier slots is refused",
    arguments: [
      [.add], [.constant(1), .add], [], [.slot(0)], [.slot(-1)], [.constant(1), .constant(2)],
      [.negate],
    ] as [[ParameterTable.Operation]])
  func malformed(program: [ParameterTable.Operation]) {
    #expect(throws: ForecastError.self) {
      try ParameterProgram(Self.table([.formula(program)]))
    }
  }

  @Test("Filling in place equals values")
  func fill() throws {
    let table = Self.table([
      .uncertain(.pert(low: 0, mode: 1, high: 4)), .constant(3), .uncertain(.poisson(mean: 4)),
      .formula([.slot(0), .slot(1), .multiply, .slot(2), .add]),
    ])
    let program = try ParameterProgram(table)
    var values = [Double](repeating: .nan, count: program.count)
    var uniforms = [0.3, 0.8]
    values.withUnsafeMutableBufferPointer { values in
      uniforms.withUnsafeMutableBufferPointer { program.fill(values, uniforms: $0) }
    }
    #expect(values == program.values(uniforms: [0.3, 0.8]))
    #expect(values[3] == values[0] * 3 + values[2])
  }

  @Test("A bad law is refused by its slot's name")
  func badLaw() {
    let error = #expect(throws: ForecastError.self) {
      try ParameterProgram(Self.table([.uncertain(.normal(mean: 0, deviation: -1))]))
    }
    #expect(error?.field == "s0")
  }
}
