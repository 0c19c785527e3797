package import Foundation

package final class Tokenizer: Sendable {
  package let vocabularySize: Int
  package let bos: Int32?
  package let eos: Int32?
  package let endOfGeneration: Set<Int32>
  package init(_ description: TokenizerDescription) throws(TokenizerError) {
    vocabularySize = description.tokens.count
    bos = description.bos
    eos = description.eos
    endOfGeneration = description.endOfGeneration
  }
  package convenience init(tokenizerJSON: Data) throws(TokenizerError) {
    try self.init(TokenizerDescription(model: .byteLevelBPE, tokens: []))
  }
  package func encode(_ text: String, addSpecial: Bool, parseSpecial: Bool) -> [Int32] { [] }
  package func decode(_ tokens: [Int32], skipSpecial: Bool) -> String { "" }
  package func bytes(of token: Int32) -> [UInt8] { [] }
  package func isSpecial(_ token: Int32) -> Bool { false }
  package func text(of token: Int32) -> String { "" }
}
package struct StreamingDetokenizer {
  package init(_ tokenizer: Tokenizer, skipSpecial: Bool) {}
  package mutating func append(_ token: Int32) -> String { "" }
  package mutating func finish() -> String { "" }
}
