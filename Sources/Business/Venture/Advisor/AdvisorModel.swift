/// Who writes the text: a model of our own or a vendor's.
package protocol AdvisorModel: Sendable {
  /// What readers see, such as the model's name.
  var name: String { get }
  /// Tokens of prompt and answer together; nil where nobody says.
  var contextTokens: Int? { get }

  /// The text in pieces. Ending the iteration ends the generation.
  ///
  /// - Throws: in the stream, when the model cannot answer.
  func answer(
    _ messages: [AdvisorMessage], maxTokens: Int
  ) -> AsyncThrowingStream<String, any Error>
}

package struct AdvisorMessage: Sendable, Hashable, Codable {
  package let role: String
  package let content: String

  package init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}

/// What is asked of the advisor.
package struct AdvisorQuestion: Sendable, Hashable {
  package enum Task: String, Sendable, Hashable, CaseIterable {
    /// Any question.
    case ask
    /// Say where a figure comes from and what it means.
    case explain
    /// Write a section of the plan.
    case draft
    /// Find what speaks against an assumption.
    case challenge
  }

  /// Longer questions are cut, not refused: what was left out cannot be answered anyway.
  package static let longestText = 500

  package let task: Task
  package let text: String
  package let language: ReportLanguage

  package init(_ text: String, task: Task = .ask, language: ReportLanguage) {
    self.text = String(text.prefix(Self.longestText))
    self.task = task
    self.language = language
  }
}

/// How much of the data a model is given, by the size of its context.
package struct AdvisorBound: Sendable, Hashable {
  package var facts: Int
  /// Of all facts' sentences.
  package var characters: Int
  package var answerTokens: Int

  package init(facts: Int = 40, characters: Int = 3_000, answerTokens: Int = 400) {
    self.facts = facts
    self.characters = characters
    self.answerTokens = answerTokens
  }

  /// A quarter of the context for the answer, at most 600 tokens. A small model's tokenizer makes a
  /// token of 2.3 characters of facts in English and 2 to 3 tokens of a Chinese character.
  package init(contextTokens: Int?, language: ReportLanguage) {
    guard let contextTokens else {
      self.init()
      return
    }
    let answer = min(600, max(64, contextTokens / 4))
    let left = Double(max(0, contextTokens - answer - 300))
    let characters = Int(left * (language == .english ? 1.8 : 0.4))
    self.init(
      facts: 40, characters: min(6_000, max(200, characters)), answerTokens: answer)
  }
}
