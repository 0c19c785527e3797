internal import CKernels

/// The rows of a matrix in panels of 16, in the order in which products read them; see CKernels'
/// packed.h. Weights keep their file's bits.
final class PackedWeights: Sendable {
  static let panelRows = 16

  let panelBytes: Int
  nonisolated(unsafe) let panels: UnsafeRawPointer
  private let owner: PackedRegion

  /// Nil when there is no memory for it.
  init?(
    type: ElementType, rows: Int, columns: Int, source: UnsafeRawPointer, rowBytes: Int,
    packer: WeightPacker
  ) {
    let kind = Int32(type.rawValue)
    let panelBytes = ck_packed_panel_bytes(kind, columns)
    let count = (rows + Self.panelRows - 1) / Self.panelRows
    let (bytes, overflow) = panelBytes.multipliedReportingOverflow(by: count)
    guard !overflow, let (memory, owner) = packer.take(bytes) else { return nil }
    let target = memory.assumingMemoryBound(to: UInt8.self)
    let bytesIn = source.assumingMemoryBound(to: UInt8.self)
    let tasks = min(count, 4 * packer.pool.threads)
    packer.pool.run(tasks) { task in
      for panel in count * task / tasks..<count * (task + 1) / tasks {
        let first = panel * Self.panelRows
        ck_pack_panel(
          kind, bytesIn + first * rowBytes, rowBytes, min(Self.panelRows, rows - first), columns,
          target + panel * panelBytes)
      }
    }
    self.panelBytes = panelBytes
    panels = UnsafeRawPointer(memory)
    self.owner = owner
  }

  /// The bytes that row `i` was packed from.
  func copyBytes(
    ofRow i: Int, type: ElementType, columns: Int, into bytes: UnsafeMutableRawPointer
  ) {
    let panel = panels + i / Self.panelRows * panelBytes
    ck_unpack_lane(
      Int32(type.rawValue), panel.assumingMemoryBound(to: UInt8.self), i % Self.panelRows, columns,
      bytes.assumingMemoryBound(to: UInt8.self))
  }
}
