internal import CKernels

/// rows × columns weights in their file's own precision: row-major blocks as in GGUF.
///
/// The bytes are borrowed; `owner` keeps them alive (a mapped file, an array's box).
package final class WeightMatrix: Sendable {
  package let type: ElementType
  package let rows: Int
  package let columns: Int
  private let rowBytes: Int
  nonisolated(unsafe) private let base: UnsafeRawPointer
  private let owner: any Sendable & AnyObject

  /// - Throws: `TensorError` when `columns` is not whole blocks, a size overflows, or `bytes` is
  ///   not exactly as long as shape and type ask for.
  package init(
    type: ElementType, rows: Int, columns: Int, bytes: UnsafeRawBufferPointer,
    owner: any Sendable & AnyObject
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
    self.base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 64)!
    self.owner = owner
  }

  /// Row `i` as f32, into[columns]: an embedding look-up. Traps when `i` is out of range.
  package func copyRow(_ i: Int, into: UnsafeMutablePointer<Float>) {
    precondition(i >= 0 && i < rows, "row \(i) of \(rows)")
    Kernels.dequantize(type, base + i * rowBytes, into: into, count: columns)
  }

  /// y[count][rows] = x[count][columns] · Wᵀ, row-major f32.
  ///
  /// A row of the result depends on its row of x alone: same bits for any `count` and any pool.
  package func multiply(
    _ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>, pool: ThreadPool
  ) {
    Product(count: count, columns: columns, threads: pool.threads).run([self], x, [y], pool: pool)
  }

  /// As `multiply`, for several matrices of as many columns (query, key and value; gate and up): x is
  /// quantised once and the pool is woken once. y[m] is [count][matrices[m].rows].
  package static func multiply(
    _ matrices: [WeightMatrix], _ x: UnsafePointer<Float>, count: Int,
    into y: [UnsafeMutablePointer<Float>], pool: ThreadPool
  ) {
    guard let columns = matrices.first?.columns else { return }
    Product(count: count, columns: columns, threads: pool.threads).run(matrices, x, y, pool: pool)
  }

  /// The product of the rows of `slice` with `tokens` rows of x, as the kernels take it.
  func product(
    rows slice: Range<Int>, x: UnsafePointer<Float>, quantized: ck_activations, tokens: Int,
    into y: UnsafeMutablePointer<Float>, stride: Int, scratch: UnsafeMutableRawPointer
  ) -> ck_product {
    ck_product(
      type: Int32(type.rawValue), columns: columns, row_bytes: rowBytes,
      weights: base.assumingMemoryBound(to: UInt8.self), first: slice.lowerBound,
      end: slice.upperBound, count: tokens, x: x, quantized: quantized, y: y, y_stride: stride,
      scratch: scratch.assumingMemoryBound(to: UInt8.self))
  }
}
