import Foundation
import Testing

@testable import Tensor

@Suite struct FixedPointTests {
  /// A product by `matrix`, with rows `yStride` apart.
  private func product(_ matrix: FixedPointMatrix, _ x: [Float], count: Int) -> [Float] {
    let stride = matrix.rows + 3
    var y = [Float](repeating: -7, count: count * stride)
    let scratch = FloatBuffer(
      count: FixedPointMatrix.scratchBytes(columns: matrix.columns, count: count) / 4)
    y.withUnsafeMutableBufferPointer { y in
      guard let base = y.baseAddress else { return }
      matrix.multiply(
        x, count: count, into: base, yStride: stride, scratch: scratch.pointer)
    }
    return (0..<count).flatMap { row in
      // What lies between the rows is left alone.
      #expect(y[row * stride + matrix.rows..<(row + 1) * stride].allSatisfy { $0 == -7 })
      return y[row * stride..<row * stride + matrix.rows]
    }
  }

  private func buffer(_ values: [Float]) -> FloatBuffer {
    let buffer = FloatBuffer(count: values.count)
    for (index, value) in values.enumerated() { buffer.pointer[index] = value }
    return buffer
  }

  private static let shapes = [
    (1, 1, 1), (5, 3, 2), (16, 32, 3), (17, 33, 12), (31, 64, 13), (48, 511, 5), (40, 513, 4),
    (33, 1025, 16), (64, 1536, 25),
  ]

  @Test(arguments: shapes)
  func `every level gives the product within rounding, and the levels the same bits`(
    rows: Int, columns: Int, count: Int
  ) {
    var random = Random(UInt64(rows * columns + count))
    let weights = random.normals(rows * columns)
    let x = random.normals(count * columns)
    let bias = random.normals(rows)
    let results = Level.available.map { level in
      level.run {
        product(
          FixedPointMatrix(rows: rows, columns: columns, values: weights, bias: buffer(bias)), x,
          count: count)
      }
    }
    for other in results.dropFirst() { #expect(other == results[0]) }
    for token in 0..<count {
      for row in 0..<rows {
        var exact = Double(bias[row])
        var size = 0.0
        for column in 0..<columns {
          let term = Double(x[token * columns + column]) * Double(weights[row * columns + column])
          exact += term
          size += abs(term)
        }
        let error = abs(Double(results[0][token * rows + row]) - exact)
        #expect(error <= 1e-3 * size + 1e-5, "\(token), \(row): off by \(error)")
      }
    }
  }

  @Test(arguments: Level.available)
  func `the largest values do not overflow`(level: Level) {
    level.run {
      for columns in [2, 512, 1024, 1300] {
        let sign: (Int) -> Float = { $0 % 2 == 0 ? 1 : -1 }
        let weights = (0..<16 * columns).map { 3e4 * sign($0) }
        let x = (0..<2 * columns).map { 1e4 * sign($0) }
        let y = product(
          FixedPointMatrix(rows: 16, columns: columns, values: weights), x, count: 2)
        let exact = 3e8 * Double(columns)
        #expect(y.allSatisfy { abs(Double($0) - exact) < 1e-3 * exact }, "\(columns): \(y[0])")
      }
    }
  }

  @Test(arguments: Level.available)
  func `a row of zeros gives the bias, and one that is no number gives none`(level: Level) {
    level.run {
      var random = Random(4)
      let columns = 70
      let matrix = FixedPointMatrix(
        rows: 18, columns: columns, values: random.normals(18 * columns),
        bias: buffer((0..<18).map { Float($0) }))
      var x = [Float](repeating: 0, count: 4 * columns)
      x[columns + 69] = .nan
      x[2 * columns + 3] = .infinity
      x[3 * columns] = 1
      let y = product(matrix, x, count: 4)
      #expect(Array(y[0..<18]) == (0..<18).map { Float($0) })
      #expect(y[18..<54].allSatisfy { $0.isNaN })
      #expect(y[54...].allSatisfy { $0.isFinite })
      var weights = random.normals(2 * columns)
      weights[columns + 5] = .nan
      let damaged = FixedPointMatrix(rows: 2, columns: columns, values: weights)
      let result = product(damaged, random.normals(columns), count: 1)
      #expect(result[0].isFinite && result[1].isNaN)
    }
  }

  @Test(arguments: Level.available)
  func `a row's result does not depend on the rows beside it`(level: Level) {
    level.run {
      var random = Random(9)
      let columns = 600
      let matrix = FixedPointMatrix(
        rows: 37, columns: columns, values: random.normals(37 * columns))
      let x = random.normals(27 * columns)
      let together = product(matrix, x, count: 27)
      for row in 0..<27 {
        let alone = product(matrix, Array(x[row * columns..<(row + 1) * columns]), count: 1)
        #expect(alone == Array(together[row * 37..<(row + 1) * 37]))
      }
    }
  }
}

@Suite struct WholeAttentionTests {
  private struct Case {
    var length: Int
    var dimension: Int
    var values: [Float]

    /// Rows 0..<length of a head in rows of 3 · (dimension + 5): queries, keys, values.
    func attend(cuts: [Int]) -> [Float] {
      let stride = 3 * (dimension + 5)
      let attention = WholeAttention(
        length: length, headDimension: dimension, stride: stride, outStride: dimension + 1,
        scale: 0.3)
      let scratch = FloatBuffer(
        count: WholeAttention.scratchBytes(length: length, headDimension: dimension) / 4)
      var out = [Float](repeating: 0, count: length * (dimension + 1))
      values.withUnsafeBufferPointer { values in
        out.withUnsafeMutableBufferPointer { out in
          guard let base = values.baseAddress, let into = out.baseAddress else { return }
          for (first, end) in zip([0] + cuts, cuts + [length]) {
            attention.attend(
              query: base, key: base + dimension + 5, value: base + 2 * (dimension + 5),
              rows: first..<end, out: into, scratch: scratch.pointer)
          }
        }
      }
      return (0..<length).flatMap {
        out[$0 * (dimension + 1)..<$0 * (dimension + 1) + dimension]
      }
    }

    func exact(_ row: Int) -> [Double] {
      let stride = 3 * (dimension + 5)
      let scores = (0..<length).map { key in
        (0..<dimension).reduce(0.0) { sum, d in
          sum + Double(values[row * stride + d]) * Double(values[key * stride + dimension + 5 + d])
        } * 0.3
      }
      let largest = scores.max() ?? 0
      let weights = scores.map { exp($0 - largest) }
      let total = weights.reduce(0, +)
      return (0..<dimension).map { d in
        (0..<length).reduce(0.0) { sum, key in
          sum + weights[key] / total * Double(values[key * stride + 2 * (dimension + 5) + d])
        }
      }
    }
  }

  @Test(arguments: [(1, 32), (3, 5), (17, 8), (32, 32), (33, 64), (70, 33), (129, 256)])
  func `every level attends as plain arithmetic does, however queries are cut`(
    length: Int, dimension: Int
  ) {
    var random = Random(UInt64(length * 1000 + dimension))
    let sample = Case(
      length: length, dimension: dimension,
      values: random.normals(length * 3 * (dimension + 5)))
    for level in Level.available {
      level.run {
        let whole = sample.attend(cuts: [])
        for row in 0..<length {
          for (ours, exact) in zip(whole.dropFirst(row * dimension), sample.exact(row)) {
            #expect(abs(Double(ours) - exact) < 2e-5, "\(level.testDescription), row \(row)")
          }
        }
        #expect(sample.attend(cuts: [length / 3, length / 2]) == whole)
      }
    }
  }

  @Test(arguments: Level.available)
  func `a value that is no number shows in the result`(level: Level) {
    level.run {
      var random = Random(2)
      var sample = Case(length: 20, dimension: 8, values: random.normals(20 * 39))
      sample.values[7 * 39 + 13] = .nan  // a key's
      #expect(sample.attend(cuts: []).allSatisfy { $0.isNaN })
    }
  }
}
