import Tensor

/// Keys and values of all layers, in pages of ``pageLength`` positions.
///
/// [layer][page][head][keys, values]: what a head keeps of a page is contiguous, laid out for
/// ``PagedAttention``; in f32 as keys and values of [pageLength][headDimension].
/// Memory is taken from the system only when a page is first written.
package final class KeyValueCache: @unchecked Sendable {
  package static let pageLength = PagedAttention.pageLength

  package enum Precision: String, Sendable, CaseIterable {
    case f16
    /// 8 bits with a scale for each 32: about half the memory and traffic of f16.
    case q8
    /// Exact, for comparisons: attention then runs on the plain path.
    case f32

    /// Nil for the plain path.
    var paged: CachePrecision? {
      switch self {
      case .f16: .f16
      case .q8: .q8
      case .f32: nil
      }
    }
  }

  package let pages: Int
  package let precision: Precision
  let heads: Int
  let headDimension: Int
  let layers: Int
  /// Bytes from a head's part of a page to the next head's, and to the next page's.
  let headBytes: Int
  let pageStride: Int
  private let storage: UnsafeMutableRawPointer
  private let byteCount: Int

  /// - Parameter hugePages: ask the system for pages of 2 MB.
  /// - Throws: ``TransformerError`` if the memory is not to be had.
  package init(
    configuration: ModelConfiguration, pages: Int, precision: Precision = .f16,
    hugePages: Bool = false
  ) throws(TransformerError) {
    precondition(pages > 0)
    self.pages = pages
    self.precision = precision
    heads = configuration.kvHeads
    headDimension = configuration.headDimension
    layers = configuration.layers
    headBytes = Self.headBytes(configuration, precision)
    pageStride = heads * headBytes
    let page = Self.bytesPerPage(configuration, precision: precision)
    let (size, overflow) = page.multipliedReportingOverflow(by: pages)
    guard !overflow, let memory = SystemMemory.reserve(size, hugePages: hugePages) else {
      throw TransformerError(
        .outOfMemory,
        message: "a cache of \(pages) pages of \(page) bytes cannot be allocated; lower the number "
          + "of cached tokens")
    }
    storage = memory
    byteCount = size
  }

  deinit { SystemMemory.release(storage, byteCount) }

  /// Bytes that one page takes over all layers.
  package static func bytesPerPage(
    _ configuration: ModelConfiguration, precision: Precision = .f16
  ) -> Int {
    configuration.layers * configuration.kvHeads * headBytes(configuration, precision)
  }

  private static func headBytes(_ configuration: ModelConfiguration, _ precision: Precision) -> Int
  {
    let dimension = configuration.headDimension
    guard let paged = precision.paged else { return 2 * pageLength * dimension * 4 }
    return PagedAttention.pageBytes(paged, headDimension: dimension)
  }

  /// Start of what a head keeps of a page.
  func start(layer: Int, page: Int, head: Int) -> UnsafeMutableRawPointer {
    storage + (layer * pages + page) * pageStride + head * headBytes
  }

  /// Writes one position's keys and values, each [heads][headDimension], into a page's slot.
  func write(
    layer: Int, page: Int, slot: Int, keys: UnsafePointer<Float>, values: UnsafePointer<Float>
  ) {
    for head in 0..<heads {
      let target = start(layer: layer, page: page, head: head)
      let key = keys + head * headDimension, value = values + head * headDimension
      if let paged = precision.paged {
        PagedAttention.store(
          key: key, value: value, precision: paged, headDimension: headDimension, slot: slot,
          page: target)
      } else {
        exactKeys(target, slot).update(from: key, count: headDimension)
        exactValues(target, slot).update(from: value, count: headDimension)
      }
    }
  }

  /// A slot's key in an f32 page: [headDimension].
  func exactKeys(_ page: UnsafeMutableRawPointer, _ slot: Int) -> UnsafeMutablePointer<Float> {
    page.assumingMemoryBound(to: Float.self) + slot * headDimension
  }

  /// A slot's value in an f32 page: [headDimension].
  func exactValues(_ page: UnsafeMutableRawPointer, _ slot: Int) -> UnsafeMutablePointer<Float> {
    exactKeys(page, Self.pageLength + slot)
  }

  /// Makes page `target` hold what page `source` holds, in all layers.
  package func copyPage(from source: Int, to target: Int) {
    precondition((0..<pages).contains(source) && (0..<pages).contains(target))
    guard source != target else { return }
    for layer in 0..<layers {
      start(layer: layer, page: target, head: 0).copyMemory(
        from: start(layer: layer, page: source, head: 0), byteCount: pageStride)
    }
  }
}
