import CKernels
import Synchronization
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

  /// Bytes that count what is given back, and that may give copies.
  private final class Fetched: FetchedBytes, @unchecked Sendable {
    let box: OwnedBytes
    let copies: Bool
    var released = 0

    init(_ box: OwnedBytes, copies: Bool = false) {
      self.box = box
      self.copies = copies
    }

    func copy(_ bytes: UnsafeRawBufferPointer, into: UnsafeMutableRawPointer) -> Bool {
      if copies { into.copyMemory(from: bytes.baseAddress!, byteCount: bytes.count) }
      return copies
    }

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

  @Test(
    "What is packed later is what is packed at once, and what is done meanwhile is done once",
    arguments: [true, false])
  func deferred(copies: Bool) throws {
    var random = Random(13)
    let packer = WeightPacker(pool: ThreadPool(threads: 3), regionBytes: 1 << 20, defers: true)
    var pairs: [(WeightMatrix, WeightMatrix)] = []
    weak var kept: Fetched?
    // Several pieces a matrix, several regions, and a last panel that is not full.
    for (type, rows, columns) in [(ElementType.q8_0, 1003, 512), (.f32, 517, 96), (.q4_1, 1, 32)] {
      let box = OwnedBytes(randomBlocks(type, elements: rows * columns, &random))
      let owner = Fetched(box, copies: copies)
      func matrix(_ packer: WeightPacker?) throws -> WeightMatrix {
        try WeightMatrix(
          type: type, rows: rows, columns: columns, bytes: UnsafeRawBufferPointer(box.buffer),
          owner: owner, packer: packer)
      }
      pairs.append((try matrix(packer), try matrix(nil)))
      kept = owner
    }
    #expect(kept != nil)
    let counts = (0..<5).map { _ in Counter() }
    packer.finish(alongside: counts.map { count in { count.value.add(1, ordering: .relaxed) } })
    #expect(kept == nil)
    #expect(counts.allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
    for (later, now) in pairs {
      for row in 0..<now.rows {
        let rows = [later, now].map { m in guarded(now.columns) { m.copyRow(row, into: $0) } }
        #expect(rows[0] == rows[1])
      }
    }
  }

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }
}
