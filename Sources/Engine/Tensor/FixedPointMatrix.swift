internal import CKernels

/// rows × columns weights as 16-bit fixed-point numbers with a scale a row, packed for products with
/// many rows of activations: what encoders use.
///
/// A row keeps 11 to 15 bits: as many as leave no sum of products over 512 columns room to overflow 32
/// bits. Activations are quantised to 14 bits a row. Products are exact from there on, so a result
/// depends on its row of x alone, and differs from an f32 product by a few 10⁻⁴ of the row's size.
package final class FixedPointMatrix: @unchecked Sendable {
  package let rows: Int
  package let columns: Int
  private let weights: UnsafeMutablePointer<Int16>
  private let scales: FloatBuffer
  private let bias: FloatBuffer?

  /// Packs f32 weights.
  /// - Parameters:
  ///   - values: [rows][columns]
  ///   - bias: [rows], added to every result
  package init(rows: Int, columns: Int, values: UnsafePointer<Float>, bias: FloatBuffer? = nil) {
    precondition(rows > 0 && columns > 0, "an empty matrix: \(rows) × \(columns)")
    precondition(bias.map { $0.count == rows } ?? true, "a bias for each row")
    self.rows = rows
    self.columns = columns
    self.bias = bias
    let count = ck_fixed_elements(rows, columns)
    weights = UnsafeMutableRawPointer.allocate(byteCount: count * 2, alignment: 64)
      .bindMemory(to: Int16.self, capacity: count)
    scales = FloatBuffer(count: rows)
    ck_fixed_pack(values, rows, columns, weights, scales.pointer)
  }

  deinit { UnsafeMutableRawPointer(weights).deallocate() }

  /// Bytes of packed weights.
  package var byteCount: Int { ck_fixed_elements(rows, columns) * 2 }

  /// Bytes of scratch that `multiply` needs for `count` rows; a multiple of 64.
  package static func scratchBytes(columns: Int, count: Int) -> Int {
    roundUp(count * ck_fixed_columns(columns) * 2, 64) + roundUp(count * 4, 64)
  }

  /// y[count][rows] = x[count][columns] · Wᵀ + bias, on this thread.
  ///
  /// A row of x with a value that is not finite gives a row of NaN.
  /// - Parameters:
  ///   - yStride: the distance of y's rows, at least `rows`
  ///   - scratch: 64-byte aligned, `scratchBytes(columns:count:)` bytes
  package func multiply(
    _ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>, yStride: Int,
    scratch: UnsafeMutableRawPointer
  ) {
    precondition(count >= 0 && yStride >= rows, "rows of \(yStride) cannot hold \(rows)")
    let kernels = ck_fixed_current()
    let padded = ck_fixed_columns(columns)
    let quantized = scratch.assumingMemoryBound(to: Int16.self)
    let xScales = (scratch + roundUp(count * padded * 2, 64)).assumingMemoryBound(to: Float.self)
    for row in 0..<count {
      kernels.pointee.quantize(
        x + row * columns, columns, quantized + row * padded, xScales + row)
    }
    var product = ck_fixed_product(
      rows: rows, columns: columns, weights: weights, scale: scales.pointer,
      bias: bias.map { UnsafePointer($0.pointer) }, count: count, x: quantized, x_scale: xScales,
      y: y, y_stride: yStride)
    kernels.pointee.multiply(&product)
  }
}
