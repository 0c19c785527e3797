import Foundation
import ModelFiles
import Tensor
import Testing

@testable import Transformer

@Suite("Models in safetensors")
struct SafetensorsModelTests {
  /// A text of config.json replaced by another, and what the refusal says.
  struct Edit: Sendable, CustomTestStringConvertible {
    var model: String
    var old: String
    var new: String
    var code: ModelFileError.Code
    var field: String
    var testDescription: String { "\(model): \(old) → \(new)" }

    init(
      _ model: String, _ old: String, _ new: String, _ code: ModelFileError.Code, _ field: String
    ) {
      self.model = model
      self.old = old
      self.new = new
      self.code = code
      self.field = field
    }
  }

  static let edits = [
    Edit("llama", #""model_type": "llama""#, #""model_type": "rwkv""#, .unsupported, "model_type"),
    Edit("llama", #""model_type""#, #""model_kind""#, .unsupported, "model_type"),
    Edit("llama", #""hidden_size": 32"#, #""hidden_size": 2147483648"#, .wrongType, "hidden_size"),
    Edit("llama", #""hidden_size": 32"#, #""hidden_size": "32""#, .wrongType, "hidden_size"),
    Edit("llama", #""hidden_size": 32"#, #""hidden_width": 32"#, .missing, "hidden_size"),
    Edit("llama", #""hidden_size": 32"#, #""hidden_size": 64"#, .wrongShape, "embed_tokens"),
    Edit("llama", #""hidden_act": "silu""#, #""hidden_act": "relu""#, .unsupported, "hidden_act"),
    Edit("llama", #""num_hidden_layers": 2"#, #""num_hidden_layers": 3"#, .missing, "layers.2."),
    Edit(
      "llama", #""num_hidden_layers": 2"#, #""num_hidden_layers": 1"#, .unsupported, "layers.1."),
    Edit("llama", #""num_key_value_heads": 2"#, #""num_key_value_heads": 3"#, .malformed, "heads"),
    Edit("llama", #""rms_norm_eps": 1e-06"#, #""rms_norm_eps": 1e999"#, .wrongType, "rms_norm_eps"),
    Edit("llama", #""head_dim": 8"#, #""head_dim": 7"#, .malformed, "rotary dimension"),
    Edit("llama-rope3", #""factor": 8.0"#, #""factor": -1"#, .unsupported, "rope_scaling.factor"),
    Edit("llama-yarn", #""yarn""#, #""dynamic""#, .unsupported, "rope_scaling"),
    Edit(
      "llama-yarn", #""tie_word_embeddings": true"#, #""tie_word_embeddings": false"#, .missing,
      "lm_head"),
    Edit(
      "gemma3", #""full_attention""#, #""chunked_attention""#, .unsupported, "layer_types"),
    Edit(
      "gemma3", #""use_bidirectional_attention": false"#, #""use_bidirectional_attention": true"#,
      .unsupported, "use_bidirectional_attention"),
    Edit("gpt2", #""gelu_new""#, #""relu""#, .unsupported, "activation_function"),
    Edit("gpt2", #""n_head": 4"#, #""n_head": 5"#, .wrongShape, "c_attn"),
  ]

  @Test("a configuration that does not fit is refused by name", arguments: edits)
  func configuration(_ edit: Edit) throws {
    let source = try Fixture(edit.model).directory
    let folder = TemporaryFile()
    try FileManager.default.copyItem(atPath: source, toPath: folder.path)
    let path = folder.path + "/config.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains(edit.old))
    try text.replacingOccurrences(of: edit.old, with: edit.new)
      .write(toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: ModelFileError.self) {
      try DecoderModel(safetensors: folder.path)
    }
    #expect(error?.code == edit.code, "\(String(describing: error))")
    #expect(error?.field.contains(edit.field) == true, "\(String(describing: error))")
  }

  @Test("weights in f16 and bf16 are read like f32", arguments: [ElementType.f16, .bf16])
  func halfPrecision(type: ElementType) throws {
    let fixture = try Fixture("qwen3")
    let original = try SafetensorsModel(directory: fixture.directory)
    let folder = TemporaryFile()
    try FileManager.default.copyItem(atPath: fixture.directory, toPath: folder.path)
    var header: [String] = []
    var data: [UInt8] = []
    for name in original.names {
      let tensor = try #require(try original.tensor(name))
      let values = try WeightReader.floats(tensor)
      let bytes = GGUFConversion.quantized(values, type)
      header.append(
        #""\#(name)":{"dtype":"\#(type.name)","shape":\#(tensor.shape),"#
          + #""data_offsets":[\#(data.count),\#(data.count + bytes.count)]}"#)
      data += bytes
    }
    // A header of an odd length puts the data at odd addresses.
    var text = "{" + header.joined(separator: ",") + "}"
    if text.utf8.count.isMultiple(of: 2) { text += " " }
    let length = withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian, Array.init)
    try Data(length + Array(text.utf8) + data)
      .write(to: URL(fileURLWithPath: folder.path + "/model.safetensors"))
    let model = try DecoderModel(safetensors: folder.path)
    let logits = try model.logits(
      of: fixture.tokens, precision: .f32, pool: ThreadPool(threads: 2))
    let tolerance: Float = type == .f16 ? 0.02 : 0.15
    let difference = fixture.largestDifference(
      logits, vocabulary: model.configuration.vocabulary)
    #expect(difference < tolerance)
    #expect(difference > 0)
  }
}
