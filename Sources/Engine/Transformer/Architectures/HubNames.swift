/// The names that Llama and its kin have in Hugging Face's files.
enum HubNames {
  static func llamaLike(_ role: TensorRole) -> String? {
    switch role {
    case .embedding: "model.embed_tokens"
    case .outputNorm: "model.norm"
    case .head: "lm_head"
    case .positions, .rotaryFactors: nil
    case .layer(let number, let part): name(part).map { "model.layers.\(number).\($0)" }
    }
  }

  private static func name(_ role: LayerRole) -> String? {
    switch role {
    case .attentionNorm: "input_layernorm"
    case .query: "self_attn.q_proj"
    case .key: "self_attn.k_proj"
    case .value: "self_attn.v_proj"
    case .output: "self_attn.o_proj"
    case .queryNorm: "self_attn.q_norm"
    case .keyNorm: "self_attn.k_norm"
    case .feedForwardNorm: "post_attention_layernorm"
    case .gate: "mlp.gate_proj"
    case .up: "mlp.up_proj"
    case .down: "mlp.down_proj"
    case .fused, .postAttentionNorm, .postFeedForwardNorm: nil
    }
  }
}
