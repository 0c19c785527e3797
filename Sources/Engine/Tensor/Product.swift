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
  let upcoming: UpcomingPages?

  /// The first `count` rows of `input`, quantised if a matrix is.
  ///
  /// - Parameter upcoming: what is read after this product, which it fetches where it is not bound by
  ///   memory itself.
  package init(
    terms: [ProductTerm], input: Activations, count: Int, upcoming: UpcomingPages? = nil
  ) {
    precondition(
      terms.allSatisfy { $0.matrix.columns == input.columns }, "matrices differ in columns")
    self.terms = terms
    self.input = input
    self.count = count
    self.upcoming = upcoming
  }

  package func run(pool: ThreadPool) {
    guard count > 0 else { return }
    let slices = RowSlices(rows: terms.map(\.matrix.rows), threads: pool.threads)
    spread(slices.count, pool) { task, inputs, kernels, scratch in
      let (index, rows) = slices[task]
      multiply(terms[index], rows, inputs, kernels, scratch, part: (task, slices.count))
    }
  }

  /// As `run`, for matrices of as many rows: a slice is taken from all of them, and then `finish` has
  /// its rows of the input and its columns of the results.
  package func run(pool: ThreadPool, finish: (_ rows: Range<Int>, _ columns: Range<Int>) -> Void) {
    guard count > 0, let rows = terms.first?.matrix.rows else { return }
    precondition(terms.allSatisfy { $0.matrix.rows == rows }, "matrices differ in rows")
    let slices = RowSlices(rows: [rows], threads: pool.threads)
    spread(slices.count, pool) { task, inputs, kernels, scratch in
      let slice = slices[task].rows
      for (index, term) in terms.enumerated() {
        multiply(
          term, slice, inputs, kernels, scratch,
          part: (task * terms.count + index, slices.count * terms.count))
      }
      finish(inputs, slice)
    }
  }

  private func multiply(
    _ term: ProductTerm, _ rows: Range<Int>, _ inputs: Range<Int>,
    _ kernels: UnsafePointer<ck_kernels>, _ scratch: UnsafeMutableRawPointer,
    part: (index: Int, of: Int)
  ) {
    // Once, with the first chunk.
    let part = inputs.lowerBound == 0 ? upcoming?.part(part) : nil
    term.matrix.multiply(
      rows: rows, input, inputs, term: term, kernels: kernels, scratch: scratch,
      upcoming: part ?? ck_upcoming())
  }

  /// A task is a slice and a chunk of the input; a thread's tasks mostly have the same chunk, which
  /// stays in its cache. The kernels are the calling thread's, on every thread.
  private func spread(
    _ slices: Int, _ pool: ThreadPool,
    _ body: (
      _ slice: Int, _ inputs: Range<Int>, UnsafePointer<ck_kernels>, UnsafeMutableRawPointer
    ) -> Void
  ) {
    let kernels = ck_current()
    let bytes = terms.lazy.map(\.matrix.scratchBytes).max() ?? 0
    let scratch = pool.scratch.reserve(pool.threads * bytes)
    for worker in 0..<pool.threads { ck_reset_scratch(scratch + worker * bytes) }
    let most = min(count, ck_chunk_rows(input.columns)), count = count
    pool.runOnWorkers((count + most - 1) / most * slices) { task, worker in
      let first = task / slices * most
      body(task % slices, first..<min(count, first + most), kernels, scratch + worker * bytes)
    }
  }
}
