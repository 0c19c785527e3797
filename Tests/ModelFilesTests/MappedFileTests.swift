import Foundation
import ModelFiles
import Testing

@Suite("Mapped files")
struct MappedFileTests {
  @Test("Released bytes read the same again, wherever pages start", arguments: [0, 1, 4095, 4097])
  func release(offset: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/bytes"
    let bytes = Data((0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) })
    try bytes.write(to: URL(fileURLWithPath: path))
    let file = try MappedFile(path: path)
    for end in [offset, offset + 1, 20_000, 50_000] {
      file.release(UnsafeRawBufferPointer(rebasing: file.bytes[offset..<max(offset, end)]))
      #expect(Data(file.bytes) == bytes)
    }
  }
}
