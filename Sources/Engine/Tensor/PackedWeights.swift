internal import CKernels

/// The rows of a matrix in panels of 16, in the order in which products read them; see CKernels'
/// packed.h. Weights keep their file's bits.
final class PackedWeights: Sendable {
  static let panelRows = 16

  let panelBytes: Int
  nonisolated(unsafe) let panels: UnsafeRawPointer
  private let region: PackedRegion

  /// Nil when there is no memory for it.
  init?(
    type: ElementType, rows: Int, columns: Int, source: UnsafeRawPointer,
    owner: any Sendable & AnyObject, rowBytes: Int, packer: WeightPacker
  ) {
    let panelBytes = ck_packed_panel_bytes(Int32(type.rawValue), columns)
    let count = (rows + Self.panelRows - 1) / Self.panelRows
    let (bytes, overflow) = panelBytes.multipliedReportingOverflow(by: count)
    guard !overflow, let (memory, region) = packer.take(bytes) else { return nil }
    packer.pack(
      PanelPacking(
        type: type, rows: rows, columns: columns, rowBytes: rowBytes, panelBytes: panelBytes,
        source: source, owner: owner, target: memory, region: region))
    self.panelBytes = panelBytes
    panels = UnsafeRawPointer(memory)
    self.region = region
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
