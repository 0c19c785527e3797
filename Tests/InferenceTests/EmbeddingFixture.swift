import Foundation
import ModelFiles
import Testing
import Tokenizers

@testable import Inference

/// A tiny encoder with random weights and the vectors that sentence-transformers computes with it.
/// Made by scripts/fixtures/encoder_tiny.py.
struct EmbeddingFixture {
  static let names = ["bert-tiny", "distilbert-tiny", "roberta-tiny"]

  let folder: String
  let model: EmbeddingModel
  let texts: [String]
  /// Tokens of each text, cut off at the model's limit.
  let tokens: [Int]
  let vectors: [[Float]]

  init(_ name: String = "bert-tiny") throws {
    folder =
      URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "TransformerTests/Fixtures/\(name)").path
    model = try EmbeddingModel(path: folder)
    struct Expected: Decodable {
      let texts: [String]
      let tokens: [Int]
      let dimensions: Int
      let vectors: Data
    }
    let data = try Data(contentsOf: URL(filePath: folder + "/expected.json"))
    let expected = try JSONDecoder().decode(Expected.self, from: data)
    texts = expected.texts
    tokens = expected.tokens
    let values = expected.vectors.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
      }
    }
    vectors = (0..<texts.count).map {
      Array(values[$0 * expected.dimensions..<($0 + 1) * expected.dimensions])
    }
  }

  var inputs: [EmbeddingInput] { texts.map { .text($0) } }

  /// The vectors of an engine made for the purpose.
  func embed(
    _ inputs: [EmbeddingInput]? = nil, threads: Int = 2, budget: Int = 200
  ) async throws -> [[Float]] {
    let engine = EmbeddingEngine(
      model: model, options: EmbeddingOptions(threads: threads, tokenBudget: budget))
    defer { engine.shutdown() }
    return try await engine.embed(inputs ?? self.inputs, id: "r", truncating: true).vectors
  }

  static func cosine(_ a: [Float], _ b: [Float]) -> Double {
    var (dot, one, other) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      dot += Double(x) * Double(y)
      one += Double(x) * Double(x)
      other += Double(y) * Double(y)
    }
    return a.count == b.count ? dot / (one * other).squareRoot() : .nan
  }

  /// The same model as llama.cpp's converter would write it.
  func gguf(
    _ edit: (inout GGUFWriter) -> Void = { _ in }, dropping: String? = nil
  ) throws -> GGUFWriter {
    let source = try SafetensorsModel(directory: folder)
    var writer = GGUFWriter()
    writer.set("general.architecture", .string("bert"))
    for (key, name) in [
      ("block_count", "num_hidden_layers"), ("context_length", "max_position_embeddings"),
      ("embedding_length", "hidden_size"), ("feed_forward_length", "intermediate_size"),
      ("attention.head_count", "num_attention_heads"),
    ] {
      let value = try #require(source.configuration[name]?.asInt)
      writer.set("bert.\(key)", .uint32(UInt32(value)))
    }
    writer.set("bert.attention.layer_norm_epsilon", .float32(1e-12))
    writer.set("bert.attention.causal", .bool(false))
    writer.set("bert.pooling_type", .uint32(1))
    writer.set("tokenizer.ggml.model", .string("bert"))
    let spellings = (0..<model.tokenizer.vocabularySize).map { id in
      let token = model.tokenizer.text(of: Int32(id))
      if token.hasPrefix("["), token.hasSuffix("]"), token.count > 1 { return token }
      // By bytes: a mark after ## would join its last character.
      return token.utf8.starts(with: "##".utf8)
        ? String(decoding: token.utf8.dropFirst(2), as: UTF8.self) : "\u{2581}" + token
    }
    writer.set("tokenizer.ggml.tokens", .array(.strings(GGUFStrings(spellings))))
    writer.set("tokenizer.ggml.cls_token_id", .uint32(UInt32(model.tokenizer.opening)))
    writer.set("tokenizer.ggml.seperator_token_id", .uint32(UInt32(model.tokenizer.closing)))
    for name in source.names where !name.hasPrefix("pooler.") {
      let target = Self.ggufName(name)
      guard target != dropping, let tensor = try source.tensor(name) else { continue }
      writer.add(target, type: tensor.type, shape: tensor.shape, bytes: [UInt8](tensor.bytes))
    }
    edit(&writer)
    return writer
  }

  /// llama.cpp's gguf-py/gguf/tensor_mapping.py.
  private static func ggufName(_ name: String) -> String {
    let whole = [
      "embeddings.word_embeddings": "token_embd", "embeddings.position_embeddings": "position_embd",
      "embeddings.token_type_embeddings": "token_types",
      "embeddings.LayerNorm": "token_embd_norm", "attention.self.query": "attn_q",
      "attention.self.key": "attn_k", "attention.self.value": "attn_v",
      "attention.output.dense": "attn_output", "attention.output.LayerNorm": "attn_output_norm",
      "intermediate.dense": "ffn_up", "output.dense": "ffn_down",
      "output.LayerNorm": "layer_output_norm",
    ]
    var parts = name.split(separator: ".").map(String.init)
    let suffix = parts.removeLast()
    guard parts.first == "encoder" else {
      return "\(whole[parts.joined(separator: ".")] ?? name).\(suffix)"
    }
    let role = parts.dropFirst(3).joined(separator: ".")
    return "blk.\(parts[2]).\(whole[role] ?? role).\(suffix)"
  }
}
