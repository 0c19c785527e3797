/// How the engine guesses tokens ahead of the model. Answers are the same with any of these: each
/// token is still picked from the model's own logits, a right guess only saves a step.
package struct SpeculationOptions: Sendable, Equatable {
  package enum Policy: Sendable, Equatable {
    /// Guess where the measured time of steps and the guesses' success say that it pays.
    case measured
    /// Guess whenever there is something to guess from: for comparisons.
    case always
  }

  /// Guess that what followed the last words before follows them again (prompt lookup).
  package var promptLookup: Bool
  /// The most tokens guessed ahead of one sequence; 0 turns speculation off, a draft model too.
  package var maximumDraft: Int
  package var policy: Policy

  package init(promptLookup: Bool = true, maximumDraft: Int = 8, policy: Policy = .measured) {
    self.promptLookup = promptLookup
    self.maximumDraft = maximumDraft
    self.policy = policy
  }

  package static let off = SpeculationOptions(promptLookup: false, maximumDraft: 0)
}
