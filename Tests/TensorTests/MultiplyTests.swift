import CKernels
import Tensor
import Testing

@Suite("Products")
struct MultiplyTests {
  /// Rows, blocks a row, tokens: single elements, tails of every tile, odd numbers of groups.
  static let shapes = [
    (0, 1, 3), (1, 1, 1), (2, 3, 2), (3, 2, 5), (4, 1, 4), (5, 5, 3), (17, 4, 7), (33, 3, 1),
    (8, 2, 0),
  ]

  /// Activations as `multiply` sees them: for block types the sum of two int8 groups of 32, the second
  /// of what the first left over.
  static func seen(_ x: [Float], by type: ElementType) -> [Double] {
    guard type.blockSize > 1 else { return x.map(Double.init) }
    let first = rounded(x)
    let second = rounded(zip(x, first).map { $0 - $1 })
    return zip(first, second).map { Double($0) + Double($1) }
  }

  private static func rounded(_ x: [Float]) -> [Float] {
    stride(from: 0, to: x.count, by: 32).flatMap { start -> [Float] in
      let group = x[start..<start + 32]
      let largest = group.map(abs).max()!
      let inverse = largest > 0 ? 127 / largest : 0
      return group.map { ($0 * inverse).rounded(.toNearestOrEven) * (largest / 127) }
    }
  }

  static func weights(_ matrix: WeightMatrix) -> [[Float]] {
    (0..<matrix.rows).map { row in
      guarded(matrix.columns) { matrix.copyRow(row, into: $0) }
    }
  }

  static func product(_ matrix: WeightMatrix, _ x: [Float], count: Int, threads: Int = 1) -> [Float]
  {
    let pool = ThreadPool(threads: threads)
    return guarded(count * matrix.rows) { matrix.multiply(x, count: count, into: $0, pool: pool) }
  }

  @Test(
    "A product is the plain sum within rounding, and within half a step of exact activations",
    arguments: ElementType.allCases, Level.available)
  func plainReference(type: ElementType, level: Level) throws {
    var random = Random(UInt64(type.rawValue) + 100)
    for (rows, blocks, count) in Self.shapes {
      let columns = blocks * (type.blockSize == 1 ? 7 : type.blockSize)
      let matrix = try matrix(type, rows: rows, columns: columns, &random)
      let x = random.normals(count * columns)
      let weights = Self.weights(matrix), seen = Self.seen(x, by: type)
      let y = level.run { Self.product(matrix, x, count: count) }
      for token in 0..<count {
        for row in 0..<rows {
          var sum = 0.0, size = 0.0, exact = 0.0, halfSteps = 0.0
          for j in 0..<columns {
            let w = Double(weights[row][j]), k = token * columns + j
            sum += w * seen[k]
            size += abs(w * seen[k])
            exact += w * Double(x[k])
            halfSteps += abs(w * (Double(x[k]) - seen[k]))
          }
          let value = Double(y[token * rows + row])
          // Minima and scaled levels are rounded apart, so allow some units of the terms' size.
          let bound = 4e-6 * size + 1e-6
          if !(abs(value - sum) <= bound && abs(value - exact) <= halfSteps + bound) {
            Issue.record("row \(row), token \(token): \(value), not \(sum), near \(exact)")
          }
        }
      }
    }
  }

  @Test(
    "A row's result has the same bits alone, in any batch, on any number of threads",
    arguments: ElementType.allCases, Level.available)
  func independentOfBatch(type: ElementType, level: Level) throws {
    var random = Random(UInt64(type.rawValue) + 200)
    let columns = type.blockSize == 1 ? 77 : 3 * type.blockSize, rows = 37
    let matrix = try matrix(type, rows: rows, columns: columns, &random)
    let x = random.normals(40 * columns)
    level.run {
      let alone = (0..<40).flatMap { token in
        Self.product(matrix, Array(x[token * columns..<(token + 1) * columns]), count: 1)
      }
      for count in 1...40 {
        let threads = 1 + count % 4
        let y = Self.product(matrix, Array(x[..<(count * columns)]), count: count, threads: threads)
        #expect(y.map(\.bitPattern) == alone[..<(count * rows)].map(\.bitPattern))
      }
    }
  }

  @Test("Prompts longer than a pass are cut without a trace", arguments: Level.available)
  func longPrompt(level: Level) throws {
    var random = Random(7)
    let matrix = try matrix(.q4_1, rows: 9, columns: 64, &random)
    let x = random.normals(300 * 64)
    level.run {
      let y = Self.product(matrix, x, count: 300, threads: 2)
      for token in [0, 127, 128, 129, 255, 256, 299] {
        let alone = Self.product(matrix, Array(x[token * 64..<(token + 1) * 64]), count: 1)
        #expect(Array(y[token * 9..<(token + 1) * 9]) == alone)
      }
    }
  }

  @Test("Matrices multiplied together give what each gives alone", arguments: Level.available)
  func together(level: Level) throws {
    var random = Random(8)
    let matrices = try [(ElementType.q4_1, 40), (.f16, 0), (.q8_0, 7), (.f32, 19)].map {
      try matrix($0, rows: $1, columns: 96, &random)
    }
    let x = random.normals(3 * 96)
    let pool = ThreadPool(threads: 2)
    level.run {
      let results = matrices.map { FloatBuffer(count: 3 * $0.rows) }
      WeightMatrix.multiply(matrices, x, count: 3, into: results.map(\.pointer), pool: pool)
      for (matrix, result) in zip(matrices, results) {
        let together = Array(UnsafeBufferPointer(start: result.pointer, count: result.count))
        #expect(together == Self.product(matrix, x, count: 3))
      }
    }
  }

  @Test(
    "Extreme levels do not overflow: all weights and activations at their bounds",
    arguments: Level.available)
  func extremes(level: Level) throws {
    for type in [ElementType.q8_0, .q4_0, .q5_0, .q4_1, .q5_1] {
      var bytes = [UInt8](repeating: 0, count: 2 * type.bytesPerBlock)
      let levels = type.bytesPerBlock - (type == .q8_0 ? 32 : type.bytesPerBlock - 4)
      for block in 0..<2 {
        let start = block * type.bytesPerBlock
        bytes[start + 1] = 0x3C  // scale 1
        for i in (type == .q8_0 ? 2 : levels)..<type.bytesPerBlock {
          bytes[start + i] = type == .q8_0 ? 0x80 : 0xFF
        }
      }
      let box = OwnedBytes(bytes)
      let matrix = try WeightMatrix(
        type: type, rows: 1, columns: 64,
        bytes: UnsafeRawBufferPointer(rebasing: box.buffer[..<bytes.count]), owner: box)
      let expected = Self.weights(matrix)[0].reduce(0) { $0 + $1 * -127 }
      let y = level.run { Self.product(matrix, [Float](repeating: -127, count: 64), count: 1) }
      #expect(y == [expected])
    }
  }

  @Test(
    "NaN and infinity among activations show in every result", arguments: ElementType.allCases,
    Level.available)
  func notFinite(type: ElementType, level: Level) throws {
    var random = Random(9)
    let columns = type.blockSize == 1 ? 40 : 2 * type.blockSize
    let matrix = try matrix(type, rows: 6, columns: columns, &random)
    for bad in [Float.nan, .infinity, -.infinity] {
      var x = random.normals(2 * columns)
      x[columns - 3] = bad
      let y = level.run { Self.product(matrix, x, count: 2) }
      #expect(y[..<6].allSatisfy { !$0.isFinite })
      #expect(y[6...].allSatisfy { $0.isFinite })
    }
  }

  @Test("Activations too small to scale count as zero", arguments: Level.available)
  func tiny(level: Level) throws {
    var random = Random(10)
    let matrix = try matrix(.q8_0, rows: 3, columns: 64, &random)
    let x = [Float](repeating: Float(bitPattern: 70_000), count: 64)
    #expect(level.run { Self.product(matrix, x, count: 1) } == [0, 0, 0])
  }
}
