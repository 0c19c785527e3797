import Tensor
import Testing

@Suite("Weight matrices")
struct WeightMatrixTests {
  static func code(type: ElementType, rows: Int, columns: Int, bytes: Int) -> TensorError.Code? {
    let box = OwnedBytes([UInt8](repeating: 0, count: bytes))
    do throws(TensorError) {
      _ = try WeightMatrix(
        type: type, rows: rows, columns: columns,
        bytes: UnsafeRawBufferPointer(rebasing: box.buffer[..<bytes]), owner: box)
      return nil
    } catch {
      return error.code
    }
  }

  @Test("A matrix takes exactly the bytes of its shape")
  func bytes() {
    #expect(Self.code(type: .q4_1, rows: 2, columns: 64, bytes: 80) == nil)
    #expect(Self.code(type: .q4_1, rows: 0, columns: 64, bytes: 0) == nil)
    #expect(Self.code(type: .q4_1, rows: 2, columns: 64, bytes: 79) == .wrongByteCount)
    #expect(Self.code(type: .q4_1, rows: 2, columns: 64, bytes: 81) == .wrongByteCount)
    #expect(Self.code(type: .q4_1, rows: 2, columns: 65, bytes: 80) == .partialBlock)
    #expect(Self.code(type: .q4_K, rows: 2, columns: 64, bytes: 80) == .partialBlock)
    #expect(Self.code(type: .f32, rows: -1, columns: 1, bytes: 0) == .invalidDimension)
    #expect(Self.code(type: .f32, rows: 1, columns: -1, bytes: 0) == .invalidDimension)
    #expect(Self.code(type: .f32, rows: Int.max, columns: 2, bytes: 8) == .invalidDimension)
    #expect(Self.code(type: .f32, rows: 0, columns: 1 << 40, bytes: 0) == .invalidDimension)
  }

  @Test("Errors name the field and what it should be")
  func messages() {
    let box = OwnedBytes([0, 0])
    #expect(throws: TensorError(.wrongByteCount, "bytes: 2, but 1 × 2 of F16 take 4")) {
      try WeightMatrix(
        type: .f16, rows: 1, columns: 2, bytes: UnsafeRawBufferPointer(box.buffer), owner: box)
    }
  }

  @Test("Looking up rows gives the dequantised bytes in order", arguments: ElementType.allCases)
  func rows(type: ElementType) throws {
    var random = Random(UInt64(type.rawValue) + 300)
    let columns = type.blockSize == 1 ? 13 : 2 * type.blockSize
    let bytes = randomBlocks(type, elements: 3 * columns, &random)
    let box = OwnedBytes(bytes)
    let matrix = try WeightMatrix(
      type: type, rows: 3, columns: columns, bytes: UnsafeRawBufferPointer(box.buffer), owner: box)
    let all = guarded(3 * columns) { Kernels.dequantize(type, bytes, into: $0, count: 3 * columns) }
    for row in 0..<3 {
      let values = guarded(columns) { matrix.copyRow(row, into: $0) }
      #expect(values == Array(all[row * columns..<(row + 1) * columns]))
    }
  }

  @Test("A row out of range traps")
  func outOfRange() async {
    await #expect(processExitsWith: .failure) {
      var random = Random(1)
      let matrix = try matrix(.f32, rows: 2, columns: 1, &random)
      _ = guarded(1) { matrix.copyRow(2, into: $0) }
    }
  }
}
