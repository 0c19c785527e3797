import ModelFiles
import Tensor
import Testing

@testable import Transformer

@Suite("Models in GGUF")
struct GGUFModelTests {
  private static func open(_ writer: GGUFWriter) throws -> DecoderModel {
    let file = TemporaryFile()
    try writer.write(to: file.path)
    return try DecoderModel(gguf: GGUFFile(path: file.path))
  }

  @Test(
    "the same weights as GGUF and as safetensors give the same logits",
    arguments: Fixture.names)
  func equivalence(name: String) throws {
    let fixture = try Fixture(name)
    let model = try GGUFConversion(fixture).open()
    let logits = try model.logits(
      of: fixture.tokens, precision: .f32, pool: ThreadPool(threads: 2))
    #expect(fixture.largestDifference(logits, vocabulary: model.configuration.vocabulary) < 2e-4)
  }

  @Test("a tied head is the embedding, stored once")
  func tied() throws {
    let model = try GGUFConversion(Fixture("gemma3")).open()
    #expect(model.head.matrix === model.embedding)
  }

  @Test(
    "a tensor that is missing is named",
    arguments: [
      "token_embd.weight", "output_norm.weight", "blk.0.attn_norm.weight", "blk.1.attn_q.weight",
      "blk.1.attn_output.weight", "blk.1.ffn_gate.weight", "blk.5.post_ffw_norm.weight",
      "blk.3.attn_k_norm.weight",
    ])
  func missing(tensor: String) throws {
    var conversion = try GGUFConversion(Fixture("gemma3"))
    conversion.edits[tensor] = .drop
    let writer = try conversion.writer()
    let error = #expect(throws: ModelFileError.self) { try Self.open(writer) }
    #expect(error?.code == .missing)
    #expect(error?.field.contains(tensor) == true, "\(String(describing: error))")
  }

  @Test(
    "a bias that is missing is named, not taken for 0",
    arguments: [
      ("qwen2", "blk.1.attn_k.bias"), ("gpt2", "blk.0.attn_qkv.bias"),
      ("gpt2", "blk.1.attn_norm.bias"), ("gpt2", "blk.1.ffn_down.bias"),
      ("gpt2", "output_norm.bias"),
    ])
  func missingBias(name: String, tensor: String) throws {
    var conversion = try GGUFConversion(Fixture(name))
    conversion.edits[tensor] = .drop
    let writer = try conversion.writer()
    let error = #expect(throws: ModelFileError.self) { try Self.open(writer) }
    #expect(error?.code == .missing)
    #expect(error?.field == "tensor \(tensor)", "\(String(describing: error))")
  }

  @Test(
    "a tensor of another shape is named with both shapes",
    arguments: [
      ("blk.0.attn_q.weight", [16, 64]), ("blk.1.ffn_down.weight", [48, 32]),
      ("output_norm.weight", [4, 8]), ("blk.1.attn_k.bias", [4, 4]),
    ])
  func wrongShape(tensor: String, shape: [Int]) throws {
    var conversion = try GGUFConversion(Fixture("qwen2"))
    conversion.edits[tensor] = .reshape(shape)
    let writer = try conversion.writer()
    let error = #expect(throws: ModelFileError.self) { try Self.open(writer) }
    #expect(error?.code == .wrongShape)
    #expect(error?.field.contains(tensor) == true)
    #expect(error?.message.contains("\(shape)") == true)
  }

  @Test("a tensor that the architecture does not have is refused, not ignored")
  func surplus() throws {
    var writer = try GGUFConversion(Fixture("llama")).writer()
    writer.add("blk.0.attn_q_norm.weight", shape: [8], floats: Array(repeating: 1, count: 8))
    let error = #expect(throws: ModelFileError.self) { try Self.open(writer) }
    #expect(error?.code == .unsupported)
    #expect(error?.field == "tensor blk.0.attn_q_norm.weight")
  }

  /// A key set to what does not fit, and what the refusal says.
  struct Key: Sendable, CustomTestStringConvertible {
    var key: String
    var value: GGUFValue
    var code: ModelFileError.Code
    var testDescription: String { "\(key) = \(value)" }
  }

  static let keys = [
    Key(key: "general.architecture", value: .string("mamba"), code: .unsupported),
    Key(key: "general.architecture", value: .uint32(1), code: .wrongType),
    Key(key: "llama.block_count", value: .uint32(3), code: .missing),
    Key(key: "llama.block_count", value: .uint32(.max), code: .limit),
    Key(key: "llama.block_count", value: .uint32(1 << 20), code: .malformed),
    Key(key: "llama.block_count", value: .uint32(1), code: .unsupported),
    Key(key: "llama.block_count", value: .string("2"), code: .wrongType),
    Key(key: "llama.block_count", value: .uint32(0), code: .limit),
    Key(key: "llama.embedding_length", value: .uint32(1 << 31), code: .limit),
    Key(key: "llama.embedding_length", value: .uint32(64), code: .wrongShape),
    Key(key: "llama.attention.head_count", value: .uint32(3), code: .malformed),
    Key(key: "llama.attention.head_count", value: .uint32(0), code: .limit),
    Key(key: "llama.attention.head_count_kv", value: .uint32(3), code: .malformed),
    Key(key: "llama.attention.key_length", value: .uint32(1 << 24), code: .unsupported),
    Key(key: "llama.attention.layer_norm_rms_epsilon", value: .float32(.nan), code: .malformed),
    Key(key: "llama.attention.layer_norm_rms_epsilon", value: .float32(-1), code: .malformed),
    Key(key: "llama.rope.dimension_count", value: .uint32(7), code: .malformed),
    Key(key: "llama.rope.dimension_count", value: .uint32(10), code: .malformed),
    Key(key: "llama.rope.freq_base", value: .float32(0), code: .malformed),
    Key(key: "llama.rope.freq_base", value: .float32(.infinity), code: .malformed),
    Key(key: "llama.rope.scaling.type", value: .string("longrope"), code: .unsupported),
    Key(key: "llama.rope.scaling.factor", value: .float32(-2), code: .unsupported),
    Key(key: "llama.expert_count", value: .uint32(8), code: .unsupported),
  ]

  @Test("a key that does not fit is refused", arguments: keys)
  func key(_ edit: Key) throws {
    var writer = try GGUFConversion(Fixture("llama")).writer()
    writer.set(edit.key, edit.value)
    let error = #expect(throws: ModelFileError.self) { try Self.open(writer) }
    #expect(error?.code == edit.code, "\(String(describing: error))")
  }

  /// A setting changed to another valid one.
  struct Option: Sendable, CustomTestStringConvertible {
    var fixture: String
    var key: String
    var value: GGUFValue
    var testDescription: String { "\(fixture): \(key)" }
  }

  static let options = [
    Option(fixture: "gemma3", key: "gemma3.attention.sliding_window", value: .uint32(64)),
    Option(fixture: "gemma3", key: "gemma3.attention.sliding_window_pattern", value: .uint32(2)),
    Option(
      fixture: "gemma3", key: "gemma3.attention.sliding_window_pattern",
      value: .array(.bools([false, true, true, true, true, false]))),
    Option(fixture: "gemma3", key: "gemma3.rope.freq_base", value: .float32(10_000)),
    Option(fixture: "gemma3", key: "gemma3.rope.freq_base_swa", value: .float32(1_000_000)),
    Option(fixture: "gemma3", key: "gemma3.final_logit_softcapping", value: .float32(30)),
    Option(fixture: "llama", key: "llama.rope.freq_base", value: .float32(500)),
    Option(fixture: "llama", key: "llama.rope.dimension_count", value: .uint32(4)),
    Option(
      fixture: "llama", key: "llama.attention.layer_norm_rms_epsilon", value: .float32(0.1)),
    Option(fixture: "llama-linear", key: "llama.rope.scaling.factor", value: .float32(1)),
    Option(fixture: "llama-linear", key: "llama.rope.scaling.type", value: .string("none")),
    Option(fixture: "llama-yarn", key: "llama.rope.scaling.type", value: .string("linear")),
    Option(fixture: "llama-yarn", key: "llama.rope.scaling.attn_factor", value: .float32(2)),
    Option(fixture: "llama-yarn", key: "llama.rope.scaling.yarn_beta_slow", value: .float32(0.01)),
    Option(
      fixture: "llama-yarn", key: "llama.rope.scaling.original_context_length",
      value: .uint32(64)),
  ]

  @Test("every option shows in the logits, so equal logits prove it", arguments: options)
  func optionMatters(_ option: Option) throws {
    let fixture = try Fixture(option.fixture)
    var writer = try GGUFConversion(fixture).writer()
    writer.set(option.key, option.value)
    let model = try Self.open(writer)
    let logits = try model.logits(
      of: fixture.tokens, precision: .f32, pool: ThreadPool(threads: 2))
    let difference = fixture.largestDifference(
      logits, vocabulary: model.configuration.vocabulary)
    #expect(difference > 4e-3)
  }

  @Test("Llama 3's rotary factors show in the logits")
  func rotaryFactorsMatter() throws {
    let fixture = try Fixture("llama-rope3")
    var conversion = try GGUFConversion(fixture)
    conversion.edits["rope_freqs.weight"] = .drop
    let model = try conversion.open()
    let logits = try model.logits(
      of: fixture.tokens, precision: .f32, pool: ThreadPool(threads: 2))
    #expect(
      fixture.largestDifference(logits, vocabulary: model.configuration.vocabulary) > 4e-3)
  }

  @Test("a model split over several files is refused with what to do")
  func split() throws {
    var writer = try GGUFConversion(Fixture("llama")).writer()
    writer.set("split.count", .uint16(2))
    let error = #expect(throws: ModelFileError.self) { try Self.open(writer) }
    #expect(error?.code == .unsupported)
    #expect(error?.field == "split.count")
  }

  @Test("tokens outside the vocabulary or the context are refused with the limit")
  func badTokens() throws {
    let model = try Fixture("llama").model()
    let pool = ThreadPool(threads: 1)
    for token: Int32 in [-1, 96, .max] {
      let error = #expect(throws: TransformerError.self) {
        try model.logits(of: [3, token], pool: pool)
      }
      #expect(error?.code == .badToken)
    }
    let long = #expect(throws: TransformerError.self) {
      try model.logits(of: Array(repeating: 3, count: 65), pool: pool)
    }
    #expect(long?.code == .tooLong)
    #expect(try model.logits(of: [], pool: pool).isEmpty)
  }
}
