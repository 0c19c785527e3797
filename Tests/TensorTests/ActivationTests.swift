import CKernels
import Tensor
import Testing

@Suite("Quantised activations")
struct ActivationTests {
  static let details: [Activations.Detail] = [.eighth, .quarter, .half, .all]

  static func groups(_ x: [Float], _ count: Int, _ level: Level) -> [ck_group] {
    level.run {
      [ck_group](unsafeUninitializedCapacity: count) { buffer, initialized in
        ck_current().pointee.quantize_row(x, x.count, count, buffer.baseAddress!)
        initialized = count
      }
    }
  }

  static func values(_ group: ck_group) -> [Float] {
    withUnsafeBytes(of: group.q) { $0.map { Float(Int8(bitPattern: $0)) * group.scale } }
  }

  @Test(
    "Extra groups go to the groups with the largest values and leave a 254th of their rounding",
    arguments: Level.available)
  func extraGroups(level: Level) {
    var random = Random(31)
    for (blocks, extra) in [(1, 0), (1, 1), (7, 3), (18, 9), (48, 12), (64, 8), (150, 19)] {
      let x = random.normals(32 * blocks).enumerated().map { i, v in
        v * Float(1 + (i / 32 * 37) % 100)
      }
      let groups = Self.groups(x, blocks + extra, level)
      var seen = groups[..<blocks].flatMap(Self.values)
      let plain = seen
      var refined: Set<Int> = []
      for group in groups[blocks...] {
        let block = Int(group.block)
        #expect(refined.insert(block).inserted, "a block has one extra group")
        for (j, value) in Self.values(group).enumerated() { seen[32 * block + j] += value }
      }
      for b in 0..<blocks {
        let step = groups[b].scale
        #expect(groups[b].block == UInt32(b))
        for i in 32 * b..<32 * (b + 1) {
          #expect(abs(x[i] - plain[i]) <= step * 0.5001)
          if refined.contains(b) { #expect(abs(x[i] - seen[i]) <= step * 0.5001 / 253) }
        }
      }
      // 64 blocks compete with each other.
      for window in stride(from: 0, to: blocks, by: 64) {
        let range = window..<min(window + 64, blocks)
        let least = range.filter(refined.contains).map { groups[$0].scale }.min() ?? .infinity
        let most = range.filter { !refined.contains($0) }.map { groups[$0].scale }.max() ?? 0
        // Keys leave out the last bits of the scale.
        #expect(most <= least * 1.00002)
      }
    }
  }

  @Test("A group's sums are those of its bytes", arguments: Level.available)
  func sums(level: Level) {
    var random = Random(32)
    for group in Self.groups(random.normals(96), 6, level) {
      let q = withUnsafeBytes(of: group.q) { $0.map { Int32(Int8(bitPattern: $0)) } }
      let first = q[..<16].reduce(0, +), second = q[16...].reduce(0, +)
      #expect(group.start == -128 * (first + second))
      #expect(group.half_start.0 == -128 * first)
      #expect(group.half_start.1 == -128 * second)
      #expect(group.sum == group.scale * Float(first + second))
    }
  }

  @Test("More detail is nearer to the exact product", arguments: Level.available)
  func detail(level: Level) throws {
    var random = Random(33)
    let columns = 1536, rows = 64, count = 3
    let matrix = try matrix(.q4_1, rows: rows, columns: columns, &random)
    let x = random.normals(count * columns).map { $0 * $0 * $0 }
    let weights = MultiplyTests.weights(matrix)
    let pool = ThreadPool(threads: 2)
    var errors: [Double] = []
    for detail in Self.details {
      let input = Activations(columns: columns, maximumRows: count, detail: detail)
      input.pointer.update(from: x, count: x.count)
      let y = level.run {
        input.quantize(rows: count, pool: pool)
        return guarded(count * rows) { y in
          Product(terms: [ProductTerm(matrix, into: y)], input: input, count: count).run(pool: pool)
        }
      }
      var error = 0.0
      for token in 0..<count {
        for row in 0..<rows {
          let exact = (0..<columns).reduce(0.0) {
            $0 + Double(weights[row][$1]) * Double(x[token * columns + $1])
          }
          error += (Double(y[token * rows + row]) - exact) * (Double(y[token * rows + row]) - exact)
        }
      }
      errors.append(error.squareRoot())
    }
    for (more, less) in zip(errors.dropFirst(), errors) { #expect(more < 0.9 * less) }
    #expect(errors[3] < 0.02 * errors[0])
  }

  @Test(
    "Biases are added, results accumulate, and each slice is finished once",
    arguments: [ElementType.q4_0, .q6_K, .f32, .f16], Level.available)
  func epilogues(type: ElementType, level: Level) throws {
    var random = Random(34)
    let rows = 75, columns = type.blockSize == 1 ? 33 : type.blockSize
    let first = try matrix(type, rows: rows, columns: columns, &random)
    let second = try matrix(type, rows: rows, columns: columns, &random)
    let bias = FloatBuffer(count: rows)
    for i in 0..<rows { bias.pointer[i] = random.normal() }
    let pool = ThreadPool(threads: 3)
    for count in [1, 4, 9] {
      let x = random.normals(count * columns), held = random.normals(count * rows)
      level.run {
        let input = Activations(columns: columns, maximumRows: count, detail: .all)
        input.pointer.update(from: x, count: x.count)
        if first.takesQuantized { input.quantize(rows: count, pool: pool) }
        var sums = [Float](repeating: 0, count: count * rows)
        let results = [FloatBuffer(count: count * rows), FloatBuffer(count: count * rows)]
        results[1].pointer.update(from: held, count: held.count)
        let terms = [
          ProductTerm(first, into: results[0].pointer, bias: bias),
          ProductTerm(second, into: results[1].pointer, accumulates: true),
        ]
        sums.withUnsafeMutableBufferPointer { sums in
          nonisolated(unsafe) let sums = sums
          Product(terms: terms, input: input, count: count).run(pool: pool) { columns in
            for token in 0..<count {
              for row in columns {
                let i = token * rows + row
                sums[i] += results[0].pointer[i] + results[1].pointer[i]
              }
            }
          }
        }
        let plain = [first, second].map { MultiplyTests.product($0, x, count: count) }
        for i in 0..<count * rows {
          let a = plain[0][i] + bias.pointer[i % rows], b = held[i] + plain[1][i]
          #expect(results[0].pointer[i] == a)
          #expect(results[1].pointer[i] == b)
          #expect(sums[i] == a + b)
        }
      }
    }
  }
}
