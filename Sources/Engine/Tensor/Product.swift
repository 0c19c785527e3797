internal import CKernels

/// y = x · Wᵀ for one x and one or more matrices of as many columns: activations are quantised once,
/// then slices of rows are spread over the pool.
///
/// Every output is computed by one thread in one fixed order of operations, which depends on neither
/// `count` nor the way rows are cut.
struct Product {
  let count: Int
  let columns: Int
  let threads: Int

  /// Tokens taken together: their int8 rows stay in the second-level cache, and scratch is bounded.
  private static let tokensPerPass = 128

  func run(
    _ matrices: [WeightMatrix], _ x: UnsafePointer<Float>, _ y: [UnsafeMutablePointer<Float>],
    pool: ThreadPool
  ) {
    precondition(count >= 0, "count is negative: \(count)")
    precondition(matrices.count == y.count, "one result for each matrix")
    precondition(matrices.allSatisfy { $0.columns == columns }, "matrices differ in columns")
    for start in stride(from: 0, to: count, by: Self.tokensPerPass) {
      let tokens = min(Self.tokensPerPass, count - start)
      let results = zip(matrices, y).map { $1 + start * $0.rows }
      pass(matrices, x + start * columns, tokens, results, pool)
    }
  }

  private func pass(
    _ matrices: [WeightMatrix], _ x: UnsafePointer<Float>, _ tokens: Int,
    _ y: [UnsafeMutablePointer<Float>], _ pool: ThreadPool
  ) {
    let quantized = matrices.contains { $0.type.isBlockQuantized }
    let layout = ActivationLayout(columns: columns, tokens: quantized ? tokens : 0)
    let rowScratch = ck_multiply_scratch(columns)
    let memory = pool.scratch.reserve(layout.byteCount + threads * rowScratch)
    let activations = layout.bind(memory)
    if quantized { quantize(x, tokens, layout, activations, pool) }
    let slices = RowSlices(rows: matrices.map(\.rows), threads: threads)
    let kernels = ck_current()
    pool.runOnWorkers(slices.count) { task, worker in
      let (index, rows) = slices[task]
      var product = matrices[index].product(
        rows: rows, x: x, quantized: activations, tokens: tokens, into: y[index],
        scratch: memory + layout.byteCount + worker * rowScratch)
      kernels.pointee.multiply(&product)
    }
  }

  private func quantize(
    _ x: UnsafePointer<Float>, _ tokens: Int, _ layout: ActivationLayout,
    _ activations: ck_activations, _ pool: ThreadPool
  ) {
    // A single row is done before another thread could be told of it.
    let rowsPerTask = 8
    let kernels = ck_current()
    pool.runOnWorkers((tokens + rowsPerTask - 1) / rowsPerTask) { task, _ in
      for token in task * rowsPerTask..<min(tokens, (task + 1) * rowsPerTask) {
        kernels.pointee.quantize_activations(
          x + token * columns, columns, layout.row(token, of: activations))
      }
    }
  }
}
