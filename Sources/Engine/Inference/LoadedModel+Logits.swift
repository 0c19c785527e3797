import Foundation
import Transformer

extension LoadedModel {
  /// The logits after each of the tokens: one row of `vocabulary` values a token, in order.
  ///
  /// - Throws: `InferenceError.tooLong` over the context length, or what `consume` throws.
  package func logits(
    tokens: [Int32], threads: Int = max(1, ProcessInfo.processInfo.activeProcessorCount),
    kvPrecision: KVPrecision = .f16,
    consume: (UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    guard !tokens.isEmpty else { return }
    guard tokens.count <= contextLength else {
      throw InferenceError(
        .tooLong, field: "tokens",
        "\(tokens.count) tokens do not fit into the context of \(contextLength); give fewer")
    }
    guard tokens.allSatisfy({ $0 >= 0 && $0 < vocabulary }) else {
      throw InferenceError(
        .inconsistent, field: "tokens", "hold a token that the model does not have")
    }
    let chunk = min(64, tokens.count)
    let pages = (tokens.count + weights.pageLength - 1) / weights.pageLength
    let model = try weights.makeStepModel(
      pages: pages, maximumTokens: chunk,
      options: StepModelOptions(threads: threads, kvPrecision: kvPrecision))
    let rows = UnsafeMutableBufferPointer<Float>.allocate(capacity: chunk * vocabulary)
    defer { rows.deallocate() }
    for start in stride(from: 0, to: tokens.count, by: chunk) {
      let range = start..<min(start + chunk, tokens.count)
      let batch = Batch(
        tokens: Array(tokens[range]), positions: range.map { Int32($0) },
        sequences: range.map { _ in 0 }, logitRows: Array(0..<range.count),
        pageTables: [(0..<pages).map { Int32($0) }])
      try model.step(batch, logits: .init(rebasing: rows[..<(range.count * vocabulary)]))
      for row in 0..<range.count {
        let values = rows[(row * vocabulary)..<((row + 1) * vocabulary)]
        try consume(UnsafeBufferPointer(rebasing: values))
      }
    }
  }

  /// As above, all at once: tokens × vocabulary × 4 bytes.
  package func logits(tokens: [Int32]) throws -> [[Float]] {
    var rows: [[Float]] = []
    try logits(tokens: tokens) { rows.append(Array($0)) }
    return rows
  }
}
