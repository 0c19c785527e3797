internal import CKernels

/// rows × columns weights in their file's own precision.
///
/// They are packed for products once, when the matrix is made; then the file's bytes are released.
package final class WeightMatrix: Sendable {
  package let type: ElementType
  package let rows: Int
  package let columns: Int
  private let rowBytes: Int
  private let packed: PackedWeights

  /// - Parameters:
  ///   - bytes: row-major, as in GGUF.
  ///   - owner: of the bytes; kept until they are packed.
  ///   - packer: spreads the packing over its pool; nil packs on this thread.
  /// - Throws: `TensorError` when `columns` is not whole blocks, a size overflows, `bytes` is not
  ///   exactly as long as shape and type ask for, or there is no memory to pack into.
  package init(
    type: ElementType, rows: Int, columns: Int, bytes: UnsafeRawBufferPointer,
    owner: any Sendable & AnyObject, packer: WeightPacker? = nil
  ) throws(TensorError) {
    guard rows >= 0, columns >= 0 else {
      throw TensorError(.invalidDimension, "rows (\(rows)) and columns (\(columns)) must be ≥ 0")
    }
    guard let rowBytes = type.byteCount(elements: columns) else {
      throw TensorError(
        .partialBlock,
        "columns (\(columns)) must be a multiple of \(type.blockSize) for \(type.name)")
    }
    let (total, overflow) = rowBytes.multipliedReportingOverflow(by: rows)
    guard !overflow, columns <= Int(Int32.max) else {
      throw TensorError(.invalidDimension, "\(rows) × \(columns) is too large for this machine")
    }
    guard total == bytes.count else {
      throw TensorError(
        .wrongByteCount,
        "bytes: \(bytes.count), but \(rows) × \(columns) of \(type.name) take \(total)")
    }
    self.type = type
    self.rows = rows
    self.columns = columns
    self.rowBytes = rowBytes
    // An empty buffer may have no address; nothing is read through it then.
    let base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 64)!
    let packed = PackedWeights(
      type: type, rows: rows, columns: columns, source: base, owner: owner, rowBytes: rowBytes,
      packer: packer ?? WeightPacker(pool: ThreadPool(threads: 1), regionBytes: 0))
    guard let packed else {
      throw TensorError(
        .outOfMemory, "\(total) bytes of weights cannot be packed: no memory; use a smaller model")
    }
    self.packed = packed
  }

  /// Row `i` as f32, into[columns]: an embedding look-up. Traps when `i` is out of range.
  package func copyRow(_ i: Int, into: UnsafeMutablePointer<Float>) {
    precondition(i >= 0 && i < rows, "row \(i) of \(rows)")
    withUnsafeTemporaryAllocation(byteCount: max(rowBytes, 1), alignment: 4) { bytes in
      let start = bytes.baseAddress!
      packed.copyBytes(ofRow: i, type: type, columns: columns, into: start)
      Kernels.dequantize(type, start, into: into, count: columns)
    }
  }

  /// y[count][rows] = x[count][columns] · Wᵀ, row-major f32.
  ///
  /// A row of the result depends on its row of x alone: same bits for any `count` and any pool.
  package func multiply(
    _ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>, pool: ThreadPool
  ) {
    Self.multiply([self], x, count: count, into: [y], pool: pool)
  }

  /// As `multiply`, for several matrices of as many columns (query, key and value; gate and up): x is
  /// quantised once and the pool is woken once. y[m] is [count][matrices[m].rows].
  package static func multiply(
    _ matrices: [WeightMatrix], _ x: UnsafePointer<Float>, count: Int,
    into y: [UnsafeMutablePointer<Float>], pool: ThreadPool
  ) {
    guard let columns = matrices.first?.columns else { return }
    precondition(count >= 0, "count is negative: \(count)")
    precondition(matrices.count == y.count, "one result for each matrix")
    let quantizes = matrices.contains(where: \.type.isBlockQuantized)
    let passRows = 64
    for start in stride(from: 0, to: count, by: passRows) {
      let rows = min(passRows, count - start)
      let input = Activations(borrowing: x + start * columns, columns: columns, pool: pool)
      if quantizes { input.quantize(rows: rows, pool: pool) }
      let terms = zip(matrices, y).map { ProductTerm($0, into: $1 + start * $0.rows) }
      Product(terms: terms, input: input, count: rows).run(pool: pool)
    }
  }

  /// The product of the rows of `slice`, whose start is a multiple of 16, with some rows of x, at
  /// most a chunk.
  func multiply(
    rows slice: Range<Int>, _ input: Activations, _ inputs: Range<Int>, term: ProductTerm,
    kernels: UnsafePointer<ck_kernels>, scratch: UnsafeMutableRawPointer, upcoming: ck_upcoming
  ) {
    let perPanel = PackedWeights.panelRows
    var product = ck_product(
      type: Int32(type.rawValue), rows: rows, columns: columns,
      panels: packed.panels.assumingMemoryBound(to: UInt8.self), panel_bytes: packed.panelBytes,
      first: slice.lowerBound / perPanel, end: (slice.upperBound + perPanel - 1) / perPanel,
      count: inputs.count, values: input.row(inputs.lowerBound),
      x: input.groups + inputs.lowerBound * input.groupsPerRow,
      y: term.y + inputs.lowerBound * rows, y_stride: rows, bias: term.bias,
      accumulate: term.accumulates ? 1 : 0, upcoming: upcoming,
      scratch: scratch.assumingMemoryBound(to: UInt8.self))
    kernels.pointee.multiply(&product)
  }

  /// Where the panel of a row is.
  func address(ofRow row: Int) -> UnsafeRawPointer {
    packed.panels + row / PackedWeights.panelRows * packed.panelBytes
  }

  /// Whether products take quantised activations.
  package var takesQuantized: Bool { type.isBlockQuantized }

  /// Scratch bytes of a thread for `multiply(rows:…)`.
  var scratchBytes: Int { ck_packed_scratch(Int32(type.rawValue), columns) }
}
