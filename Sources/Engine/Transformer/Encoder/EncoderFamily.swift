import ModelFiles

/// What an encoder's tensor is for.
enum EncoderRole: Hashable {
  case words, positions, types, embeddingNorm
  case query(Int), key(Int), value(Int), attentionOutput(Int), attentionNorm(Int)
  case up(Int), down(Int), outputNorm(Int)

  /// llama.cpp's name, without `.weight` or `.bias`.
  var ggufName: String {
    switch self {
    case .words: "token_embd"
    case .positions: "position_embd"
    case .types: "token_types"
    case .embeddingNorm: "token_embd_norm"
    case .query(let n): "blk.\(n).attn_q"
    case .key(let n): "blk.\(n).attn_k"
    case .value(let n): "blk.\(n).attn_v"
    case .attentionOutput(let n): "blk.\(n).attn_output"
    case .attentionNorm(let n): "blk.\(n).attn_output_norm"
    case .up(let n): "blk.\(n).ffn_up"
    case .down(let n): "blk.\(n).ffn_down"
    case .outputNorm(let n): "blk.\(n).layer_output_norm"
    }
  }
}

/// The members of BERT's family in Hugging Face's files: keys of `config.json` and tensor names.
enum EncoderFamily: String, CaseIterable, Sendable {
  case bert, roberta, distilbert

  init?(modelType: String) {
    switch modelType {
    case "bert": self = .bert
    case "roberta", "xlm-roberta", "camembert": self = .roberta
    case "distilbert": self = .distilbert
    default: return nil
    }
  }

  func configuration(_ keys: HubKeys) throws(ModelFileError) -> EncoderConfiguration {
    if let kind = keys.string("position_embedding_type"), kind != "absolute" {
      throw keys.error("position_embedding_type", "is \(kind); absolute positions are supported")
    }
    if keys.bool("is_decoder") == true {
      throw keys.error("is_decoder", "is set: a decoder does not embed texts")
    }
    if self == .distilbert { return try distilled(keys) }
    var result = EncoderConfiguration(
      architecture: rawValue, name: keys.string("_name_or_path") ?? rawValue,
      layers: try keys.size("num_hidden_layers"), width: try keys.size("hidden_size"),
      heads: try keys.size("num_attention_heads"), feedForward: try keys.size("intermediate_size"),
      vocabulary: try keys.size("vocab_size"),
      positions: try keys.size("max_position_embeddings"),
      tokenTypes: try keys.sizeIfPresent("type_vocab_size") ?? 2,
      normEpsilon: Float(try keys.numberIfPresent("layer_norm_eps") ?? 1e-12),
      activation: try activation(keys, "hidden_act"))
    if self == .roberta {
      // transformers' create_position_ids_from_input_ids: padding's id + 1 onwards.
      let padding = try keys.numberIfPresent("pad_token_id") ?? 1
      guard let first = Int(exactly: padding + 1), (1...1 << 16).contains(first) else {
        throw keys.error("pad_token_id", "is \(padding), which is no token's id")
      }
      result.firstPosition = first
    }
    return result
  }

  private func distilled(_ keys: HubKeys) throws(ModelFileError) -> EncoderConfiguration {
    EncoderConfiguration(
      architecture: rawValue, name: keys.string("_name_or_path") ?? rawValue,
      layers: try keys.size("n_layers"), width: try keys.size("dim"),
      heads: try keys.size("n_heads"), feedForward: try keys.size("hidden_dim"),
      vocabulary: try keys.size("vocab_size"),
      positions: try keys.size("max_position_embeddings"), tokenTypes: 0, normEpsilon: 1e-12,
      activation: try activation(keys, "activation"))
  }

  private func activation(
    _ keys: HubKeys, _ key: String
  ) throws(ModelFileError) -> EncoderConfiguration.Activation {
    switch keys.string(key) ?? "gelu" {
    case "gelu": return .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
    case let other: throw keys.error(key, "is \(other); gelu and gelu_new are supported")
    }
  }

  /// Beginnings that the names may carry.
  var prefixes: [String] { ["", rawValue + "."] }

  /// The Hugging Face name of a tensor, without `.weight` or `.bias`.
  func name(_ role: EncoderRole) -> String {
    switch role {
    case .words: "embeddings.word_embeddings"
    case .positions: "embeddings.position_embeddings"
    case .types: "embeddings.token_type_embeddings"
    case .embeddingNorm: "embeddings.LayerNorm"
    case .query(let n): layer(n, "attention.self.query", "attention.q_lin")
    case .key(let n): layer(n, "attention.self.key", "attention.k_lin")
    case .value(let n): layer(n, "attention.self.value", "attention.v_lin")
    case .attentionOutput(let n): layer(n, "attention.output.dense", "attention.out_lin")
    case .attentionNorm(let n): layer(n, "attention.output.LayerNorm", "sa_layer_norm")
    case .up(let n): layer(n, "intermediate.dense", "ffn.lin1")
    case .down(let n): layer(n, "output.dense", "ffn.lin2")
    case .outputNorm(let n): layer(n, "output.LayerNorm", "output_layer_norm")
    }
  }

  private func layer(_ number: Int, _ bert: String, _ distilled: String) -> String {
    self == .distilbert
      ? "transformer.layer.\(number).\(distilled)" : "encoder.layer.\(number).\(bert)"
  }

  /// Tensors beside the encoder: constants, and heads of the tasks it was trained on.
  static func isBeside(_ name: String) -> Bool {
    let beginnings = ["pooler.", "cls.", "lm_head.", "vocab_", "classifier.", "qa_outputs."]
    var name = Substring(name)
    for family in allCases where name.hasPrefix(family.rawValue + ".") {
      name = name.dropFirst(family.rawValue.count + 1)
    }
    return name == "embeddings.position_ids" || beginnings.contains { name.hasPrefix($0) }
  }
}
