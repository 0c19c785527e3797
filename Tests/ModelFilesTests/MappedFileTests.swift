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

  @Test("A copy of any part is that part, and none is made of what the file has lost")
  func copy() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    let path = try folder.write(bytes)
    let file = try MappedFile(path: path)
    for part in [0..<0, 0..<50_000, 4095..<4097, 49_999..<50_000, 50_000..<50_000] {
      var copy = [UInt8](repeating: 0, count: part.count)
      let isCopied = copy.withUnsafeMutableBytes { copy in
        // An empty buffer may have no address.
        copy.isEmpty
          || file.copy(.init(rebasing: file.bytes[part]), into: copy.baseAddress!)
      }
      #expect(isCopied)
      #expect(copy == Array(bytes[part]))
    }
    try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: 10_000)
    var copy = [UInt8](repeating: 0, count: 10_000)
    let isCopied = copy.withUnsafeMutableBytes {
      file.copy(.init(rebasing: file.bytes[5_000..<15_000]), into: $0.baseAddress!)
    }
    #expect(!isCopied)
  }
}
