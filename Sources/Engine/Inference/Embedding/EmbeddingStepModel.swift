import Tensor
import Transformer

/// What the embedding engine needs of a model: the vectors of some sequences.
///
/// Used by one thread at a time. A vector must not depend on what else is in the step.
package protocol EmbeddingStepModel: AnyObject {
  /// The most tokens of one step.
  var maximumTokens: Int { get }
  /// Multiply-adds of a token, and of a pair of positions: the weights by which time is shared.
  var perToken: Int { get }
  var perPair: Int { get }

  func vectors(of sequences: [[Int32]]) -> [[Float]]
}

extension EmbeddingStepModel {
  /// The weight of a sequence in a step's time: every token attends to every other.
  func weight(tokens: Int) -> Int128 {
    Int128(perToken) * Int128(tokens) + Int128(perPair) * Int128(tokens) * Int128(tokens)
  }
}

/// An encoder with memory and threads of its own.
final class EncoderStepModel: EmbeddingStepModel {
  private let model: EmbeddingModel
  private let workspace: EncoderWorkspace
  private let pool: ThreadPool

  init(_ model: EmbeddingModel, maximumTokens: Int, threads: Int) {
    self.model = model
    workspace = EncoderWorkspace(
      configuration: model.encoder.configuration, maximumTokens: maximumTokens, threads: threads)
    pool = ThreadPool(threads: threads)
  }

  var maximumTokens: Int { workspace.maximumTokens }

  var perToken: Int {
    let c = model.encoder.configuration
    return c.layers * (4 * c.width * c.width + 2 * c.width * c.feedForward)
  }

  var perPair: Int { 2 * model.encoder.configuration.layers * model.encoder.configuration.width }

  func vectors(of sequences: [[Int32]]) -> [[Float]] {
    var batch = EncoderBatch()
    for sequence in sequences { batch.append(sequence) }
    model.encoder.forward(batch, workspace: workspace, pool: pool)
    let width = model.dimensions
    return sequences.indices.map { index in
      let range = batch.range(index)
      return model.pooling.vector(
        workspace.row(range.lowerBound, width: width), count: range.count, width: width,
        normalizes: model.normalizes)
    }
  }
}
