import Foundation
import ModelFiles
import Testing

@Suite("Hostile GGUF")
struct GGUFHostileTests {
  /// A file whose parts contradict each other, and what the refusal must say.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var code: ModelFileError.Code
    var field: String

    init(_ name: String, _ raw: RawBytes, _ code: ModelFileError.Code, _ field: String) {
      testDescription = name
      bytes = raw.bytes
      self.code = code
      self.field = field
    }
  }

  static let cases: [Case] = headers + metadata + tensors

  static let headers = [
    Case("empty file", RawBytes(), .truncated, "magic number"),
    Case("another format", RawBytes().zeros(64), .malformed, "magic number"),
    Case("version 1", .gguf(version: 1), .unsupported, "version"),
    Case("version 4", .gguf(version: 4), .unsupported, "version"),
    Case("big-endian", .gguf(version: 3 << 24), .unsupported, "version"),
    Case("2⁶⁴ − 1 tensors", .gguf(tensors: .max), .truncated, "tensor count"),
    Case("2⁶³ tensors", .gguf(tensors: 1 << 63), .truncated, "tensor count"),
    Case("2⁶⁴ − 1 pairs", .gguf(pairs: .max), .truncated, "metadata count"),
    Case("one pair more than bytes", .gguf(pairs: 2).zeros(25), .truncated, "metadata count"),
  ]

  static let metadata = [
    Case("a key of 2⁶⁴ − 1 bytes", .gguf(pairs: 1).u64(.max).zeros(32), .truncated, "key of"),
    Case("a key of 2⁶³ bytes", .gguf(pairs: 1).u64(1 << 63).zeros(32), .truncated, "key of"),
    Case(
      "a key too long", .gguf(pairs: 1).u64(70_000).zeros(80_000), .limit, "key of"),
    Case(
      "a key that is not UTF-8",
      .gguf(pairs: 1).u64(2).appending([0xC3, 0x28]).u32(0).zeros(8), .malformed, "key of"),
    Case(
      "an unknown type", .gguf(pairs: 1).string("k").u32(13).zeros(8), .unsupported, "type of k"),
    Case("a boolean of 2", .gguf(pairs: 1).string("k").u32(7).appending([2]), .malformed, "k"),
    Case(
      "a string past the end", .gguf(pairs: 1).string("k").u32(8).u64(1000), .truncated, "k"),
    Case(
      "an array of 2⁶¹ + 1 64-bit numbers",
      .gguf(pairs: 1).string("k").u32(9).u32(10).u64(1 << 61 + 1).zeros(64), .truncated, "array k"),
    Case(
      "an array of 2⁶² strings",
      .gguf(pairs: 1).string("k").u32(9).u32(8).u64(1 << 62).zeros(64), .truncated, "array k"),
    Case(
      "arrays nested five deep",
      (0..<5).reduce(RawBytes.gguf(pairs: 1).string("k").u32(9)) { raw, _ in raw.u32(9).u64(1) }
        .zeros(64), .limit, "k"),
    Case(
      "arrays nested a thousand deep",
      (0..<1000).reduce(RawBytes.gguf(pairs: 1).string("k").u32(9)) { raw, _ in raw.u32(9).u64(1) },
      .limit, "k"),
    Case(
      "a key twice",
      .gguf(pairs: 2).string("k").u32(4).u32(1).string("k").u32(4).u32(2), .duplicate, "k"),
    Case("alignment 0", alignment(0), .malformed, "general.alignment"),
    Case("alignment 48", alignment(48), .malformed, "general.alignment"),
    Case("alignment 1", alignment(1), .malformed, "general.alignment"),
    Case("alignment 2³¹", alignment(1 << 31), .malformed, "general.alignment"),
  ]

  static let tensors = [
    Case("five dimensions", tensor([1, 1, 1, 1, 1]), .limit, "dimension count of tensor t"),
    Case(
      "2³² − 1 dimensions", RawBytes.gguf(tensors: 1).string("t").u32(.max).zeros(64), .limit,
      "dimension count of tensor t"),
    Case("a dimension of 0", tensor([4, 0]), .limit, "dimension 1 of tensor t"),
    Case("a dimension of 2⁶⁴ − 1", tensor([.max]), .limit, "dimension 0 of tensor t"),
    Case("dimensions of 2³¹", tensor([1 << 31, 1 << 31]), .malformed, "shape of tensor t"),
    Case("a dimension of 2³¹", tensor([1 << 31]), .truncated, "offset of tensor t"),
    Case(
      "dimensions whose product is 0 modulo 2⁶⁴", tensor([1 << 32, 1 << 32]), .limit,
      "shape of tensor t"),
    Case(
      "an unknown element type", tensor([4], type: 99), .unsupported, "element type of tensor t"),
    Case("an unsupported type", tensor([256], type: 10), .unsupported, "element type of tensor t"),
    Case("half a block", tensor([16, 2], type: 2), .malformed, "shape of tensor t"),
    Case("a misaligned offset", tensor([4], offset: 8), .malformed, "offset of tensor t"),
    Case("an offset past the end", tensor([4], offset: 1 << 40), .truncated, "offset of tensor t"),
    Case("an offset of 2⁶⁴ − 32", tensor([4], offset: 0 &- 32), .truncated, "offset of tensor t"),
    Case("data cut short", tensor([64]), .truncated, "offset of tensor t"),
    Case(
      "a name twice",
      RawBytes.gguf(tensors: 2).tensor("t", [4]).tensor("t", [4], offset: 32).zeros(128),
      .duplicate, "tensor t"),
    Case(
      "overlap",
      RawBytes.gguf(tensors: 2).tensor("a", [16]).tensor("b", [4], offset: 32).zeros(128),
      .malformed, "tensor b"),
    Case(
      "a tensor in place of another",
      RawBytes.gguf(tensors: 2).tensor("a", [8]).tensor("b", [8]).zeros(128), .malformed,
      "overlaps"),
  ]

  private static func alignment(_ value: UInt32) -> RawBytes {
    RawBytes.gguf(pairs: 1).string("general.alignment").u32(4).u32(value)
  }

  private static func tensor(
    _ dimensions: [UInt64], type: UInt32 = 0, offset: UInt64 = 0
  ) -> RawBytes {
    RawBytes.gguf(tensors: 1).tensor("t", dimensions, type: type, offset: offset).zeros(96)
  }

  @Test("a contradiction is refused by name", arguments: cases)
  func refused(_ hostile: Case) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(hostile.bytes)
    let error = #expect(throws: ModelFileError.self) { try GGUFFile(path: path) }
    #expect(error?.code == hostile.code)
    #expect(error?.path == path)
    #expect(error?.description.contains(hostile.field) == true, "\(String(describing: error))")
  }

  @Test("a file cut at any byte is refused")
  func truncation() throws {
    let folder = try TemporaryFolder()
    let bytes = GGUFRoundTripTests.sample().encoded()
    let whole = try GGUFFile(path: try folder.write(bytes, as: "whole"))
    let end = try #require(whole.tensors.map { $0.offset + $0.bytes.count }.max())
    for length in 0..<end {
      let path = try folder.write(Array(bytes[..<length]))
      #expect(throws: ModelFileError.self, "cut at \(length)") { try GGUFFile(path: path) }
    }
  }

  @Test("a file with any byte changed is refused or read, within bounded memory")
  func flips() throws {
    let folder = try TemporaryFolder()
    let bytes = GGUFRoundTripTests.sample().encoded()
    let before = peakMemoryBytes()
    for position in bytes.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var changed = bytes
        changed[position] ^= mask
        let path = try folder.write(changed)
        do throws(ModelFileError) {
          let file = try GGUFFile(path: path)
          #expect(file.tensors.allSatisfy { $0.offset + $0.bytes.count <= bytes.count })
        } catch {
          #expect(error.path == path)
        }
      }
    }
    #expect(peakMemoryBytes() - before < 256 << 20)
  }

  @Test("a missing file and a folder are refused with what to do")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: ModelFileError.self) {
      try GGUFFile(path: folder.path + "/none")
    }
    #expect(missing?.code == .unreadable)
    #expect(missing?.message.contains("check the path") == true)
    #expect(throws: ModelFileError.self) { try GGUFFile(path: folder.path) }
  }

  @Test("a named pipe that nobody writes to is refused at once", .timeLimit(.minutes(20)))
  func pipe() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    let error = #expect(throws: ModelFileError.self) { try GGUFFile(path: path) }
    #expect(error?.message.contains("not a regular file") == true)
  }
}
