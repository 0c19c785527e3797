/// Prompts of a wanted length for a service whose tokenizer is not known: common English words,
/// most of which are one token to any byte-pair tokenizer, drawn at random so that no cache knows
/// them from before.
package enum PromptText {
  static let words = """
    time year people way day man thing woman life child world school state family student group \
    country problem hand part place case week company system program question work government \
    number night point home water room mother area money story fact month lot right study book eye \
    job word business issue side kind head house service friend father power hour game line end \
    member law car city community name president team minute idea body information back parent \
    face others level office door health person art war history party result change morning reason \
    research girl guy moment air teacher force education
    """.split(separator: " ")

  /// `count` words.
  package static func make(
    words count: Int, using generator: inout some RandomNumberGenerator
  ) -> String {
    var text = ""
    for index in 0..<count {
      if index > 0 { text += " " }
      text += words[Int.random(in: words.indices, using: &generator)]
    }
    return text
  }
}

/// How many tokens a service makes of words, learnt from two answers' `usage`.
package struct WordRate: Sendable, Equatable {
  /// Tokens that the service's chat template adds.
  package let overhead: Double
  package let tokensPerWord: Double

  /// A token a word: for services that report no usage.
  package static let unknown = WordRate(overhead: 0, tokensPerWord: 1)

  package init(overhead: Double, tokensPerWord: Double) {
    self.overhead = overhead
    self.tokensPerWord = tokensPerWord
  }

  /// From the tokens of two prompts; nil when they do not grow with the words.
  package init?(words: (Int, Int), tokens: (Int, Int)) {
    guard words.1 > words.0, tokens.1 > tokens.0 else { return nil }
    let rate = Double(tokens.1 - tokens.0) / Double(words.1 - words.0)
    self.init(
      overhead: max(0, Double(tokens.0) - rate * Double(words.0)), tokensPerWord: rate)
  }

  /// Words of a prompt of about `tokens` tokens, template and all; at least one.
  package func words(forPrompt tokens: Int) -> Int {
    max(1, Int(((Double(tokens) - overhead) / tokensPerWord).rounded()))
  }

  /// Words of a text of about `tokens` tokens inside a prompt; at least one.
  package func words(forText tokens: Int) -> Int {
    max(1, Int((Double(tokens) / tokensPerWord).rounded()))
  }
}
