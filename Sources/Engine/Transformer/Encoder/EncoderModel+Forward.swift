package import Tensor

extension EncoderModel {
  /// Encodes a batch: leaves the last layer's rows in the workspace.
  ///
  /// All but attention goes row by row, so a layer is two parallel loops: attention, then everything
  /// from its output to the next layer's queries, keys and values. A sequence's rows are the same bits
  /// whatever else is in the batch and however many threads there are.
  ///
  /// Traps on a token outside the vocabulary and on a sequence over the context length.
  package func forward(_ batch: EncoderBatch, workspace: EncoderWorkspace, pool: ThreadPool) {
    precondition(batch.tokens.count <= workspace.maximumTokens, "the batch is over the workspace")
    precondition(pool.threads <= workspace.workers.count, "a scratch for each thread")
    guard !batch.tokens.isEmpty else { return }
    let places = self.places(batch)
    let step = EncoderStep(model: self, workspace: workspace)
    let blocks = RowBlocks(rows: batch.tokens.count, threads: pool.threads)
    pool.runOnWorkers(blocks.count) { block, worker in
      let rows = blocks[block]
      step.embed(rows, batch.tokens, places)
      step.project(rows, layer: 0, workspace.workers[worker])
    }
    let units = AttentionUnit.cut(batch, heads: configuration.heads)
    for layer in layers.indices {
      pool.runOnWorkers(units.count) { unit, worker in
        step.attend(units[unit], batch, workspace.workers[worker])
      }
      pool.runOnWorkers(blocks.count) { block, worker in
        let rows = blocks[block]
        step.mix(rows, layer: layer, workspace.workers[worker])
        if layer + 1 < layers.count {
          step.project(rows, layer: layer + 1, workspace.workers[worker])
        }
      }
    }
  }

  /// The row of the table of positions for each token.
  private func places(_ batch: EncoderBatch) -> [Int] {
    let c = configuration
    var places: [Int] = []
    places.reserveCapacity(batch.tokens.count)
    for sequence in 0..<batch.count {
      let length = batch.range(sequence).count
      precondition(length <= c.contextLength, "\(length) tokens; \(c.contextLength) fit")
      for position in 0..<length { places.append(c.firstPosition + position) }
    }
    return places
  }
}

/// Rows cut into blocks of about equal work, a few for each thread.
struct RowBlocks {
  let rows: Int
  let rowsPerBlock: Int

  init(rows: Int, threads: Int) {
    self.rows = rows
    // Whole tiles of 12 rows; a block for each thread at least, where there are rows enough.
    let wanted = threads == 1 ? rows : (rows + 3 * threads - 1) / (3 * threads)
    rowsPerBlock = min(EncoderScratch.rows, (wanted + 11) / 12 * 12)
  }

  var count: Int { (rows + rowsPerBlock - 1) / rowsPerBlock }

  subscript(block: Int) -> Range<Int> {
    block * rowsPerBlock..<min(rows, (block + 1) * rowsPerBlock)
  }
}

/// A task of attention: some heads of some neighbouring sequences.
struct AttentionUnit: Equatable {
  var sequences: Range<Int>
  var heads: Range<Int>

  /// About the work of one task: positions × heads, weighted by length.
  private static let positions = 96

  /// Short sequences are taken together, long ones cut by head.
  static func cut(_ batch: EncoderBatch, heads: Int) -> [AttentionUnit] {
    var units: [AttentionUnit] = []
    var first = 0
    while first < batch.count {
      var end = first + 1
      var total = batch.range(first).count
      while end < batch.count, total + batch.range(end).count <= positions {
        total += batch.range(end).count
        end += 1
      }
      let step = max(1, min(heads, heads * positions / total))
      for head in stride(from: 0, to: heads, by: step) {
        units.append(
          AttentionUnit(sequences: first..<end, heads: head..<min(heads, head + step)))
      }
      first = end
    }
    return units
  }
}
