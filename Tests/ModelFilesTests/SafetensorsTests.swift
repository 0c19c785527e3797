import ModelFiles
import Tensor
import Testing

@Suite("Safetensors")
struct SafetensorsTests {
  static let header =
    #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"#
    + #""b":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]},"#
    + #""c":{"dtype":"I64","shape":[1],"data_offsets":[22,30]},"#
    + #""d\u00e9\ud83d\ude00":{"dtype":"F16","shape":[],"data_offsets":[30,32]} }"#

  static func sample() -> [UInt8] {
    RawBytes().string(header).appending((0..<32).map { UInt8($0) }).bytes
  }

  @Test("names, types, shapes and bytes are read")
  func read() throws {
    let folder = try TemporaryFolder()
    let file = try SafetensorsFile(path: try folder.write(Self.sample()))
    #expect(file.metadata == ["format": "pt"])
    #expect(file.tensors.map(\.name) == ["a", "b", "dé😀"])
    let a = try #require(try file.tensor("a"))
    #expect(a.type == .f32)
    #expect(a.shape == [2, 2])
    #expect(Array(a.bytes) == (0..<16).map { UInt8($0) })
    #expect(Array(try #require(try file.tensor("b")).bytes) == (16..<22).map { UInt8($0) })
    #expect(try file.tensor("dé😀")?.shape == [])
    #expect(try file.tensor("none") == nil)
  }

  @Test("a tensor of another dtype is refused when it is asked for, by name")
  func otherDtype() throws {
    let folder = try TemporaryFolder()
    let file = try SafetensorsFile(path: try folder.write(Self.sample()))
    let error = #expect(throws: ModelFileError.self) { try file.tensor("c") }
    #expect(error?.code == .unsupported)
    #expect(error?.field == "dtype of c")
    #expect(error?.message.contains("I64") == true)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var code: ModelFileError.Code

    init(_ name: String, _ header: String, data: Int = 16, _ code: ModelFileError.Code) {
      testDescription = name
      bytes = RawBytes.safetensors(header, data: data).bytes
      self.code = code
    }

    init(_ name: String, raw: RawBytes, _ code: ModelFileError.Code) {
      testDescription = name
      bytes = raw.bytes
      self.code = code
    }
  }

  private static func one(_ shape: String, _ offsets: String, dtype: String = "F32") -> String {
    #"{"a":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  static let cases = [
    Case("an empty file", raw: RawBytes(), .truncated),
    Case("a header of 2⁶⁴ − 1 bytes", raw: RawBytes().u64(.max).zeros(64), .limit),
    Case("a header of 101 MB", raw: RawBytes().u64(101_000_000).zeros(64), .limit),
    Case("a header past the end", raw: RawBytes().u64(1000).zeros(64), .truncated),
    Case("a header that is no object", "[]", .malformed),
    Case("a header with a leading space", " {}", data: 0, .malformed),
    Case("text after the object", "{}}", data: 0, .malformed),
    Case("a key twice", #"{"a":{"dtype":"F32","dtype":"F32"}}"#, .duplicate),
    Case(
      "a tensor twice",
      String(one("[4]", "[0,16]").dropLast() + "," + one("[4]", "[0,16]").dropFirst()),
      .duplicate),
    Case("dimensions of 2³¹", one("[2147483648,2147483648]", "[0,16]"), .malformed),
    Case("a product of 0 modulo 2⁶⁴", one("[4294967296,4294967296]", "[0,0]"), data: 0, .malformed),
    Case("a dimension over 2⁶³", one("[9223372036854775808]", "[0,16]"), .malformed),
    Case("a negative dimension", one("[-4]", "[0,16]"), .malformed),
    Case("a fraction", one("[4.0]", "[0,16]"), .malformed),
    Case("nine dimensions", one("[1,1,1,1,1,1,1,1,4]", "[0,16]"), .limit),
    Case("a shape unlike the bytes", one("[3]", "[0,16]"), .malformed),
    Case("offsets past the end", one("[5]", "[0,20]"), .truncated),
    Case("offsets backwards", one("[0]", "[16,0]"), .truncated),
    Case("three offsets", one("[4]", "[0,8,16]"), .limit),
    Case("a hole at the start", one("[2]", "[8,16]"), .malformed),
    Case("bytes that no tensor has", one("[2]", "[0,8]"), .malformed),
    Case(
      "overlap",
      #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"#
        + #""b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#, .malformed),
    Case("an unknown dtype", one("[4]", "[0,16]", dtype: "F31"), .unsupported),
    Case("no offsets", #"{"a":{"dtype":"F32","shape":[4]}}"#, .missing),
    Case("an unknown member", #"{"a":{"kind":"F32"}}"#, .malformed),
    Case("a deep nest", String(repeating: #"{"a":"#, count: 100_000), .malformed),
    Case("a string that does not end", #"{"a"#, .malformed),
    Case("half a surrogate pair", #"{"\ud83d":{}}"#, .malformed),
    Case("metadata that is no string", #"{"__metadata__":{"a":1}}"#, data: 0, .malformed),
  ]

  @Test("a contradiction is refused", arguments: cases)
  func refused(_ hostile: Case) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(hostile.bytes)
    let error = #expect(throws: ModelFileError.self) { try SafetensorsFile(path: path) }
    #expect(error?.code == hostile.code, "\(String(describing: error))")
    #expect(error?.path == path)
  }

  @Test("a file cut at any byte is refused")
  func truncation() throws {
    let folder = try TemporaryFolder()
    let bytes = Self.sample()
    for length in bytes.indices {
      let path = try folder.write(Array(bytes[..<length]))
      #expect(throws: ModelFileError.self, "cut at \(length)") { try SafetensorsFile(path: path) }
    }
  }

  @Test("a file with any byte changed is refused or read, within bounded memory")
  func flips() throws {
    let folder = try TemporaryFolder()
    let bytes = Self.sample()
    let before = peakMemoryBytes()
    for position in bytes.indices {
      for mask: UInt8 in [0x01, 0x02, 0x20, 0x80, 0xFF] {
        var changed = bytes
        changed[position] ^= mask
        let path = try folder.write(changed)
        do throws(ModelFileError) {
          let file = try SafetensorsFile(path: path)
          #expect(file.tensors.allSatisfy { $0.offset + $0.bytes.count <= bytes.count })
        } catch {
          #expect(error.path == path)
        }
      }
    }
    #expect(peakMemoryBytes() - before < 256 << 20)
  }
}
