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
    let last = layers.count - 1
    for (number, layer) in layers.dropLast().enumerated() {
      step.attention(layer, number)
      step.feedForward(layer, number)
    }
    if batch.logitRows.count < batch.tokens.count {
      step.keysAndValues(layers[last], last)
      guard let rest = step.readOutOnly() else { return }
      rest.attentionOfQueries(layers[last], last)
      rest.feedForward(layers[last], last)
      rest.readOut(into: logits)
    } else {
      step.attention(layers[last], last)
      step.feedForward(layers[last], last)
      step.readOut(into: logits)
    }
  }
}

extension ForwardStep {
  /// A step of those rows alone that are read out, from here on; nil if there are none. In the last
  /// layer the others leave nothing behind but keys and values.
  fileprivate func readOutOnly() -> ForwardStep? {
    let rows = batch.logitRows
    guard !rows.isEmpty else { return nil }
    // Rows may be in any order: by way of another buffer none is overwritten before it is read.
    for (index, row) in rows.enumerated() {
      (workspace.branch.pointer + index * width).update(
        from: workspace.residual.pointer + row * width, count: width)
    }
    workspace.residual.pointer.update(from: workspace.branch.pointer, count: rows.count * width)
    let wanted = Batch(
      tokens: rows.map { batch.tokens[$0] }, positions: rows.map { batch.positions[$0] },
      sequences: rows.map { batch.sequences[$0] }, logitRows: Array(rows.indices),
      pageTables: batch.pageTables)
    let rest = ForwardStep(
      model: model, batch: wanted, cache: cache, workspace: workspace, pool: pool)
    workspace.attention.prepare(wanted, configuration, cache.precision, workspace, pool)
    rest.prepareRotation()
    return rest
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
