import Foundation
import ModelFiles
import Tensor
import Testing

@testable import Transformer

/// A tiny model with random weights, saved by Hugging Face transformers, and the logits that
/// transformers computes for a few tokens. Made by scripts/fixtures/transformer_tiny.py.
struct Fixture {
  static let names = [
    "llama", "llama-linear", "llama-rope3", "llama-yarn", "qwen2", "qwen3", "gemma3", "gpt2",
  ]

  let name: String
  let directory: String
  let tokens: [Int32]
  /// Which tokens' logits are given.
  let rows: [Int]
  let logits: [[Float]]

  init(_ name: String) throws {
    self.name = name
    let root = try #require(Bundle.module.resourceURL)
    directory = root.appendingPathComponent("Fixtures/\(name)").path
    let expected = try JSONValue(path: directory + "/expected.json")
    tokens = try #require(expected["tokens"]?.asArray).map { Int32(try #require($0.asInt)) }
    rows = try #require(expected["rows"]?.asArray).map { try #require($0.asInt) }
    logits = try #require(expected["logits"]?.asArray).map { row in
      try #require(row.asArray).map { Float(try #require($0.asDouble)) }
    }
  }

  func model() throws -> DecoderModel { try DecoderModel(safetensors: directory) }

  /// The model as if it were made for `contextLength` tokens.
  func model(contextLength: Int) throws -> DecoderModel {
    let folder = TemporaryFile()
    try FileManager.default.copyItem(atPath: directory, toPath: folder.path)
    let path = folder.path + "/config.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let longer = text.replacingOccurrences(
      of: "\"max_position_embeddings\": 64", with: "\"max_position_embeddings\": \(contextLength)")
    try longer.write(toFile: path, atomically: true, encoding: .utf8)
    return try DecoderModel(safetensors: folder.path)
  }

  /// The largest difference between these logits ([tokens][vocabulary]) and the expected ones.
  func largestDifference(_ computed: [Float], vocabulary: Int) -> Float {
    var largest: Float = 0
    for (row, expected) in zip(rows, logits) {
      for (index, value) in expected.enumerated() {
        let difference = abs(computed[row * vocabulary + index] - value)
        // A NaN must not pass as small.
        largest = difference <= largest ? largest : difference
      }
    }
    return largest
  }
}
