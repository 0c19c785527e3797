import Testing

@testable import Inference

struct ModelNameTests {
  @Test(
    arguments: [
      ("/m/SmolLM2-135M-Instruct.Q4_1.gguf", "Smollm2 135M 8k Lc100K", "smollm2-135m-instruct"),
      ("gemma-3-270m-q4_k_m.gguf", nil, "gemma-3-270m"),
      ("Qwen3-0.6B-Q8_0.gguf", nil, "qwen3-0.6b"),
      ("Llama-3.2-1B-Instruct-f16.gguf", nil, "llama-3.2-1b-instruct"),
      ("Big-Q5_K_S-00001-of-00003.gguf", nil, "big"),
      ("phi-IQ4_XS.gguf", nil, "phi"),
      ("gpt2", nil, "gpt2"),
      ("/models/gpt2/", nil, "gpt2"),
      ("model.gguf", "My Model v2", "my-model-v2"),
      ("ggml-model-q4_0.gguf", "Tiny", "tiny"),
      ("0123456789abcdef0123456789abcdef", "Blob", "blob"),
      ("model.gguf", nil, "model"),
      ("模型.gguf", nil, "model"),
      ("qwen2.gguf", nil, "qwen2"),
    ] as [(String, String?, String)])
  func `a name is the file's, without its quantisation`(
    path: String, title: String?, expected: String
  ) {
    #expect(ModelName.slug(path: path, title: title) == expected)
  }
}
