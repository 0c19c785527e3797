import ModelFiles
import Testing

@Suite("Safetensors in several files")
struct SafetensorsModelTests {
  private static func shard(_ name: String) -> [UInt8] {
    RawBytes.safetensors(
      #"{"\#(name)":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 8
    ).bytes
  }

  private static func folder(index: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    _ = try folder.write(Array(#"{"model_type":"llama"}"#.utf8), as: "config.json")
    _ = try folder.write(shard("a"), as: "model-1.safetensors")
    _ = try folder.write(shard("b"), as: "model-2.safetensors")
    _ = try folder.write(Array(index.utf8), as: "model.safetensors.index.json")
    return folder
  }

  @Test("tensors are found in the file that the index names")
  func sharded() throws {
    let folder = try Self.folder(
      index: #"{"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}"#)
    let model = try SafetensorsModel(directory: folder.path)
    #expect(model.names == ["a", "b"])
    #expect(model.files.count == 2)
    #expect(try model.tensor("b")?.shape == [2])
    #expect(try model.tensor("c") == nil)
    #expect(model.configuration["model_type"]?.asString == "llama")
  }

  @Test(
    "an index that disagrees with its files is refused",
    arguments: [
      (#"{}"#, ModelFileError.Code.missing),
      (#"{"weight_map":{"a":"../model-1.safetensors"}}"#, .malformed),
      (#"{"weight_map":{"a":"/etc/passwd"}}"#, .malformed),
      (#"{"weight_map":{"a":".."}}"#, .malformed),
      (#"{"weight_map":{"a":7}}"#, .malformed),
      (#"{"weight_map":{"a":"none.safetensors"}}"#, .unreadable),
      (#"{"weight_map":{"a":"model-2.safetensors","b":"model-1.safetensors"}}"#, .malformed),
      (#"{"weight_map":{"a":"model-1.safetensors","c":"model-1.safetensors"}}"#, .missing),
      (#"{"weight_map":"#, .malformed),
    ])
  func disagreement(index: String, code: ModelFileError.Code) throws {
    let folder = try Self.folder(index: index)
    let error = #expect(throws: ModelFileError.self) {
      try SafetensorsModel(directory: folder.path)
    }
    #expect(error?.code == code)
  }

  @Test("one file needs no index; a folder without configuration is refused by name")
  func single() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: ModelFileError.self) {
      try SafetensorsModel(directory: folder.path)
    }
    #expect(missing?.path == folder.path + "/config.json")
    _ = try folder.write(Array("{}".utf8), as: "config.json")
    _ = try folder.write(Self.shard("a"), as: "model.safetensors")
    #expect(try SafetensorsModel(directory: folder.path).names == ["a"])
  }
}
