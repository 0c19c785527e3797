internal import CKernels

/// Attention of one head over a whole sequence, each position to every other: an encoder's.
package struct WholeAttention {
  /// Positions.
  package var length: Int
  package var headDimension: Int
  /// The distance of the rows of queries, keys and values.
  package var stride: Int
  package var outStride: Int
  package var scale: Float

  /// The largest head that the kernels take.
  package static let maximumHeadDimension = 256

  package init(length: Int, headDimension: Int, stride: Int, outStride: Int, scale: Float) {
    precondition(
      length > 0 && (1...Self.maximumHeadDimension).contains(headDimension),
      "\(length) positions of \(headDimension)")
    self.length = length
    self.headDimension = headDimension
    self.stride = stride
    self.outStride = outStride
    self.scale = scale
  }

  package static func scratchBytes(length: Int, headDimension: Int) -> Int {
    roundUp(ck_whole_attention_scratch(length, headDimension), 64)
  }

  /// out[i] = Σ softmax(scale · query[i] · key) · value for the queries of `rows`, on this thread.
  ///
  /// A row depends on the sequence alone, not on how queries are cut.
  /// - Parameters:
  ///   - query, key, value: [length][stride], at this head's first element
  ///   - out: [length][outStride], at this head's first element
  ///   - scratch: 64-byte aligned, `scratchBytes` bytes
  package func attend(
    query: UnsafePointer<Float>, key: UnsafePointer<Float>, value: UnsafePointer<Float>,
    rows: Range<Int>, out: UnsafeMutablePointer<Float>, scratch: UnsafeMutableRawPointer
  ) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= length, "rows \(rows) of \(length)")
    var attention = ck_whole_attention(
      q: query, k: key, v: value, stride: stride, length: length, first: rows.lowerBound,
      end: rows.upperBound, head_dimension: headDimension, scale: scale,
      scratch: scratch.assumingMemoryBound(to: Float.self), out: out, out_stride: outStride)
    ck_fixed_current().pointee.attend(&attention)
  }
}
