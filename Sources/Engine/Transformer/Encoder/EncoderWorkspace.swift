import Tensor

/// The memory of an encoder's steps: rows of activations, and each worker's scratch.
///
/// Used by one step at a time.
package final class EncoderWorkspace {
  package let maximumTokens: Int
  /// [maximumTokens][width]: after a step, the last layer's rows.
  let hidden: FloatBuffer
  /// [maximumTokens][3 · width]: queries, keys, values.
  let projections: FloatBuffer
  /// [maximumTokens][width]: what attention gave.
  let attended: FloatBuffer
  /// [threads]
  let workers: [EncoderScratch]

  package init(configuration c: EncoderConfiguration, maximumTokens: Int, threads: Int) {
    precondition(maximumTokens >= 1 && threads >= 1)
    self.maximumTokens = maximumTokens
    hidden = FloatBuffer(count: maximumTokens * c.width)
    projections = FloatBuffer(count: maximumTokens * 3 * c.width)
    attended = FloatBuffer(count: maximumTokens * c.width)
    let longest = min(maximumTokens, c.contextLength)
    workers = (0..<threads).map { _ in EncoderScratch(c, longest: longest) }
  }

  /// The last layer's row of a token of the step's batch, [width]; valid until the next step.
  package func row(_ token: Int, width: Int) -> UnsafePointer<Float> {
    UnsafePointer(hidden.pointer + token * width)
  }
}

/// One worker's memory.
final class EncoderScratch {
  /// Rows taken together: with their feed-forward values they stay in the second-level cache.
  static let rows = 60

  /// [rows][width]
  let projected: FloatBuffer
  /// [rows][feedForward]
  let feedForward: FloatBuffer
  /// Quantised rows.
  let quantized: FloatBuffer
  /// Attention's keys, values and scores.
  let attention: FloatBuffer

  init(_ c: EncoderConfiguration, longest: Int) {
    projected = FloatBuffer(count: Self.rows * c.width)
    feedForward = FloatBuffer(count: Self.rows * c.feedForward)
    quantized = FloatBuffer(
      count: FixedPointMatrix.scratchBytes(
        columns: max(c.width, c.feedForward), count: Self.rows) / 4)
    attention = FloatBuffer(
      count: WholeAttention.scratchBytes(length: longest, headDimension: c.headDimension) / 4)
  }
}
