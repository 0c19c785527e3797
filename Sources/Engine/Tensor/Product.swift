internal import CKernels

/// y = x · Wᵀ for one x and one or more matrices of as many columns: activations are quantised once,
/// then slices of rows are spread over the pool.
///
/// For block-quantised weights x is written as the sum of two int8 rows, x ≈ s·q + s′·q′, the second
/// holding what rounding to the first left over. One int8 row loses up to 1/254 of each group's
/// largest value, which through 30 layers of a small model moves its next-token distributions by a
/// mean KL divergence of 3 × 10⁻³; two lose 254 times less, and the products differ from f32 ones by
/// hardly more than f32's own rounding. Weights are unpacked once for both.
///
/// Every output is computed by one thread in one fixed order of operations, which depends on neither
/// `count` nor the way rows are cut.
struct Product {
  let count: Int
  let columns: Int
  let threads: Int

  /// Tokens taken together: their int8 rows stay in the second-level cache, and scratch is bounded.
  private static let tokensPerPass = 64

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
    let slices = RowSlices(rows: matrices.map(\.rows), threads: threads)
    guard matrices.contains(where: \.type.isBlockQuantized) else {
      return multiply(matrices, x, tokens, y, slices, nil, pool)
    }
    let memory = ProductMemory(
      columns: columns, tokens: tokens, sliceRows: slices.rowsPerSlice, workers: threads,
      pool: pool)
    quantize(x, tokens, memory, pool)
    multiply(matrices, x, tokens, y, slices, memory, pool)
  }

  private func multiply(
    _ matrices: [WeightMatrix], _ x: UnsafePointer<Float>, _ tokens: Int,
    _ y: [UnsafeMutablePointer<Float>], _ slices: RowSlices, _ memory: ProductMemory?,
    _ pool: ThreadPool
  ) {
    let kernels = ck_current()
    let rowScratch = ck_multiply_scratch(columns)
    let scratch = memory?.scratch ?? pool.scratch.reserve(threads * rowScratch)
    pool.runOnWorkers(slices.count) { task, worker in
      let (index, rows) = slices[task]
      let matrix = matrices[index]
      let workerScratch = scratch + worker * rowScratch
      guard matrix.type.isBlockQuantized, let memory else {
        var product = matrix.product(
          rows: rows, x: x, quantized: ck_activations.none, tokens: tokens, into: y[index],
          stride: matrix.rows, scratch: workerScratch)
        return kernels.pointee.multiply(&product)
      }
      let parts = memory.parts(worker: worker)
      // The kernel addresses results by the row's number in the matrix.
      var product = matrix.product(
        rows: rows, x: x, quantized: memory.activations, tokens: 2 * tokens,
        into: parts - rows.lowerBound, stride: rows.count, scratch: workerScratch)
      kernels.pointee.multiply(&product)
      for token in 0..<tokens {
        let first = parts + 2 * token * rows.count
        kernels.pointee.add(first + rows.count, first, rows.count)
        (y[index] + token * matrix.rows + rows.lowerBound).update(from: first, count: rows.count)
      }
    }
  }

  private func quantize(
    _ x: UnsafePointer<Float>, _ tokens: Int, _ memory: ProductMemory, _ pool: ThreadPool
  ) {
    // A single row is done before another thread could be told of it.
    let rowsPerTask = 8
    let kernels = ck_current()
    pool.runOnWorkers((tokens + rowsPerTask - 1) / rowsPerTask) { task, worker in
      let rest = memory.rest(worker: worker)
      for token in task * rowsPerTask..<min(tokens, (task + 1) * rowsPerTask) {
        let row = x + token * columns
        let rounded = memory.row(2 * token)
        kernels.pointee.quantize_activations(row, columns, rounded)
        for group in 0..<columns / 32 {
          let scale = rounded.scale[group]
          for i in 32 * group..<32 * group + 32 { rest[i] = row[i] - scale * Float(rounded.q[i]) }
        }
        kernels.pointee.quantize_activations(rest, columns, memory.row(2 * token + 1))
      }
    }
  }
}
