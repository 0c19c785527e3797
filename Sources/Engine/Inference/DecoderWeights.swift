import Tensor
import Transformer

/// A decoder's weights as the engine sees them.
struct DecoderWeights: ModelWeights {
  let model: DecoderModel

  var vocabulary: Int { model.configuration.vocabulary }
  var contextLength: Int { model.configuration.contextLength }
  var pageLength: Int { KeyValueCache.pageLength }

  func bytesPerPage(_ precision: KVPrecision) -> Int {
    KeyValueCache.bytesPerPage(model.configuration, precision: precision.cache)
  }

  func makeStepModel(
    pages: Int, maximumTokens: Int, options: StepModelOptions
  ) throws -> any StepModel {
    let configuration = model.configuration
    // No sequence is longer than all pages together.
    let context = min(configuration.contextLength, pages * pageLength)
    return DecoderStepModel(
      model: model,
      cache: try KeyValueCache(
        configuration: configuration, pages: pages, precision: options.kvPrecision.cache,
        hugePages: options.hugePages),
      workspace: Workspace(
        configuration: configuration, maximumTokens: maximumTokens, maximumContext: context),
      pool: ThreadPool(threads: options.threads, pinned: options.pinThreads))
  }
}

/// A decoder with a KV cache, scratch memory and threads of its own.
final class DecoderStepModel: StepModel {
  let model: DecoderModel
  let cache: KeyValueCache
  let workspace: Workspace
  let pool: ThreadPool

  init(model: DecoderModel, cache: KeyValueCache, workspace: Workspace, pool: ThreadPool) {
    self.model = model
    self.cache = cache
    self.workspace = workspace
    self.pool = pool
  }

  var vocabulary: Int { model.configuration.vocabulary }
  var contextLength: Int { workspace.maximumContext }
  var pageLength: Int { KeyValueCache.pageLength }
  var pages: Int { cache.pages }
  var maximumTokens: Int { workspace.maximumTokens }
  var work: WorkEstimate { WorkEstimate(model.configuration) }

  func step(_ batch: Batch, logits: UnsafeMutableBufferPointer<Float>) throws {
    precondition(logits.count == batch.logitRows.count * vocabulary)
    // A step without logits has no buffer; one value keeps the pointer valid.
    var none: Float = 0
    withUnsafeMutablePointer(to: &none) { none in
      model.forward(
        batch, cache: cache, workspace: workspace, pool: pool,
        logits: logits.baseAddress ?? none)
    }
  }
}

extension DecoderStepModel {
  func copyPage(from source: Int32, to target: Int32, positions: Int) {
    precondition((1...pageLength).contains(positions))
    cache.copyPage(from: Int(source), to: Int(target))
  }
}

extension WorkEstimate {
  /// From a decoder's sizes.
  init(_ c: ModelConfiguration) {
    let gates =
      switch c.activation {
      case .siluGated, .geluTanhGated: 3
      case .geluTanh, .gelu: 2
      }
    let keysAndValues = 2 * c.width * c.kvHeads * c.headDimension
    let rest = 2 * c.width * c.heads * c.headDimension + gates * c.width * c.feedForward
    self.init(
      perToken: c.layers * keysAndValues + (c.layers - 1) * rest,
      perPosition: 2 * c.layers * c.heads * c.headDimension,
      perLogitRow: rest + c.width * c.vocabulary)
  }
}
