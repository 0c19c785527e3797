import Foundation
import Tensor
import Testing

/// Keys and values of one head: pages lie in reverse order; slots never written hold NaN.
final class PagedHead {
  let dimension: Int
  let precision: CachePrecision
  let table: [Int32]
  let stride: Int
  private let memory: OwnedBytes
  let keys: [[Float]]
  let values: [[Float]]

  var pages: UnsafeRawPointer { UnsafeRawPointer(memory.buffer.baseAddress!) }

  init(
    positions: Int, dimension: Int, _ precision: CachePrecision, _ random: inout Random,
    row: ((inout Random) -> [Float])? = nil
  ) {
    let row = row ?? { $0.normals(dimension) }
    self.dimension = dimension
    self.precision = precision
    let count = (positions + 15) / 16
    table = (0..<count).map { Int32(count - 1 - $0) }
    // Pages lie apart, as when other heads' lie between.
    stride = PagedAttention.pageBytes(precision, headDimension: dimension) + 64
    memory = OwnedBytes([UInt8](repeating: 0xFF, count: count * stride))
    keys = (0..<positions).map { _ in row(&random) }
    values = (0..<positions).map { _ in row(&random) }
    for position in 0..<positions {
      PagedAttention.store(
        key: keys[position], value: values[position], precision: precision,
        headDimension: dimension, slot: position % 16,
        page: memory.buffer.baseAddress! + Int(table[position / 16]) * stride)
    }
  }
}

/// Rows of one sequence with one head of keys and values.
struct AttentionCase {
  var head: PagedHead
  var rows: Int
  var group: Int
  var position: Int
  var window = 0
  var softCap: Float = 0
  var query: [Float]

  var scale: Float { 1 / Float(head.dimension).squareRoot() }
  var rowCount: Int { group * head.dimension }

  /// Runs `body` and gives [rows][group][dimension].
  func output(_ body: (PagedAttention) -> Void) -> [Float] {
    let scratch = FloatBuffer(
      count: PagedAttention.scratchCount(rows: rows, group: group, headDimension: head.dimension))
    return guarded(rows * rowCount) { out in
      query.withUnsafeBufferPointer { query in
        head.table.withUnsafeBufferPointer { table in
          body(
            PagedAttention(
              pages: head.pages, pageStride: head.stride, table: table.baseAddress!,
              precision: head.precision, headDimension: head.dimension, window: window,
              scale: scale, softCap: softCap, rows: rows, group: group, position: position,
              query: query.baseAddress!, out: out, rowStride: rowCount, scratch: scratch.pointer))
        }
      }
    }
  }

  /// One row of it alone.
  func row(_ index: Int) -> AttentionCase {
    var one = self
    one.rows = 1
    one.position = position + index
    one.query = Array(query[index * rowCount..<(index + 1) * rowCount])
    return one
  }

  /// Range by range.
  func outputInParts() -> [Float] {
    let ranges = PagedAttention.ranges(positions: position..<position + rows, window: window)
    let count = rows * group * PagedAttention.partCount(headDimension: head.dimension)
    let parts = FloatBuffer(count: ranges.count * count)
    return output { attention in
      for range in ranges.reversed() {
        attention.run(
          range: range, parts: parts.pointer + (range - ranges.lowerBound) * count)
      }
      attention.join(ranges.count, parts: parts.pointer)
    }
  }

  /// By the definition, in f64.
  func expected() -> [Double] {
    (0..<rows * group).flatMap { vector -> [Double] in
      let length = position + vector / group + 1
      let span = (window == 0 ? 0 : max(0, length - window))..<length
      let query = query[vector * head.dimension..<(vector + 1) * head.dimension]
      let scores = span.map { place -> Double in
        let dot = zip(query, head.keys[place]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        let score = dot * Double(scale), cap = Double(softCap)
        return cap == 0 ? score : cap * tanh(score / cap)
      }
      let largest = scores.max()!
      let weights = scores.map { exp($0 - largest) }
      let sum = weights.reduce(0, +)
      return (0..<head.dimension).map { j in
        zip(span, weights).reduce(0) { $0 + Double(head.values[$1.0][j]) * $1.1 } / sum
      }
    }
  }
}

@Suite("Attention")
struct AttentionTests {
  /// Random shapes: rows and positions around pages and ranges, windows that skip both.
  static func cases(
    _ dimension: Int, _ precision: CachePrecision, _ random: inout Random
  ) -> [AttentionCase] {
    let positions = [0, 1, 14, 15, 16, 40, 254, 255, 256, 300]
    return (0..<12).map { number in
      let rows = [1, 1, 2, 3, 7, 16][Int.random(in: 0..<6, using: &random)]
      let group = [1, 2, 3, 4, 7, 9][Int.random(in: 0..<6, using: &random)]
      let position = positions[Int.random(in: 0..<positions.count, using: &random)]
      let head = PagedHead(
        positions: position + rows, dimension: dimension, precision, &random)
      return AttentionCase(
        head: head, rows: rows, group: group, position: position,
        window: number % 3 == 0 ? [1, 12, 40, 270][Int.random(in: 0..<4, using: &random)] : 0,
        softCap: number % 4 == 0 ? 5 : 0,
        query: random.normals(rows * group * dimension).map { 2 * $0 })
    }
  }

  static let dimensions = [1, 8, 20, 64, 72, 80, 128, 256]

  @Test(
    "Attention is the softmax-weighted sum of the values that each row sees",
    arguments: dimensions, Level.available)
  func reference(dimension: Int, level: Level) {
    for (precision, absolute) in [(CachePrecision.f16, 4e-3), (.q8, 6e-2)] {
      var random = Random(UInt64(dimension))
      let cases = level.run { Self.cases(dimension, precision, &random) }
      for one in cases {
        let out = level.run { one.output { $0.run() } }
        expectClose(out, one.expected(), relative: 2e-3, absolute: absolute)
      }
    }
  }

  @Test(
    "Numbers that the cache keeps exactly give the exact result but for rounding",
    arguments: [16, 64, 80], Level.available)
  func exact(dimension: Int, level: Level) {
    var random = Random(5)
    for precision in [CachePrecision.f16, .q8] {
      // ±127/64 in each group fixes its scale to 1/64.
      func row(_ random: inout Random) -> [Float] {
        (0..<dimension).map { j in
          (j % 32 == 0 ? 127 : Float(Int.random(in: -127...127, using: &random))) / 64
        }
      }
      let head = PagedHead(positions: 300, dimension: dimension, precision, &random, row: row)
      let one = AttentionCase(
        head: head, rows: 5, group: 3, position: 295,
        query: random.normals(15 * dimension).map { $0 / 4 })
      let out = level.run { one.output { $0.run() } }
      expectClose(out, one.expected(), relative: 4e-6, absolute: 4e-6)
    }
  }

  @Test(
    "A row's bits depend neither on the rows beside it nor on being computed in parts",
    arguments: dimensions, Level.available)
  func sameBits(dimension: Int, level: Level) {
    for precision in [CachePrecision.f16, .q8] {
      var random = Random(UInt64(7 * dimension))
      for one in level.run({ Self.cases(dimension, precision, &random) }) {
        level.run {
          let together = one.output { $0.run() }.map(\.bitPattern)
          let alone = (0..<one.rows).flatMap { one.row($0).output { $0.run() } }
          #expect(together == alone.map(\.bitPattern))
          #expect(together == one.outputInParts().map(\.bitPattern))
        }
      }
    }
  }

  @Test("Very unequal scores give the value of the best position", arguments: Level.available)
  func sharp(level: Level) {
    var random = Random(3)
    let head = level.run {
      PagedHead(positions: 300, dimension: 64, .f16, &random)
    }
    let one = AttentionCase(
      head: head, rows: 1, group: 1, position: 299, query: head.keys[23].map { $0 * 1000 })
    let out = level.run { one.output { $0.run() } }
    #expect(out == head.values[23].map { Float(Float16($0)) })
  }

  @Test("A value that is not finite shows in the result", arguments: Level.available)
  func notFinite(level: Level) {
    for precision in [CachePrecision.f16, .q8] {
      for bad in [Float.nan, .infinity] {
        var random = Random(3)
        let one = level.run {
          let head = PagedHead(positions: 20, dimension: 64, precision, &random) { random in
            [bad] + random.normals(63)
          }
          return AttentionCase(
            head: head, rows: 1, group: 1, position: 19, query: random.normals(64))
        }
        #expect(level.run { !one.output { $0.run() }[0].isFinite })
      }
    }
  }

  @Test("Eight bits take about half of the memory of sixteen")
  func memory() {
    for dimension in [64, 80, 128, 256] {
      let half = PagedAttention.pageBytes(.f16, headDimension: dimension)
      let byte = PagedAttention.pageBytes(.q8, headDimension: dimension)
      #expect(half == 16 * 2 * 2 * dimension)
      #expect(Double(byte) < 0.56 * Double(half))
    }
  }

  @Test("No rows to attend trap")
  func empty() async {
    await #expect(processExitsWith: .failure) {
      var random = Random(4)
      let head = PagedHead(positions: 4, dimension: 8, .f16, &random)
      _ = AttentionCase(head: head, rows: 0, group: 1, position: 3, query: []).output { $0.run() }
    }
  }
}
