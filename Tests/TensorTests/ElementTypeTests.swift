import Tensor
import Testing

@Suite("Element types")
struct ElementTypeTests {
  @Test(
    "A type has GGML's id, block and bytes",
    arguments: [
      (ElementType.f32, 0, 1, 4), (.f16, 1, 1, 2), (.q4_0, 2, 32, 18), (.q4_1, 3, 32, 20),
      (.q5_0, 6, 32, 22), (.q5_1, 7, 32, 24), (.q8_0, 8, 32, 34), (.q4_K, 12, 256, 144),
      (.q5_K, 13, 256, 176), (.q6_K, 14, 256, 210), (.bf16, 30, 1, 2),
    ] as [(ElementType, UInt32, Int, Int)])
  func layout(type: ElementType, id: UInt32, block: Int, bytes: Int) {
    #expect(type.rawValue == id)
    #expect(type.blockSize == block)
    #expect(type.bytesPerBlock == bytes)
    #expect(type.byteCount(elements: 3 * block) == 3 * bytes)
    #expect(type.byteCount(elements: 0) == 0)
  }

  @Test("Partial blocks, negative counts and overflow have no byte count")
  func impossibleCounts() {
    #expect(ElementType.q4_0.byteCount(elements: 33) == nil)
    #expect(ElementType.q6_K.byteCount(elements: 128) == nil)
    #expect(ElementType.f32.byteCount(elements: -1) == nil)
    #expect(ElementType.f32.byteCount(elements: Int.max / 2) == nil)
    #expect(ElementType.q8_0.byteCount(elements: Int.max - 31) == nil)
  }

  @Test("Names are GGML's")
  func names() {
    #expect(ElementType.q4_K.name == "Q4_K")
    #expect(Set(ElementType.allCases.map(\.name)).count == ElementType.allCases.count)
  }
}
