package import Tensor

extension DecoderModel {
  /// Runs one step over a ragged batch.
  ///
  /// Writes keys and values of the batch's tokens into their pages; each token attends to all of its
  /// sequence's positions up to its own (within the window, in windowed layers).
  ///
  /// - Parameters:
  ///   - batch: at most `workspace.maximumTokens` tokens; positions under `workspace.maximumContext`.
  ///   - logits: [batch.logitRows.count][vocabulary], in the order of `logitRows`.
  package func forward(
    _ batch: Batch, cache: KeyValueCache, workspace: Workspace, pool: ThreadPool,
    logits: UnsafeMutablePointer<Float>
  ) {
    batch.check(configuration, cache: cache, workspace: workspace)
    let step = ForwardStep(
      model: self, batch: batch, cache: cache, workspace: workspace, pool: pool)
    pool.hold()
    defer { pool.release() }
    workspace.attention.prepare(batch, configuration, cache.precision, workspace, pool)
    step.embed()
    step.prepareRotation()
    for (number, layer) in layers.enumerated() {
      step.attention(layer, number)
      step.feedForward(layer)
    }
    step.readOut(into: logits)
  }
}

extension Batch {
  /// A batch that breaks its rules is the scheduler's mistake.
  fileprivate func check(
    _ configuration: ModelConfiguration, cache: KeyValueCache, workspace: Workspace
  ) {
    precondition(tokens.count <= workspace.maximumTokens, "more tokens than the workspace holds")
    precondition(logitRows.count <= workspace.maximumTokens, "more rows than the workspace holds")
    precondition(positions.count == tokens.count && sequences.count == tokens.count)
    precondition(logitRows.allSatisfy(tokens.indices.contains), "a row outside the batch")
    for row in tokens.indices {
      precondition(tokens[row] >= 0 && Int(tokens[row]) < configuration.vocabulary, "no such token")
      let position = Int(positions[row])
      precondition(position >= 0 && position < workspace.maximumContext, "position out of range")
      let table = pageTables[sequences[row]]
      precondition(position / KeyValueCache.pageLength < table.count, "no page for the position")
    }
    for table in pageTables {
      precondition(table.allSatisfy { $0 >= 0 && Int($0) < cache.pages }, "no such page")
    }
  }
}
