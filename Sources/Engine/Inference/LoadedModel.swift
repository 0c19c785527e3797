package import Tokenizers

/// A model ready to run: weights, tokenizer and chat template.
package final class LoadedModel: Sendable {
  /// A slug such as `smollm2-135m-instruct`; see `ModelName`.
  package let name: String
  /// Identifies the weights, 32 hex digits; see `Fingerprint`.
  package let fingerprint: String
  package let tokenizer: Tokenizer
  /// Nil for a model that was not made for conversations.
  package let template: ChatTemplate?
  package let texts: any TokenTexts
  package let weights: any ModelWeights

  package var contextLength: Int { weights.contextLength }
  package var vocabulary: Int { weights.vocabulary }

  /// - Parameter endOfGeneration: tokens that end an answer besides those the tokenizer knows.
  package init(
    name: String, fingerprint: String, tokenizer: Tokenizer, template: ChatTemplate?,
    weights: any ModelWeights, endOfGeneration: Set<Int32> = []
  ) {
    self.name = name
    self.fingerprint = fingerprint
    self.tokenizer = tokenizer
    self.template = template
    self.weights = weights
    texts = TokenizerTexts(
      tokenizer: tokenizer,
      endOfGeneration: tokenizer.endOfGeneration.union(endOfGeneration))
  }

  /// The tokens of a plain prompt; spellings of control tokens in it are text.
  package func promptTokens(_ text: String) -> [Int32] {
    let tokens = tokenizer.encode(text, addSpecial: true, parseSpecial: false)
    // An end token would end the prompt before the answer.
    return tokenizer.addEos && tokens.last == tokenizer.eos ? Array(tokens.dropLast()) : tokens
  }
}

/// A tokenizer as the engine sees it.
struct TokenizerTexts: TokenTexts {
  let tokenizer: Tokenizer
  let endOfGeneration: Set<Int32>

  func outputBytes(of token: Int32) -> [UInt8] {
    tokenizer.isSpecial(token) ? [] : tokenizer.bytes(of: token)
  }

  func controlSpelling(of token: Int32) -> String? {
    tokenizer.isSpecial(token) && !endOfGeneration.contains(token)
      ? tokenizer.text(of: token) : nil
  }
}
