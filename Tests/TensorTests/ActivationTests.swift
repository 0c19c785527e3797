import CKernels
import Tensor
import Testing

@Suite("Quantised activations")
struct ActivationTests {
  static let details: [Activations.Detail] = [.over(2), .over(1), .over(0.5), .all]

  /// A row's groups and its extra groups.
  static func groups(_ x: [Float], over bound: Float, _ level: Level) -> ([ck_group], [ck_group]) {
    let blocks = x.count / 32, room = ck_row_groups(x.count)
    let all = level.run {
      [ck_group](unsafeUninitializedCapacity: room) { buffer, initialized in
        buffer.withMemoryRebound(to: UInt8.self) { $0.update(repeating: 0xA5) }
        ck_current().pointee.quantize_row(x, x.count, bound, buffer.baseAddress!)
        initialized = room
      }
    }
    let marks = all[(2 * blocks)...].withUnsafeBytes { Array($0) }
    let extras = (0..<8 * marks.count).filter { block in
      let bit = UInt8(1) << UInt8(block % 8)
      return marks[block / 8] & bit != 0
    }
    let found = Array(all[blocks..<blocks + extras.count])
    #expect(found.map { Int($0.block) } == extras)
    return (Array(all[..<blocks]), found)
  }

  static func values(_ group: ck_group) -> [Float] {
    withUnsafeBytes(of: group.q) { $0.map { Float(Int8(bitPattern: $0)) * group.scale } }
  }

  @Test(
    "Groups over the bound have extra ones, which leave a 254th of their rounding",
    arguments: Level.available)
  func extraGroups(level: Level) {
    var random = Random(31)
    for blocks in [1, 2, 7, 16, 17, 48, 64, 150, 600] {
      let x = random.normals(32 * blocks).enumerated().map { i, v in
        v * Float(1 + (i / 32 * 37) % 100)
      }
      for bound: Float in [0, 0.5, 0.9, 1.5, 1e9] {
        let (groups, extras) = Self.groups(x, over: bound, level)
        var seen = groups.flatMap(Self.values)
        let plain = seen
        for extra in extras {
          for (j, value) in Self.values(extra).enumerated() {
            seen[32 * Int(extra.block) + j] += value
          }
        }
        let over = bound * groups.reduce(0) { $0 + $1.scale } / Float(blocks)
        let refined = groups.indices.filter { groups[$0].scale > over }
        #expect(extras.map { Int($0.block) } == refined)
        for b in 0..<blocks {
          let step = groups[b].scale
          #expect(groups[b].block == UInt32(b))
          for i in 32 * b..<32 * (b + 1) {
            #expect(abs(x[i] - plain[i]) <= step * 0.5001)
            if refined.contains(b) { #expect(abs(x[i] - seen[i]) <= step * 0.5001 / 253) }
          }
        }
      }
    }
  }

  @Test("Every level has the bits of the scalar one", arguments: Level.available)
  func bits(level: Level) {
    var random = Random(35)
    for blocks in [1, 5, 16, 18, 33, 48, 100] {
      for round in 0..<20 {
        var x = random.normals(32 * blocks).map { $0 * $0 * $0 }
        switch round {
        case 0: x = x.map { _ in 0 }
        case 1: x[Int(random.next() % UInt64(x.count))] = .nan
        case 2: x[Int(random.next() % UInt64(x.count))] = -.infinity
        case 3: x[Int(random.next() % UInt64(x.count))] = 3e38
        case 4: x = x.map { $0 * 1e-37 }
        case 5: x = x.map { ($0 * 8).rounded() * 0.5 }
        default: break
        }
        let (groups, extras) = Self.groups(x, over: 0.9, level)
        let (plain, plainExtras) = Self.groups(x, over: 0.9, Level.available[0])
        #expect(extras.count == plainExtras.count)
        for (group, expected) in zip(groups + extras, plain + plainExtras) {
          #expect(Self.bits(group) == Self.bits(expected))
        }
      }
    }
  }

  /// Numbers that are none have one form.
  static func bits(_ group: ck_group) -> [UInt8] {
    var group = group
    if group.scale.isNaN { group.scale = .nan }
    if group.sum.isNaN { group.sum = .nan }
    return withUnsafeBytes(of: group) { Array($0) }
  }

  @Test("A group's sums are those of its bytes and its extra group's", arguments: Level.available)
  func sums(level: Level) {
    var random = Random(32)
    let (groups, extras) = Self.groups(random.normals(96), over: 0, level)
    #expect(extras.count == 3)
    for (group, extra) in zip(groups, extras) {
      for one in [group, extra] {
        let (first, second) = Self.halves(one)
        #expect(one.start == -128 * (first + second))
        #expect(one.half_start.0 == -128 * first)
        #expect(one.half_start.1 == -128 * second)
      }
      #expect(extra.sum == 0)
      let whole = [group, extra].map { $0.scale * Float(Self.halves($0).0 + Self.halves($0).1) }
      #expect(group.sum == whole[0] + whole[1])
    }
  }

  static func halves(_ group: ck_group) -> (Int32, Int32) {
    let q = withUnsafeBytes(of: group.q) { $0.map { Int32(Int8(bitPattern: $0)) } }
    return (q[..<16].reduce(0, +), q[16...].reduce(0, +))
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
    "Each of many rows has the bits that it has alone, also when its memory is used again",
    arguments: Level.available)
  func chunks(level: Level) throws {
    var random = Random(35)
    let columns = 1536, rows = 48, count = 200
    let pool = ThreadPool(threads: 2)
    let matrices = try [ElementType.q4_1, .f16, .q8_0].map {
      try matrix($0, rows: rows, columns: columns, &random)
    }
    let many = Activations(columns: columns, maximumRows: count, detail: .over(0.8))
    let one = Activations(columns: columns, maximumRows: 1, detail: .over(0.8))
    let results = matrices.map { _ in FloatBuffer(count: count * rows) }
    let alone = matrices.map { _ in FloatBuffer(count: rows) }
    func multiply(_ input: Activations, _ count: Int, into y: [FloatBuffer]) {
      input.quantize(rows: count, pool: pool)
      let terms = zip(matrices, y).map { ProductTerm($0, into: $1.pointer) }
      Product(terms: terms, input: input, count: count).run(pool: pool)
    }
    level.run {
      for _ in 0..<2 {
        let x = random.normals(count * columns).map { $0 * $0 * $0 }
        many.pointer.update(from: x, count: x.count)
        multiply(many, count, into: results)
        for row in stride(from: 0, to: count, by: 7) {
          one.pointer.update(from: many.row(row), count: columns)
          multiply(one, 1, into: alone)
          for (all, single) in zip(results, alone) {
            #expect(
              (0..<rows).allSatisfy {
                all.pointer[row * rows + $0].bitPattern == single.pointer[$0].bitPattern
              })
          }
        }
      }
    }
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
          Product(terms: terms, input: input, count: count).run(pool: pool) { tokens, columns in
            for token in tokens {
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
