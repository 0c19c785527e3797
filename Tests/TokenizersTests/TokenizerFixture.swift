import Foundation
import Testing

@testable import Tokenizers

/// The small tokenizers of `Fixtures` and what their references make of the same strings; written by
/// `scripts/fixtures/tokenizer_fixtures.py`.
enum TokenizerFixture {
  static let names = [
    "gpt2", "smollm", "qwen2", "llama3", "deepseek3", "gemma", "llama2", "metaspace",
  ]
  static let byteLevel = ["gpt2", "smollm", "qwen2", "llama3", "deepseek3"]

  static func data(_ file: String) throws -> Data {
    let url = try #require(
      Bundle.module.url(forResource: file, withExtension: "json", subdirectory: "Fixtures"))
    return try Data(contentsOf: url)
  }

  static func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(tokenizerJSON: data("tokenizer_\(name)"))
  }

  static func strings() throws -> [String] {
    try JSONDecoder().decode([String].self, from: data("tokenizer_strings"))
  }

  /// What the reference gives for each string.
  struct Expected: Decodable {
    var special: [[Int32]]
    /// Where ids differ when special tokens are ordinary text.
    var plain: [String: [Int32]]
    /// Where decoded text, without special tokens, differs from the string.
    var decoded: [String: String]?

    func ids(_ index: Int, parseSpecial: Bool) -> [Int32] {
      parseSpecial ? special[index] : plain[String(index)] ?? special[index]
    }
  }

  static func expected(_ name: String) throws -> Expected {
    try JSONDecoder().decode(Expected.self, from: data("tokenizer_\(name)_ids"))
  }

  /// A vocabulary with scores, and llama.cpp's ids with and without a space before the text.
  struct Scores: Decodable {
    var tokens: [String]
    var scores: [Float]
    var types: [Int32]
    var bos: Int32
    var eos: Int32
    var unknown: Int32
    var padding: Int32
    var bare: Expected
    var prefixed: Expected

    func description(prefix: Bool) throws -> TokenizerDescription {
      try TokenizerDescription(
        ggufModel: "llama", pre: nil, tokens: tokens, scores: scores, types: types, bos: bos,
        eos: eos, unknown: unknown, padding: padding, addSpacePrefix: prefix)
    }
  }

  static func scores() throws -> Scores {
    try JSONDecoder().decode(Scores.self, from: data("tokenizer_scores"))
  }
}

/// SplitMix64: the same strings on every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  /// A string over many scripts, spaces, controls and astral planes.
  mutating func string(maximumLength: Int) -> String {
    let ranges: [ClosedRange<UInt32>] = [
      0x00...0x7F, 0x20...0x7E, 0x61...0x7A, 0x20...0x20, 0x09...0x0D, 0x80...0x24F, 0x300...0x36F,
      0x370...0x6FF, 0x900...0x97F, 0x1100...0x11FF, 0x2000...0x206F, 0x2581...0x2581,
      0x3000...0x30FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xE000...0xFFFF, 0x1F300...0x1FAFF,
      0x10000...0x10FFFF,
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...maximumLength, using: &self) {
      let range = ranges.randomElement(using: &self) ?? 0x61...0x7A
      guard let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) else { continue }
      text.unicodeScalars.append(scalar)
    }
    return text
  }
}
