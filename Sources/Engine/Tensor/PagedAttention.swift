internal import CKernels

/// How a cache of keys and values keeps its numbers.
package enum CachePrecision: Int32, Sendable {
  /// IEEE binary16.
  case f16
  /// 8 bits, with a binary16 scale for each position and 32 dimensions: 8.5 bits a number.
  case q8
}

/// Attention of some rows of one sequence, at consecutive positions, for the query heads that share
/// one head of keys and values: out = Σ softmax(cap(scale · query · key)) · value over the positions
/// up to the row's own.
///
/// A row's result is the same bits whichever rows come with it, and whether it is computed at once
/// (`run`) or in parts (`run(range:parts:)`, then `join`). Source of the way of summing: Dao et al.,
/// FlashAttention (arXiv 2205.14135).
package struct PagedAttention {
  /// Positions in a page.
  package static let pageLength = Int(CK_CACHE_PAGE)
  /// Positions in a part.
  package static let rangeLength = Int(CK_ATTENTION_RANGE)

  /// This head's part of the cache's page 0, and the bytes from a page's part to the next page's.
  package var pages: UnsafeRawPointer
  package var pageStride: Int
  /// Position p lies in page table[p / pageLength].
  package var table: UnsafePointer<Int32>
  package var precision: CachePrecision
  package var headDimension: Int
  /// Positions that a row looks back on, itself included; 0 for all.
  package var window: Int
  package var scale: Float
  /// cap(s) = softCap · tanh(s / softCap); 0 for none.
  package var softCap: Float
  package var rows: Int
  /// Query heads.
  package var group: Int
  /// The first row's.
  package var position: Int
  /// [rows][rowStride], of which [group][headDimension] are used.
  package var query: UnsafePointer<Float>
  package var out: UnsafeMutablePointer<Float>
  package var rowStride: Int
  /// `scratchCount` floats, 64-byte aligned.
  package var scratch: UnsafeMutablePointer<Float>

  package init(
    pages: UnsafeRawPointer, pageStride: Int, table: UnsafePointer<Int32>,
    precision: CachePrecision, headDimension: Int, window: Int = 0, scale: Float,
    softCap: Float = 0, rows: Int, group: Int, position: Int, query: UnsafePointer<Float>,
    out: UnsafeMutablePointer<Float>, rowStride: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    precondition(rows > 0 && group > 0 && headDimension > 0 && position >= 0 && window >= 0)
    self.pages = pages
    self.pageStride = pageStride
    self.table = table
    self.precision = precision
    self.headDimension = headDimension
    self.window = window
    self.scale = scale
    self.softCap = softCap
    self.rows = rows
    self.group = group
    self.position = position
    self.query = query
    self.out = out
    self.rowStride = rowStride
    self.scratch = scratch
  }

  // MARK: Sizes

  /// Bytes of one page of one head, a multiple of 64.
  package static func pageBytes(_ precision: CachePrecision, headDimension: Int) -> Int {
    ck_cache_page_bytes(precision.rawValue, headDimension)
  }

  /// Floats of one part of one row and query head.
  package static func partCount(headDimension: Int) -> Int { ck_attention_part(headDimension) }

  /// Floats of scratch, a multiple of 16.
  package static func scratchCount(rows: Int, group: Int, headDimension: Int) -> Int {
    (ck_attention_scratch(rows, group, headDimension) + 15) / 16 * 16
  }

  /// The ranges, of ``rangeLength`` positions, that rows at these positions need.
  package static func ranges(positions: Range<Int>, window: Int) -> Range<Int> {
    let first = window == 0 ? 0 : max(0, positions.lowerBound + 1 - window)
    return first / rangeLength..<(positions.upperBound - 1) / rangeLength + 1
  }

  // MARK: Running

  package func run() {
    withKernel { table, attention in table.pointee.attend(attention) }
  }

  /// Computes the parts of one range: [rows × group][partCount].
  package func run(range: Int, parts: UnsafeMutablePointer<Float>) {
    withKernel { table, attention in table.pointee.attend_range(attention, range, parts) }
  }

  /// Joins the parts of `count` consecutive ranges, all that the rows need, [count][rows × group]
  /// [partCount], into `out`. The first are overwritten.
  package func join(_ count: Int, parts: UnsafeMutablePointer<Float>) {
    withKernel { table, attention in table.pointee.attend_join(attention, count, parts) }
  }

  /// Writes one head's key and value of a position, [headDimension] each, into a slot of a page.
  package static func store(
    key: UnsafePointer<Float>, value: UnsafePointer<Float>, precision: CachePrecision,
    headDimension: Int, slot: Int, page: UnsafeMutableRawPointer
  ) {
    ck_current().pointee.store_position(
      precision.rawValue, headDimension, slot, key, value,
      page.assumingMemoryBound(to: UInt8.self))
  }

  private func withKernel(_ body: (UnsafePointer<ck_kernels>, UnsafePointer<ck_attention>) -> Void)
  {
    var attention = ck_attention(
      pages: pages.assumingMemoryBound(to: UInt8.self), page_stride: pageStride, table: table,
      precision: precision.rawValue, head_dimension: headDimension, window: window, scale: scale,
      soft_cap: softCap, rows: rows, group: group, position: position, query: query, out: out,
      row_stride: rowStride, scratch: scratch)
    body(ck_current(), &attention)
  }
}
