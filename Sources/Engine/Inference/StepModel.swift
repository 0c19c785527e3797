package import Transformer

/// What the engine needs of a model: one step over a ragged batch, with KV pages it is told to use.
///
/// Used by one thread at a time. A row's logits must not depend on what else is in the batch.
package protocol StepModel: AnyObject {
  var vocabulary: Int { get }
  var contextLength: Int { get }
  /// Positions in one KV page.
  var pageLength: Int { get }
  /// KV pages that exist: page numbers are 0..<pages.
  var pages: Int { get }
  /// The most tokens of one step.
  var maximumTokens: Int { get }
  var work: WorkEstimate { get }

  /// Computes the batch. `logits` receives `batch.logitRows.count` rows of `vocabulary` values.
  func step(_ batch: Batch, logits: UnsafeMutableBufferPointer<Float>) throws
}

/// Weights from which step models are made, each with its own KV pages.
package protocol ModelWeights: Sendable {
  var vocabulary: Int { get }
  var contextLength: Int { get }
  var pageLength: Int { get }
  /// Bytes of one KV page over all layers.
  var bytesPerPage: Int { get }
  /// - Throws: when the memory cannot be had.
  func makeStepModel(pages: Int, maximumTokens: Int, threads: Int) throws -> any StepModel
}

/// What the engine needs of a tokenizer.
package protocol TokenTexts: Sendable {
  /// Tokens that end an answer.
  var endOfGeneration: Set<Int32> { get }
  /// The bytes that a token adds to the answer; none for a control token.
  func outputBytes(of token: Int32) -> [UInt8]
  /// The spelling of a control token, nil for any other: a grammar may ask for one.
  func controlSpelling(of token: Int32) -> String?
}

extension TokenTexts {
  package func controlSpelling(of token: Int32) -> String? { nil }
}
