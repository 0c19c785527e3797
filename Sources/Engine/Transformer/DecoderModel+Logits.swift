package import Tensor

extension DecoderModel {
  /// Logits after each token of one sequence: [tokens.count][vocabulary], row-major.
  ///
  /// For looking at a model and comparing it with others; serving goes through
  /// ``forward(_:cache:workspace:pool:logits:)``.
  ///
  /// - Parameters:
  ///   - chunk: how many tokens go through at a time.
  ///   - precision: of the cache.
  package func logits(
    of tokens: [Int32], chunk: Int = 128, precision: KeyValueCache.Precision = .f16,
    pool: ThreadPool
  ) throws(TransformerError) -> [Float] {
    precondition(chunk > 0)
    guard !tokens.isEmpty else { return [] }
    guard tokens.count <= configuration.contextLength else {
      throw TransformerError(
        .tooLong,
        message: "\(tokens.count) tokens are more than the context of "
          + "\(configuration.contextLength); give fewer")
    }
    if let bad = tokens.first(where: { $0 < 0 || Int($0) >= configuration.vocabulary }) {
      throw TransformerError(
        .badToken,
        message: "token \(bad) is outside the vocabulary of \(configuration.vocabulary)")
    }
    let pages = (tokens.count - 1) / KeyValueCache.pageLength + 1
    let cache = try KeyValueCache(
      configuration: configuration, pages: pages, precision: precision)
    let workspace = Workspace(
      configuration: configuration, maximumTokens: min(chunk, tokens.count),
      maximumContext: tokens.count)
    let vocabulary = configuration.vocabulary
    return [Float](unsafeUninitializedCapacity: tokens.count * vocabulary) { buffer, initialized in
      for start in stride(from: 0, to: tokens.count, by: chunk) {
        let range = start..<min(start + chunk, tokens.count)
        let batch = Batch(
          tokens: Array(tokens[range]), positions: range.map(Int32.init),
          sequences: Array(repeating: 0, count: range.count), logitRows: Array(0..<range.count),
          pageTables: [(0..<pages).map(Int32.init)])
        forward(
          batch, cache: cache, workspace: workspace, pool: pool,
          logits: buffer.baseAddress! + start * vocabulary)
      }
      initialized = tokens.count * vocabulary
    }
  }
}
