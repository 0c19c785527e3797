import ModelFiles
import Tensor

/// The sizes of an encoder of BERT's family: normalised after each block, learned positions, every
/// position attends to every other.
package struct EncoderConfiguration: Sendable, Equatable {
  package enum Activation: Sendable { case gelu, geluTanh }

  /// `bert`, `roberta`, `distilbert`.
  package var architecture: String
  package var name: String
  package var layers: Int
  package var width: Int
  package var heads: Int
  package var feedForward: Int
  package var vocabulary: Int
  /// Rows of the table of positions.
  package var positions: Int
  /// The row of a sequence's first position: RoBERTa's begin after its padding token's id.
  package var firstPosition = 0
  /// Rows of the table of token types, of which the first is used; 0 where there is none.
  package var tokenTypes: Int
  package var normEpsilon: Float
  package var activation = Activation.gelu

  package var headDimension: Int { width / heads }
  /// The longest sequence.
  package var contextLength: Int { positions - firstPosition }

  /// - Throws: ``ModelFileError`` naming the key that contradicts another.
  func validate(path: String) throws(ModelFileError) {
    func error(_ field: String, _ message: String) -> ModelFileError {
      ModelFileError(.unsupported, path: path, field: field, message: message)
    }
    guard width.isMultiple(of: heads) else {
      throw error("attention heads", "are \(heads), which does not divide the width \(width)")
    }
    guard headDimension <= WholeAttention.maximumHeadDimension else {
      throw error(
        "attention heads",
        "have \(headDimension) elements; at most \(WholeAttention.maximumHeadDimension) are "
          + "supported")
    }
    guard layers <= 1024, feedForward <= 1 << 20, width <= 1 << 16 else {
      throw error(
        "sizes", "\(layers) layers of \(width) and \(feedForward) are larger than any encoder")
    }
    guard contextLength >= 2 else {
      throw error("positions", "leave no room for a text; use the model's own config.json")
    }
    guard normEpsilon >= 0, normEpsilon < 1 else {
      throw error("layer norm epsilon", "is \(normEpsilon), outside 0..<1")
    }
  }
}
