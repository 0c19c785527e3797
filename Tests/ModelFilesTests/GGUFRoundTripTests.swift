import ModelFiles
import Tensor
import Testing

@Suite("GGUF round trip")
struct GGUFRoundTripTests {
  static func sample(alignment: Int = 32) -> GGUFWriter {
    var writer = GGUFWriter(alignment: alignment)
    for (key, value) in values { writer.set(key, value) }
    writer.add("a.weight", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6])
    writer.add("b.weight", type: .f16, shape: [3], bytes: [0, 0x3C, 0, 0x40, 0, 0x42])
    writer.add("c.weight", type: .q8_0, shape: [1, 32], bytes: Array(repeating: 7, count: 34))
    return writer
  }

  static let values: [(String, GGUFValue)] = [
    ("general.architecture", .string("llama")), ("u8", .uint8(200)), ("i8", .int8(-8)),
    ("u16", .uint16(60_000)), ("i16", .int16(-16)), ("u32", .uint32(4_000_000_000)),
    ("i32", .int32(-32)), ("u64", .uint64(.max)), ("i64", .int64(.min)),
    ("f32", .float32(1.5)), ("f64", .float64(-2.25)), ("yes", .bool(true)), ("no", .bool(false)),
    ("text", .string("好 😀")), ("empty", .array(.strings([]))),
    ("strings", .array(.strings(["", "a", "长"]))), ("floats", .array(.floats([1, -1]))),
    ("doubles", .array(.doubles([0.5]))), ("int32s", .array(.int32s([1, -2]))),
    ("uint32s", .array(.uint32s([7]))), ("int64s", .array(.int64s([-9]))),
    ("uint64s", .array(.uint64s([9]))), ("int16s", .array(.int16s([-3]))),
    ("uint16s", .array(.uint16s([3]))), ("int8s", .array(.int8s([-1]))),
    ("uint8s", .array(.uint8s([255]))), ("bools", .array(.bools([true, false]))),
    ("nested", .array(.arrays([.int32s([1]), .strings(["x"])]))),
  ]

  @Test("what is written is read back equal", arguments: [8, 32, 4096])
  func roundTrip(alignment: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.gguf"
    try Self.sample(alignment: alignment).write(to: path)
    let file = try GGUFFile(path: path)
    #expect(file.version == 3)
    #expect(file.alignment == alignment)
    for (key, value) in Self.values { #expect(file.metadata[key] == value, "\(key)") }
    #expect(file.keys.filter { $0 != "general.alignment" } == Self.values.map(\.0))
    #expect(file.tensors.map(\.name) == ["a.weight", "b.weight", "c.weight"])
    let first = try #require(file.tensor("a.weight"))
    #expect(first.shape == [2, 3])
    #expect(first.type == .f32)
    #expect(first.bytes.count == 24)
    #expect(first.bytes.loadUnaligned(fromByteOffset: 20, as: Float.self) == 6)
    #expect(try #require(file.tensor("c.weight")).bytes.allSatisfy { $0 == 7 })
    #expect(file.tensor("d.weight") == nil)
    #expect(file.tensors.allSatisfy { $0.offset.isMultiple(of: alignment) })
  }

  @Test("version 2 is read like version 3")
  func versionTwo() throws {
    let folder = try TemporaryFolder()
    var bytes = Self.sample().encoded()
    bytes[4] = 2
    let file = try GGUFFile(path: try folder.write(bytes))
    #expect(file.version == 2)
    #expect(file.tensors.count == 3)
  }

  @Test("a key of the wrong type or a missing one is named with what it should be")
  func typedGetters() throws {
    let folder = try TemporaryFolder()
    let file = try GGUFFile(path: try folder.write(Self.sample().encoded()))
    #expect(try file.string("general.architecture") == "llama")
    #expect(try file.int("u32") == 4_000_000_000)
    #expect(try file.float("f64") == -2.25)
    #expect(try file.float("i32") == -32)
    #expect(try file.bool("yes"))
    #expect(try file.strings("strings") == ["", "a", "长"])
    #expect(try file.floats("floats") == [1, -1])
    #expect(try file.int32s("uint64s") == [9])
    #expect(try file.intIfPresent("nothing") == nil)
    let wrong = #expect(throws: ModelFileError.self) { try file.int("text") }
    #expect(wrong?.code == .wrongType)
    #expect(wrong?.field == "text")
    #expect(wrong?.message.contains("an integer") == true)
    #expect(wrong?.message.contains("string") == true)
    let missing = #expect(throws: ModelFileError.self) { try file.strings("nothing") }
    #expect(missing?.code == .missing)
    #expect(missing?.field == "nothing")
    #expect(throws: ModelFileError.self) { try file.int("u64") }
  }

  @Test("a vocabulary of 256 thousand strings is one array")
  func largeVocabulary() throws {
    let folder = try TemporaryFolder()
    var writer = GGUFWriter()
    let words = (0..<256_000).map { "word\($0)" }
    writer.set("tokenizer.ggml.tokens", .array(.strings(GGUFStrings(words))))
    let file = try GGUFFile(path: try folder.write(writer.encoded()))
    #expect(try file.strings("tokenizer.ggml.tokens") == words)
  }
}
