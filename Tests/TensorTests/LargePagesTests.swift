import Testing

@testable import Tensor

@Suite("Large pages")
struct LargePagesTests {
  /// Of pieces of 2⁰ to 2¹⁰ pages.
  private static func line(
    _ node: Int, _ zone: String, _ eight: Int, _ nine: Int, _ ten: Int
  )
    -> String
  {
    "Node \(node), zone \(zone) 7 7 7 7 7 7 7 7 \(eight) \(nine) \(ten)\n"
  }

  @Test(
    "Free are pieces of 2 MiB and more, on the node that has the least",
    arguments: [
      (line(0, "Normal", 9, 1, 2), 5), (line(0, "Normal", 9, 0, 0), 0),
      (line(0, "DMA", 0, 0, 3) + line(0, "DMA32", 0, 1, 0) + line(0, "Normal", 0, 2, 0), 3),
      (line(0, "Normal", 0, 4, 0) + line(1, "Normal", 0, 0, 1), 2), ("", 0), ("nonsense\n", 0),
      (line(0, "Normal", 0, 4, 0) + "Node 1, zone Normal x\n", 0),
      (line(0, "Normal", 0, 4, .max), 0),
    ])
  func free(buddyinfo: String, expected: Int) {
    #expect(LargePages.freeBytes(buddyinfo: buddyinfo, pageBytes: 4096) == expected << 21)
  }
}

@Suite("Float buffers")
struct FloatBufferTests {
  @Test("A buffer is zero and begins a cache line", arguments: [0, 1, 15, 1000, 1 << 20])
  func zeroed(count: Int) {
    let buffer = FloatBuffer(count: count)
    #expect(UInt(bitPattern: buffer.pointer).isMultiple(of: 64))
    #expect((0..<count).allSatisfy { buffer.pointer[$0] == 0 })
  }
}
