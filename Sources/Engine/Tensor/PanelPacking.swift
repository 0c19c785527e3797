internal import CKernels

/// How one matrix is packed: rows of blocks at `source` into panels of 16 rows at `target`.
///
/// Pieces may be packed by several threads, each with a room of its own.
struct PanelPacking {
  let type: ElementType
  let rows: Int
  let columns: Int
  let rowBytes: Int
  let panelBytes: Int
  let source: UnsafeRawPointer
  /// Of the source; nil if whoever packs keeps it.
  let owner: (any Sendable & AnyObject)?
  let target: UnsafeMutableRawPointer
  /// Of the target.
  let region: PackedRegion

  private static let panelRows = PackedWeights.panelRows
  /// Source bytes of a piece, about: they stay in a processor's cache while they are packed.
  private static let pieceBytes = 256 << 10

  private var panelsPerPiece: Int { max(1, Self.pieceBytes / max(1, Self.panelRows * rowBytes)) }

  /// Ranges of panels.
  var pieces: [Range<Int>] {
    let panels = (rows + Self.panelRows - 1) / Self.panelRows
    return stride(from: 0, to: panels, by: panelsPerPiece).map {
      $0..<min(panels, $0 + panelsPerPiece)
    }
  }

  /// Bytes that packing a piece needs for itself.
  var roomBytes: Int {
    owner is any FetchedBytes ? min(rows, panelsPerPiece * Self.panelRows) * rowBytes : 0
  }

  func pack(_ panels: Range<Int>, room: UnsafeMutableRawPointer) {
    let first = panels.lowerBound * Self.panelRows
    let end = min(rows, panels.upperBound * Self.panelRows)
    let bytes = UnsafeRawBufferPointer(
      start: source + first * rowBytes, count: (end - first) * rowBytes)
    let isCopied = (owner as? any FetchedBytes)?.copy(bytes, into: room) ?? false
    let start = (isCopied ? UnsafeRawPointer(room) : bytes.baseAddress!)
      .assumingMemoryBound(to: UInt8.self)
    for panel in panels {
      let row = panel * Self.panelRows
      ck_pack_panel(
        Int32(type.rawValue), start + (row - first) * rowBytes, rowBytes,
        min(Self.panelRows, rows - row), columns,
        (target + panel * panelBytes).assumingMemoryBound(to: UInt8.self))
    }
  }

  /// Gives the source's memory back.
  func release() {
    (owner as? any FetchedBytes)?.release(
      UnsafeRawBufferPointer(start: source, count: rows * rowBytes))
  }
}
