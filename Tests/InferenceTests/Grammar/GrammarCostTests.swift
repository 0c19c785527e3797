import Foundation
import Testing

@testable import Inference

/// What a mask costs over a vocabulary as large as a model's. A token of a small model takes about
/// 2.5 ms; the bounds here leave room for a busy machine and for builds without optimisation.
struct GrammarCostTests {
  /// Words, pieces of words and JSON's parts, as byte-pair merges find them.
  struct Words: TokenTexts {
    let endOfGeneration: Set<Int32> = [0]
    let texts: [[UInt8]]

    init(count: Int) {
      var random = SplitMix(seed: 12)
      var texts = (0..<257).map { $0 == 0 ? [] : [UInt8($0 - 1)] }
      let marks = ["\"", "\":", "\",", "\\n", "{\"", "}", "]", "\n", "  ", ", \"", "é", "日"]
      while texts.count < count {
        var text = Bool.random(using: &random) ? " " : ""
        for _ in 0..<Int.random(in: 2...8, using: &random) {
          text.append(Character(Unicode.Scalar(UInt8.random(in: 0x61...0x7A, using: &random))))
        }
        if Int.random(in: 0..<12, using: &random) == 0 {
          text += marks[Int.random(in: 0..<marks.count, using: &random)]
        }
        texts.append(Array(text.utf8))
      }
      self.texts = texts
    }

    func outputBytes(of token: Int32) -> [UInt8] { texts[Int(token)] }
  }

  static func least(_ count: Int, _ body: () -> Void) -> Duration {
    (0..<count).map { _ in ContinuousClock().measure(body) }.min() ?? .zero
  }

  @Test func `a mask that is known costs microseconds, one that is not a small part of a step`()
    throws
  {
    let vocabulary = GrammarVocabulary(Words(count: 49_152), size: 49_152)
    let schema =
      #"{"type":"object","properties":{"name":{"type":"string"},"n":{"type":"integer"},"#
      + #""list":{"type":"array","items":{"type":"string","maxLength":200}}},"#
      + #""required":["name","n","list"]}"#
    for prefix in [
      "", #"{"name":"#, #"{"name":"ab"#, #"{"name":"ab","n":1"#, #"{"name":"","n":1,"list":["x"#,
    ] {
      var misses: [Duration] = []
      var matcher: GrammarMatcher?
      for _ in 0..<5 {
        var fresh = GrammarMatcher(try CompiledGrammar(schema: schema), vocabulary: vocabulary)
        let fits16 = fresh.advance(bytes: Array(prefix.utf8)[...])
        #expect(fits16)
        misses.append(ContinuousClock().measure { _ = fresh.mask() })
        matcher = fresh
      }
      let hit = Self.least(50) { _ = matcher?.mask() }
      #expect((misses.min() ?? .zero) < .milliseconds(10), "\(prefix)")
      #expect(hit < .microseconds(100), "\(prefix)")
    }
  }
}
