import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One step's stages, in the order in which they run. Buffers are named in ``Workspace``.
struct ForwardStep {
  let model: DecoderModel
  let batch: Batch
  let cache: KeyValueCache
  let workspace: Workspace
  let pool: ThreadPool

  var configuration: ModelConfiguration { model.configuration }
  var count: Int { batch.tokens.count }
  var width: Int { configuration.width }

  // MARK: Stages

  /// residual = embedding(token) · scale (+ position)
  func embed() {
    forEachRow { row in
      let target = workspace.residual.pointer + row * width
      model.embedding.copyRow(Int(batch.tokens[row]), into: target)
      if configuration.embeddingScale != 1 {
        Kernels.scale(target, by: configuration.embeddingScale, count: width)
      }
      if let positions = model.positions {
        let position = workspace.normed.pointer + row * width
        positions.copyRow(Int(batch.positions[row]), into: position)
        Kernels.add(position, into: target, count: width)
      }
    }
  }

  /// Cosines and sines of every row's position, for both kinds of layers.
  func prepareRotation() {
    guard configuration.rotary != nil else { return }
    var kinds = [(model.angles, model.magnitude)]
    if configuration.window != nil { kinds.append((model.windowAngles, model.windowMagnitude)) }
    for (kind, (angles, magnitude)) in kinds.enumerated() {
      for row in 0..<count {
        let start = rotationOffset(row, windowed: kind == 1)
        let position = Double(batch.positions[row])
        for (index, angle) in angles.enumerated() {
          workspace.cosines.pointer[start + index] = Float(cos(position * angle) * magnitude)
          workspace.sines.pointer[start + index] = Float(sin(position * angle) * magnitude)
        }
      }
    }
  }

  /// residual += output(attention(norm(residual)))
  func attention(_ layer: DecoderLayer, _ number: Int) {
    normRows(layer.attentionNorm)
    WeightMatrix.multiply(
      [layer.query.matrix, layer.key.matrix, layer.value.matrix], workspace.normed.pointer,
      count: count,
      into: [workspace.queries.pointer, workspace.keys.pointer, workspace.values.pointer],
      pool: pool)
    forEachRow { row in finishHeads(layer, number, row) }
    Attention(step: self, layer: number).run()
    layer.output.matrix.multiply(
      workspace.attended.pointer, count: count, into: workspace.branch.pointer, pool: pool)
    join(bias: layer.output.bias, norm: layer.postAttentionNorm)
  }

  /// residual += down(activation(gate, up)(norm(residual)))
  func feedForward(_ layer: DecoderLayer) {
    normRows(layer.feedForwardNorm)
    let normed = workspace.normed.pointer
    if let gate = layer.gate {
      WeightMatrix.multiply(
        [gate.matrix, layer.up.matrix], normed, count: count,
        into: [workspace.gate.pointer, workspace.up.pointer], pool: pool)
    } else {
      layer.up.matrix.multiply(normed, count: count, into: workspace.up.pointer, pool: pool)
    }
    forEachRow { row in activate(layer, row) }
    let inner = configuration.activation.isGated ? workspace.gate : workspace.up
    layer.down.matrix.multiply(
      inner.pointer, count: count, into: workspace.branch.pointer, pool: pool)
    join(bias: layer.down.bias, norm: layer.postFeedForwardNorm)
  }

  /// logits = head(norm(residual)) for the rows that want them.
  func readOut(into logits: UnsafeMutablePointer<Float>) {
    let rows = batch.logitRows
    guard !rows.isEmpty else { return }
    for (index, row) in rows.enumerated() {
      model.outputNorm.apply(
        workspace.residual.pointer + row * width, into: workspace.normed.pointer + index * width)
    }
    model.head.matrix.multiply(
      workspace.normed.pointer, count: rows.count, into: logits, pool: pool)
    let cap = configuration.logitSoftCap
    guard cap > 0 else { return }
    forEachRow(of: rows.count) { row in
      Kernels.softCap(
        logits + row * configuration.vocabulary, cap: cap, count: configuration.vocabulary)
    }
  }

  // MARK: Rows

  private func normRows(_ norm: Norm) {
    forEachRow { row in
      norm.apply(
        workspace.residual.pointer + row * width, into: workspace.normed.pointer + row * width)
    }
  }

  /// Biases, norms and rotations of a row's queries and keys; keys and values go to the cache.
  private func finishHeads(_ layer: DecoderLayer, _ number: Int, _ row: Int) {
    let c = configuration
    let queries = workspace.queries.pointer + row * c.heads * c.headDimension
    let keys = workspace.keys.pointer + row * c.kvHeads * c.headDimension
    let values = workspace.values.pointer + row * c.kvHeads * c.headDimension
    addBias(layer.query.bias, queries)
    addBias(layer.key.bias, keys)
    addBias(layer.value.bias, values)
    finish(queries, heads: c.heads, norm: layer.queryNorm, number, row)
    finish(keys, heads: c.kvHeads, norm: layer.keyNorm, number, row)
    let position = Int(batch.positions[row])
    let table = batch.pageTables[batch.sequences[row]]
    cache.write(
      layer: number, page: Int(table[position / KeyValueCache.pageLength]),
      slot: position % KeyValueCache.pageLength, keys: keys, values: values)
  }

  private func finish(
    _ x: UnsafeMutablePointer<Float>, heads: Int, norm: Norm?, _ number: Int, _ row: Int
  ) {
    let dimension = configuration.headDimension
    if let norm {
      for head in 0..<heads {
        norm.apply(x + head * dimension, into: x + head * dimension)
      }
    }
    guard let rotary = configuration.rotary else { return }
    let start = rotationOffset(row, windowed: configuration.isWindowed(number))
    Kernels.rope(
      x, heads: heads, headDimension: dimension, rotated: rotary.dimension,
      cos: workspace.cosines.pointer + start, sin: workspace.sines.pointer + start,
      style: rotary.style == .pairs ? .pairs : .halves)
  }

  private func rotationOffset(_ row: Int, windowed: Bool) -> Int {
    ((windowed ? workspace.maximumTokens : 0) + row) * model.angles.count
  }

  private func activate(_ layer: DecoderLayer, _ row: Int) {
    let inner = configuration.feedForward
    let up = workspace.up.pointer + row * inner
    addBias(layer.up.bias, up)
    guard let gateLinear = layer.gate else {
      if configuration.activation == .gelu {
        Kernels.gelu(up, count: inner)
      } else {
        Kernels.geluTanh(up, count: inner)
      }
      return
    }
    let gate = workspace.gate.pointer + row * inner
    addBias(gateLinear.bias, gate)
    if configuration.activation == .siluGated {
      Kernels.siluMultiply(gate: gate, up: up, count: inner)
    } else {
      Kernels.geluTanhMultiply(gate: gate, up: up, count: inner)
    }
  }

  /// residual += norm(branch + bias)
  private func join(bias: FloatBuffer?, norm: Norm?) {
    forEachRow { row in
      let branch = workspace.branch.pointer + row * width
      addBias(bias, branch)
      norm?.apply(branch, into: branch)
      Kernels.add(branch, into: workspace.residual.pointer + row * width, count: width)
    }
  }

  private func addBias(_ bias: FloatBuffer?, _ x: UnsafeMutablePointer<Float>) {
    guard let bias else { return }
    Kernels.add(bias.pointer, into: x, count: bias.count)
  }

  // MARK: Spreading over the pool

  /// Fewest rows that are worth another thread.
  private static let rowsPerTask = 8

  private func forEachRow(_ body: (Int) -> Void) { forEachRow(of: count, body) }

  private func forEachRow(of count: Int, _ body: (Int) -> Void) {
    let size = Self.rowsPerTask
    pool.run((count + size - 1) / size) { task in
      for row in task * size..<min(count, (task + 1) * size) { body(row) }
    }
  }
}
