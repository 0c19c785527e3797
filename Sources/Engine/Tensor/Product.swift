internal import CKernels

/// One matrix of a product and where its results go.
package struct ProductTerm {
  let matrix: WeightMatrix
  /// [count][matrix.rows]
  let y: UnsafeMutablePointer<Float>
  /// [matrix.rows], added to every row.
  let bias: UnsafePointer<Float>?
  /// Adds to what y holds.
  let accumulates: Bool

  package init(
    _ matrix: WeightMatrix, into y: UnsafeMutablePointer<Float>, bias: FloatBuffer? = nil,
    accumulates: Bool = false
  ) {
    if let bias { precondition(bias.count == matrix.rows, "a bias has a value for each row") }
    self.matrix = matrix
    self.y = y
    self.bias = bias.map { UnsafePointer($0.pointer) }
    self.accumulates = accumulates
  }
}

/// y = x · Wᵀ for one x and one or more matrices of as many columns, spread over a pool by slices of
/// their rows.
///
/// Every output is computed by one thread in one fixed order of operations, which depends on neither
/// `count` nor the way rows are cut.
package struct Product {
  let terms: [ProductTerm]
  let input: Activations
  let count: Int

  /// The first `count` rows of `input`, quantised if a matrix is.
  package init(terms: [ProductTerm], input: Activations, count: Int) {
    precondition(
      terms.allSatisfy { $0.matrix.columns == input.columns }, "matrices differ in columns")
    self.terms = terms
    self.input = input
    self.count = count
  }

  package func run(pool: ThreadPool) {
    guard count > 0 else { return }
    let slices = RowSlices(rows: terms.map(\.matrix.rows), threads: pool.threads)
    spread(slices.count, pool) { task, kernels, scratch in
      let (index, rows) = slices[task]
      multiply(terms[index], rows, kernels, scratch)
    }
  }

  /// As `run`, for matrices of as many rows: a slice is taken from all of them, and then `finish` has
  /// its columns of the results.
  package func run(pool: ThreadPool, finish: (Range<Int>) -> Void) {
    guard count > 0, let rows = terms.first?.matrix.rows else { return }
    precondition(terms.allSatisfy { $0.matrix.rows == rows }, "matrices differ in rows")
    let slices = RowSlices(rows: [rows], threads: pool.threads)
    spread(slices.count, pool) { task, kernels, scratch in
      let slice = slices[task].rows
      for term in terms { multiply(term, slice, kernels, scratch) }
      finish(slice)
    }
  }

  private func multiply(
    _ term: ProductTerm, _ rows: Range<Int>, _ kernels: UnsafePointer<ck_kernels>,
    _ scratch: UnsafeMutableRawPointer
  ) {
    term.matrix.multiply(
      rows: rows, input, count: count, term: term, kernels: kernels, scratch: scratch)
  }

  /// The kernels are the calling thread's, on every thread.
  private func spread(
    _ tasks: Int, _ pool: ThreadPool,
    _ body: (Int, UnsafePointer<ck_kernels>, UnsafeMutableRawPointer) -> Void
  ) {
    let kernels = ck_current()
    let bytes = terms.lazy.map(\.matrix.scratchBytes).max() ?? 0
    let scratch = pool.scratch.reserve(pool.threads * bytes)
    pool.runOnWorkers(tasks) { task, worker in
      body(task, kernels, scratch + worker * bytes)
    }
  }
}
