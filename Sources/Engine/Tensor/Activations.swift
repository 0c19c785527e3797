internal import CKernels

/// Rows of activations as products take them: f32, and for block-quantised weights int8 in groups of
/// 32, with an f32 scale each.
///
/// One int8 row loses up to 1/254 of each group's largest value, which through 30 layers of a small
/// model moves its next-token distributions by a mean KL divergence of 3 × 10⁻³. Few groups, those
/// with the largest values, cause most of it. So those that lose most get a second int8 group for
/// what rounding left over. Which ones depends on the row alone.
///
/// `@unchecked Sendable`: whoever shares it orders reads and writes; rows are independent.
package final class Activations: @unchecked Sendable {
  /// [maximumRows][columns]
  package let pointer: UnsafeMutablePointer<Float>
  package let columns: Int
  /// [maximumRows][groupsPerRow], of which only those are touched that a row needs.
  let groups: UnsafeMutablePointer<ck_group>
  let groupsPerRow: Int
  private let detail: Detail
  private let owned: UnsafeMutableRawPointer?

  /// Which of a row's groups get a second one.
  package struct Detail: Sendable, Equatable {
    let bound: Float

    /// Those whose scale is over `bound` times the mean of the row's scales.
    package static func over(_ bound: Float) -> Detail { Detail(bound: bound) }
    /// Every group: results are f32's but for some units of their last bits.
    package static let all = Detail.over(0)
  }

  /// Memory for `maximumRows` rows; only what is used is touched.
  package init(columns: Int, maximumRows: Int, detail: Detail) {
    precondition(columns >= 0 && maximumRows > 0)
    self.columns = columns
    self.detail = detail
    groupsPerRow = ck_row_groups(columns)
    let valueBytes = roundUp(maximumRows * columns * 4, 64)
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: valueBytes + maximumRows * groupsPerRow * 64, alignment: 64)
    pointer = memory.assumingMemoryBound(to: Float.self)
    groups = (memory + valueBytes).assumingMemoryBound(to: ck_group.self)
    owned = memory
  }

  /// Rows that stay where they are, in all detail; groups lie in the pool's scratch, so that one
  /// such object is in use at a time.
  init(borrowing x: UnsafePointer<Float>, columns: Int, maximumRows: Int = 64, pool: ThreadPool) {
    self.columns = columns
    pointer = UnsafeMutablePointer(mutating: x)
    detail = .all
    groupsPerRow = ck_row_groups(columns)
    groups = pool.inputScratch.reserve(maximumRows * groupsPerRow * 64)
      .assumingMemoryBound(to: ck_group.self)
    owned = nil
  }

  deinit { owned?.deallocate() }

  package func row(_ i: Int) -> UnsafeMutablePointer<Float> { pointer + i * columns }

  /// Quantises row `i`, for products with block-quantised weights; columns are a multiple of 32 then.
  package func quantize(row i: Int) { quantize(row: i, kernels: ck_current()) }

  private func quantize(row i: Int, kernels: UnsafePointer<ck_kernels>) {
    kernels.pointee.quantize_row(row(i), columns, detail.bound, groups + i * groupsPerRow)
  }

  /// Quantises rows 0..<count.
  package func quantize(rows count: Int, pool: ThreadPool) {
    // A single row is done before another thread could be told of it.
    let size = 8
    let kernels = ck_current()
    pool.run((count + size - 1) / size) { task in
      for row in task * size..<min(count, (task + 1) * size) {
        quantize(row: row, kernels: kernels)
      }
    }
  }
}
