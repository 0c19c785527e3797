internal import CKernels

/// How one matrix is packed: rows of blocks at `source` into panels of 16 rows at `target`.
struct PanelPacking {
  let type: ElementType
  let rows: Int
  let columns: Int
  let rowBytes: Int
  let panelBytes: Int
  let source: UnsafeRawPointer
  /// Of the source.
  let owner: any Sendable & AnyObject
  let target: UnsafeMutableRawPointer
  /// Of the target.
  let region: PackedRegion

  /// Source bytes of a piece, about: they stay in a processor's cache while they are packed.
  private static let pieceBytes = 256 << 10

  /// Parts that may be packed by several threads.
  var pieces: [Piece] {
    let panelRows = PackedWeights.panelRows
    let most = max(1, Self.pieceBytes / max(1, panelRows * rowBytes)) * panelRows
    return stride(from: 0, to: rows, by: most).map { Piece(of: self, $0..<min(rows, $0 + most)) }
  }

  /// Gives the source's memory back.
  func release() {
    (owner as? any FetchedBytes)?.release(
      UnsafeRawBufferPointer(start: source, count: rows * rowBytes))
  }

  /// Rows of a matrix, from the start of a panel on.
  struct Piece {
    private let packing: PanelPacking
    private let rows: Range<Int>

    init(of packing: PanelPacking, _ rows: Range<Int>) {
      self.packing = packing
      self.rows = rows
    }

    var source: UnsafeRawPointer { packing.source + rows.lowerBound * packing.rowBytes }
    var byteCount: Int { rows.count * packing.rowBytes }

    /// - Parameter room: `byteCount` bytes that no other piece uses meanwhile.
    func pack(room: UnsafeMutableRawPointer) {
      let (panelRows, rowBytes) = (PackedWeights.panelRows, packing.rowBytes)
      let bytes = UnsafeRawBufferPointer(start: source, count: byteCount)
      let isCopied = (packing.owner as? any FetchedBytes)?.copy(bytes, into: room) ?? false
      let start = (isCopied ? UnsafeRawPointer(room) : source).assumingMemoryBound(to: UInt8.self)
      for row in stride(from: rows.lowerBound, to: rows.upperBound, by: panelRows) {
        ck_pack_panel(
          Int32(packing.type.rawValue), start + (row - rows.lowerBound) * rowBytes, rowBytes,
          min(panelRows, rows.upperBound - row), packing.columns,
          (packing.target + row / panelRows * packing.panelBytes)
            .assumingMemoryBound(to: UInt8.self))
      }
    }
  }
}
