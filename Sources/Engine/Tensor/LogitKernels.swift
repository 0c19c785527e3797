internal import CKernels

/// Work over rows of logits, as long as the vocabulary. All O(count).
package enum LogitKernels {
  private static var table: UnsafePointer<ck_kernels> { ck_current() }

  /// Elements that ``sums(_:maximum:scale:into:)`` adds up together.
  package static let block = Int(CK_ROW_BLOCK)

  /// The largest element, −∞ if there is none; NaN if one is NaN.
  package static func maximum(_ row: UnsafeBufferPointer<Float>) -> Float {
    guard let base = row.baseAddress else { return -.infinity }
    return table.pointee.row_maximum(base, row.count)
  }

  /// The first place of a value.
  package static func firstIndex(of value: Float, in row: UnsafeBufferPointer<Float>) -> Int? {
    guard let base = row.baseAddress else { return nil }
    let place = table.pointee.row_find(base, row.count, value)
    return place < row.count ? place : nil
  }

  /// into[i] = exp((row[i] − maximum) · scale), 0 under exp(−87.3); relative error under 2 ulp of the
  /// exponential, for elements up to `maximum` and scale > 0.
  package static func weights(
    _ row: UnsafeBufferPointer<Float>, maximum: Float, scale: Float,
    into: UnsafeMutablePointer<Float>
  ) {
    guard let base = row.baseAddress else { return }
    table.pointee.row_weights(base, row.count, maximum, scale, into)
  }

  /// The sums of these weights in blocks of ``block`` elements: [row.count / block, rounded up].
  package static func sums(
    _ row: UnsafeBufferPointer<Float>, maximum: Float, scale: Float,
    into sums: UnsafeMutablePointer<Double>
  ) {
    guard let base = row.baseAddress else { return }
    table.pointee.row_sums(base, row.count, maximum, scale, sums)
  }

  /// The places of elements at or above a bound, in order, into room for as many as the row has;
  /// gives how many.
  package static func indices(
    atLeast bound: Float, in row: UnsafeBufferPointer<Float>,
    into: UnsafeMutablePointer<Int32>
  ) -> Int {
    guard let base = row.baseAddress else { return 0 }
    return table.pointee.row_collect(base, row.count, bound, into)
  }
}
