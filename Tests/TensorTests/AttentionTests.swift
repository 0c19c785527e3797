import Foundation
import Tensor
import Testing

/// A paged cache of one head: pages lie apart and in no order; slots never written hold NaN.
struct PagedCache {
  let dimension: Int
  let buffer: UnsafeMutableBufferPointer<UInt16>
  let pages: [UnsafePointer<UInt16>]
  let values: [[Double]]

  init(length: Int, first: Int, dimension: Int, _ random: inout Random) {
    self.dimension = dimension
    let count = (length + 15) / 16, size = 16 * dimension
    buffer = .allocate(capacity: max(count * size, 1))
    buffer.initialize(repeating: Float16.nan.bitPattern)
    let base = buffer.baseAddress!
    pages = (0..<count).map { page in
      // A page wholly before the window may be gone: reading it would crash.
      if page < first / 16 { return UnsafePointer(bitPattern: 16)! }
      return UnsafePointer(base + (count - 1 - page) * size)
    }
    var values = [[Double]](repeating: [], count: length)
    for position in first..<length {
      let row = random.normals(dimension).map { Float16($0) }
      values[position] = row.map(Double.init)
      let at = base + (count - 1 - position / 16) * size + position % 16 * dimension
      for j in 0..<dimension { at[j] = row[j].bitPattern }
    }
    self.values = values
  }
}

@Suite("Attention")
struct AttentionTests {
  static let windows = [
    (0, 1), (0, 2), (0, 5), (0, 16), (0, 17), (3, 4), (15, 33), (20, 50), (32, 100),
  ]

  @Test(
    "Attention is the softmax-weighted sum of the values in the window",
    arguments: [1, 7, 16, 20, 64, 80, 128, 256], Level.available)
  func reference(dimension: Int, level: Level) {
    var random = Random(UInt64(dimension))
    for (first, length) in Self.windows {
      for cap in [0, 5] as [Float] {
        let keys = PagedCache(length: length, first: first, dimension: dimension, &random)
        let values = PagedCache(length: length, first: first, dimension: dimension, &random)
        defer {
          keys.buffer.deallocate()
          values.buffer.deallocate()
        }
        let query = random.normals(dimension).map { 3 * $0 }
        let scale = 1 / Float(dimension).squareRoot()
        let out = level.run { Self.attend(query, keys, values, first, length, scale, cap) }
        let expected = Self.plain(query, keys, values, first..<length, Double(scale), Double(cap))
        expectClose(out, expected, relative: 2e-6, absolute: 4e-6)
      }
    }
  }

  static func attend(
    _ query: [Float], _ keys: PagedCache, _ values: PagedCache, _ first: Int, _ length: Int,
    _ scale: Float, _ cap: Float
  ) -> [Float] {
    let scores = FloatBuffer(count: length)
    return guarded(query.count) {
      Kernels.attend(
        query: query, keyPages: keys.pages, valuePages: values.pages, first: first, length: length,
        headDimension: query.count, scale: scale, softCap: cap, scores: scores.pointer, out: $0)
    }
  }

  static func plain(
    _ query: [Float], _ keys: PagedCache, _ values: PagedCache, _ window: Range<Int>,
    _ scale: Double,
    _ cap: Double
  ) -> [Double] {
    let scores = window.map { position in
      let score = zip(query, keys.values[position]).reduce(0) { $0 + Double($1.0) * $1.1 } * scale
      return cap == 0 ? score : cap * tanh(score / cap)
    }
    let largest = scores.max()!
    let weights = scores.map { exp($0 - largest) }
    let sum = weights.reduce(0, +)
    return (0..<query.count).map { j in
      zip(window, weights).reduce(0) { $0 + values.values[$1.0][j] * $1.1 } / sum
    }
  }

  @Test("Very unequal scores give the value of the best position", arguments: Level.available)
  func sharp(level: Level) {
    var random = Random(3)
    let keys = PagedCache(length: 40, first: 0, dimension: 64, &random)
    let values = PagedCache(length: 40, first: 0, dimension: 64, &random)
    defer {
      keys.buffer.deallocate()
      values.buffer.deallocate()
    }
    let query = keys.values[23].map { Float($0) * 1000 }
    let out = level.run { Self.attend(query, keys, values, 0, 40, 1, 0) }
    #expect(out.map(Double.init) == values.values[23])
  }

  @Test("An empty window traps")
  func empty() async {
    await #expect(processExitsWith: .failure) {
      var random = Random(4)
      let cache = PagedCache(length: 4, first: 0, dimension: 8, &random)
      _ = AttentionTests.attend(random.normals(8), cache, cache, 4, 4, 1, 0)
    }
  }
}
