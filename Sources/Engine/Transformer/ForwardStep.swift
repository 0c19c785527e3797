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
        let position = workspace.normed.row(row)
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
    forEachRow { row in
      let position = Double(batch.positions[row])
      for (kind, (angles, magnitude)) in kinds.enumerated() {
        let start = rotationOffset(row, windowed: kind == 1)
        for (index, angle) in angles.enumerated() {
          workspace.cosines.pointer[start + index] = Float(cos(position * angle) * magnitude)
          workspace.sines.pointer[start + index] = Float(sin(position * angle) * magnitude)
        }
      }
    }
  }

  /// residual += output(attention(norm(residual)))
  func attention(_ layer: DecoderLayer, _ number: Int) {
    project(
      [layer.query, layer.key, layer.value],
      into: [workspace.queries, workspace.keys, workspace.values], layer, number)
    forEachRow { row in
      finishQueries(layer, number, row)
      storeKeys(layer, number, row)
    }
    attend(layer, number)
  }

  /// What a layer leaves in the cache, and nothing else.
  func keysAndValues(_ layer: DecoderLayer, _ number: Int) {
    project([layer.key, layer.value], into: [workspace.keys, workspace.values], layer, number)
    forEachRow { row in storeKeys(layer, number, row) }
  }

  /// As `attention`, of rows whose keys and values are in the cache.
  func attentionOfQueries(_ layer: DecoderLayer, _ number: Int) {
    project([layer.query], into: [workspace.queries], layer, number)
    forEachRow { row in finishQueries(layer, number, row) }
    attend(layer, number)
  }

  /// results = norm(residual) · Wᵀ
  private func project(
    _ linears: [Linear], into results: [FloatBuffer], _ layer: DecoderLayer, _ number: Int
  ) {
    normRows(layer.attentionNorm, for: linears)
    pool.prepareProduct(of: [layer.output.matrix])
    Product(
      terms: zip(linears, results).map { $0.term(into: $1.pointer) }, input: workspace.normed,
      count: count, upcoming: upcoming(number, before: .projections)
    ).run(pool: pool)
  }

  private func attend(_ layer: DecoderLayer, _ number: Int) {
    Attention(step: self, layer: number).run()
    quantizeRows(workspace.attended, for: layer.output)
    pool.prepareProduct(of: [layer.gate ?? layer.up].map(\.matrix))
    join(layer.output, workspace.attended, norm: layer.postAttentionNorm)
  }

  /// residual += down(activation(gate, up)(norm(residual)))
  func feedForward(_ layer: DecoderLayer, _ number: Int) {
    let inner = workspace.inner
    var terms = [layer.up.term(into: inner.pointer)]
    if let gate = layer.gate {
      terms = [gate.term(into: inner.pointer), layer.up.term(into: workspace.up.pointer)]
    }
    normRows(layer.feedForwardNorm, for: [layer.gate, layer.up].compactMap { $0 })
    pool.prepareProduct(of: [layer.down.matrix])
    Product(
      terms: terms, input: workspace.normed, count: count,
      upcoming: upcoming(number + 1, before: .gates)
    ).run(pool: pool) { rows, columns in
      for row in rows { activate(row, columns) }
    }
    quantizeRows(inner, for: layer.down)
    prepareProduct(after: number)
    join(
      layer.down, inner, norm: layer.postFeedForwardNorm,
      upcoming: upcoming(number + 1, before: .down))
  }

  /// logits = head(norm(residual)) for the rows that want them.
  func readOut(into logits: UnsafeMutablePointer<Float>) {
    let rows = batch.logitRows
    guard !rows.isEmpty else { return }
    let input = workspace.readOut, head = model.head
    forEachRow(of: rows.count) { index in
      model.outputNorm.apply(
        workspace.residual.pointer + rows[index] * width, into: input.row(index))
      if head.matrix.takesQuantized { input.quantize(row: index) }
    }
    let cap = configuration.logitSoftCap, vocabulary = configuration.vocabulary
    Product(terms: [head.term(into: logits)], input: input, count: rows.count).run(pool: pool) {
      rows, columns in
      guard cap > 0 else { return }
      for row in rows {
        Kernels.softCap(
          logits + row * vocabulary + columns.lowerBound, cap: cap, count: columns.count)
      }
    }
  }

  // MARK: Rows

  /// normed = norm(residual), ready for products with `linears`.
  private func normRows(_ norm: Norm, for linears: [Linear]) {
    let quantizes = linears.contains(where: \.matrix.takesQuantized)
    forEachRow { row in
      norm.apply(workspace.residual.pointer + row * width, into: workspace.normed.row(row))
      if quantizes { workspace.normed.quantize(row: row) }
    }
  }

  private func quantizeRows(_ rows: Activations, for linear: Linear) {
    guard linear.matrix.takesQuantized else { return }
    forEachRow { rows.quantize(row: $0) }
  }

  /// Norms and rotations of a row's queries.
  private func finishQueries(_ layer: DecoderLayer, _ number: Int, _ row: Int) {
    let c = configuration
    let queries = workspace.queries.pointer + row * c.heads * c.headDimension
    finish(queries, heads: c.heads, norm: layer.queryNorm, number, row)
  }

  /// Norms and rotations of a row's keys; they go to the cache with its values.
  private func storeKeys(_ layer: DecoderLayer, _ number: Int, _ row: Int) {
    let c = configuration
    let keys = workspace.keys.pointer + row * c.kvHeads * c.headDimension
    let values = workspace.values.pointer + row * c.kvHeads * c.headDimension
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

  /// Some columns of a row of the inner activations.
  private func activate(_ row: Int, _ columns: Range<Int>) {
    let start = row * configuration.feedForward + columns.lowerBound, count = columns.count
    let inner = workspace.inner.pointer + start
    switch configuration.activation {
    case .siluGated:
      Kernels.siluMultiply(gate: inner, up: workspace.up.pointer + start, count: count)
    case .geluTanhGated:
      Kernels.geluTanhMultiply(gate: inner, up: workspace.up.pointer + start, count: count)
    case .geluTanh: Kernels.geluTanh(inner, count: count)
    case .gelu: Kernels.gelu(inner, count: count)
    }
  }

  /// residual += norm(linear(input))
  private func join(
    _ linear: Linear, _ input: Activations, norm: Norm?, upcoming: UpcomingPages? = nil
  ) {
    let residual = workspace.residual.pointer
    guard let norm else {
      let term = linear.term(into: residual, accumulates: true)
      return Product(terms: [term], input: input, count: count, upcoming: upcoming).run(pool: pool)
    }
    let branch = workspace.branch.pointer
    Product(
      terms: [linear.term(into: branch)], input: input, count: count, upcoming: upcoming
    ).run(pool: pool)
    forEachRow { row in
      norm.apply(branch + row * width, into: branch + row * width)
      Kernels.add(branch + row * width, into: residual + row * width, count: width)
    }
  }

  // MARK: Spreading over the pool

  /// Fewest rows that are worth another thread.
  private static let rowsPerTask = 4

  private func forEachRow(_ body: (Int) -> Void) { forEachRow(of: count, body) }

  private func forEachRow(of count: Int, _ body: (Int) -> Void) {
    let size = Self.rowsPerTask
    pool.run((count + size - 1) / size) { task in
      for row in task * size..<min(count, (task + 1) * size) { body(row) }
    }
  }
}

extension Linear {
  /// y = x · Wᵀ + bias
  fileprivate func term(
    into y: UnsafeMutablePointer<Float>, accumulates: Bool = false
  ) -> ProductTerm {
    ProductTerm(matrix, into: y, bias: bias, accumulates: accumulates)
  }
}
