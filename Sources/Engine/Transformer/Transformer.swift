/// Transformer holds the decoder architectures: `llama`, `qwen2`, `qwen3`, `gemma3` and `gpt2`, as one
/// definition with options (``ModelConfiguration``). A file of `Architectures/` maps the keys and
/// tensor names of GGUF (llama.cpp's conventions) and of safetensors (Hugging Face's) to it.
///
/// Start at ``DecoderModel/forward(_:cache:workspace:pool:logits:)``: one step over a ragged batch of
/// tokens of several sequences, whose keys and values lie in the pages of a ``KeyValueCache``. Which
/// sequence gets which page, and who shares one, is decided above, by Inference.
///
/// `Encoder/` holds BERT's family (`bert`, `roberta`, `distilbert`), which turns whole sequences into
/// rows to pool: start at ``EncoderModel/forward(_:workspace:pool:)``.
///
/// A row's result never depends on what else is in the batch: norms are per row, attention is per
/// token and head, and a matrix product reduces each row in a fixed order.
enum Transformer {
  static var architectures: [any Architecture.Type] {
    [Llama.self, Qwen2.self, Qwen3.self, Gemma3.self, GPT2.self]
  }
}
