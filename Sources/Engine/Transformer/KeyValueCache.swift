import Tensor

/// Keys and values of all layers, in pages of ``pageLength`` positions.
///
/// A page of one layer and one head is [pageLength][headDimension], contiguous. The pages of a layer
/// follow each other, a page's heads within it: [layer][key, value][page][head][position][dimension].
/// Memory is taken from the system only when a page is first written.
package final class KeyValueCache: @unchecked Sendable {
  package static let pageLength = 16

  package enum Precision: Sendable {
    case f16
    /// Exact, for comparisons: attention then runs on the plain path.
    case f32

    var bytes: Int { self == .f16 ? 2 : 4 }
  }

  package let pages: Int
  package let precision: Precision
  let heads: Int
  let headDimension: Int
  let layers: Int
  private let storage: UnsafeMutableRawPointer
  private let byteCount: Int

  /// Bytes of one (layer, key or value, page, head).
  let headBytes: Int

  /// - Throws: ``TransformerError`` if the memory is not to be had.
  package init(
    configuration: ModelConfiguration, pages: Int, precision: Precision = .f16
  ) throws(TransformerError) {
    precondition(pages > 0)
    self.pages = pages
    self.precision = precision
    heads = configuration.kvHeads
    headDimension = configuration.headDimension
    layers = configuration.layers
    headBytes = Self.pageLength * headDimension * precision.bytes
    let page = Self.bytesPerPage(configuration, precision: precision)
    let (size, overflow) = page.multipliedReportingOverflow(by: pages)
    guard !overflow, let memory = SystemMemory.reserve(size) else {
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
    2 * configuration.layers * configuration.kvHeads * configuration.headDimension * pageLength
      * precision.bytes
  }

  /// Start of a head's keys in a page: [pageLength][headDimension].
  func keys(layer: Int, page: Int, head: Int) -> UnsafeMutableRawPointer {
    storage + (((2 * layer) * pages + page) * heads + head) * headBytes
  }

  /// Start of a head's values in a page: [pageLength][headDimension].
  func values(layer: Int, page: Int, head: Int) -> UnsafeMutableRawPointer {
    storage + (((2 * layer + 1) * pages + page) * heads + head) * headBytes
  }

  /// Writes one position's keys and values, each [heads][headDimension], into a page's slot.
  func write(
    layer: Int, page: Int, slot: Int, keys newKeys: UnsafePointer<Float>,
    values newValues: UnsafePointer<Float>
  ) {
    for head in 0..<heads {
      store(newKeys + head * headDimension, keys(layer: layer, page: page, head: head), slot)
      store(newValues + head * headDimension, values(layer: layer, page: page, head: head), slot)
    }
  }

  private func store(_ row: UnsafePointer<Float>, _ page: UnsafeMutableRawPointer, _ slot: Int) {
    switch precision {
    case .f16:
      let target = page.assumingMemoryBound(to: UInt16.self) + slot * headDimension
      Kernels.toHalf(row, into: target, count: headDimension)
    case .f32:
      let target = page.assumingMemoryBound(to: Float.self) + slot * headDimension
      target.update(from: row, count: headDimension)
    }
  }
}
