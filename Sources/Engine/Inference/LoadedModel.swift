package import Tokenizers

/// A model ready to run: weights, tokenizer and chat template.
package final class LoadedModel: Sendable {
  /// A slug such as `smollm2-135m-instruct`, from the file's metadata or its name.
  package let name: String
  /// Identifies the weights: the file's size and a hash of its metadata, as hex digits.
  package let fingerprint: String
  package let tokenizer: Tokenizer
  package let template: ChatTemplate?
  package let texts: any TokenTexts
  package let weights: any ModelWeights
  /// Whether a prompt begins with the tokenizer's beginning-of-text token.
  package let addsBeginning: Bool

  package var contextLength: Int { weights.contextLength }
  package var vocabulary: Int { weights.vocabulary }

  package init(
    name: String, fingerprint: String, tokenizer: Tokenizer, template: ChatTemplate?,
    weights: any ModelWeights
  ) {
    self.name = name
    self.fingerprint = fingerprint
    self.tokenizer = tokenizer
    self.template = template
    self.weights = weights
    texts = TokenizerTexts(tokenizer: tokenizer)
    addsBeginning = tokenizer.encode("", addSpecial: true, parseSpecial: false).first
      .map { $0 == tokenizer.bos } ?? false
  }

  /// The tokens of a plain prompt, control spellings taken as text.
  package func promptTokens(_ text: String) -> [Int32] {
    tokenizer.encode(text, addSpecial: true, parseSpecial: false)
  }
}

/// A tokenizer as the engine sees it.
struct TokenizerTexts: TokenTexts {
  let tokenizer: Tokenizer

  var endOfGeneration: Set<Int32> { tokenizer.endOfGeneration }

  func outputBytes(of token: Int32) -> [UInt8] {
    tokenizer.isSpecial(token) ? [] : tokenizer.bytes(of: token)
  }
}
