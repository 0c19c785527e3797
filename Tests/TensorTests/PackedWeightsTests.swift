import CKernels
import Tensor
import Testing

@Suite("Packed weights")
struct PackedWeightsTests {
  static let types = ElementType.allCases

  @Test("What is taken out of a panel is, bit for bit, what was packed", arguments: types)
  func roundTrip(type: ElementType) {
    var random = Random(UInt64(type.rawValue) + 400)
    let kind = Int32(type.rawValue)
    for (rows, blocks) in [(1, 1), (15, 2), (16, 1), (16, 5)] {
      let columns = blocks * type.blockSize, rowBytes = blocks * type.bytesPerBlock
      let source = (0..<rows * rowBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
      let panel = UnsafeMutablePointer<UInt8>.allocate(
        capacity: ck_packed_panel_bytes(kind, columns))
      defer { panel.deallocate() }
      ck_pack_panel(kind, source, rowBytes, rows, columns, panel)
      var back = [UInt8](repeating: 0, count: rowBytes)
      for row in 0..<rows {
        ck_unpack_lane(kind, panel, row, columns, &back)
        #expect(back == Array(source[row * rowBytes..<(row + 1) * rowBytes]), "row \(row)")
      }
    }
  }

  @Test("Packed weights take hardly more than the file's bytes", arguments: types)
  func size(type: ElementType) {
    let columns = 8 * 256
    let bytes = ck_packed_panel_bytes(Int32(type.rawValue), columns)
    #expect(bytes <= 16 * type.byteCount(elements: columns)! * 103 / 100)
  }

  /// Bytes that count what is given back.
  private final class Fetched: FetchedBytes, @unchecked Sendable {
    let box: OwnedBytes
    var released = 0
    init(_ box: OwnedBytes) { self.box = box }
    func copy(_ bytes: UnsafeRawBufferPointer, into: UnsafeMutableRawPointer) -> Bool { false }
    func release(_ bytes: UnsafeRawBufferPointer) { released += bytes.count }
  }

  @Test("A matrix gives its file's bytes back and no longer reads them")
  func release() throws {
    for type in [ElementType.q4_1, .f32] {
      var random = Random(3)
      let bytes = randomBlocks(type, elements: 5 * 32, &random)
      let owner = Fetched(OwnedBytes(bytes))
      let matrix = try WeightMatrix(
        type: type, rows: 5, columns: 32, bytes: UnsafeRawBufferPointer(owner.box.buffer),
        owner: owner)
      #expect(owner.released == bytes.count)
      let before = guarded(32) { matrix.copyRow(4, into: $0) }
      for i in bytes.indices { owner.box.buffer[i] = 0 }
      #expect(guarded(32) { matrix.copyRow(4, into: $0) } == before)
    }
  }

  @Test("A pool packs what one thread packs", arguments: types)
  func pooled(type: ElementType) throws {
    var random = Random(12)
    let columns = 2 * type.blockSize, rows = 83
    let box = OwnedBytes(randomBlocks(type, elements: rows * columns, &random))
    let packer = WeightPacker(pool: ThreadPool(threads: 3))
    let matrices = try [nil, packer, packer].map {
      try WeightMatrix(
        type: type, rows: rows, columns: columns, bytes: UnsafeRawBufferPointer(box.buffer),
        owner: box, packer: $0)
    }
    let x = random.normals(2 * columns)
    let results = matrices.map { MultiplyTests.product($0, x, count: 2) }
    #expect(results[1] == results[0])
    #expect(results[2] == results[0])
  }
}
