/// How often a sequence's guesses come true: a moving estimate of the chance that a guessed token
/// is right when those before it were.
struct DraftAcceptance: Sendable {
  private static let priorRight = 1.0
  private static let priorTried = 2.0
  private var right = priorRight
  private var tried = priorTried

  var chance: Double { min(0.99, right / tried) }

  /// `accepted` of `drafted` tokens were right; the first wrong one ends a draft's trial.
  mutating func record(drafted: Int, accepted: Int) {
    guard drafted > 0 else { return }
    right = 0.8 * right + Double(accepted)
    tried = 0.8 * tried + Double(min(drafted, accepted + 1))
  }

  /// A guess was not tried: what is known grows old, so that it is tried again one day.
  mutating func fade() {
    right += 0.01 * (Self.priorRight - right)
    tried += 0.01 * (Self.priorTried - tried)
  }

  /// How many of `count` guesses are expected to be right.
  func expected(_ count: Int) -> Double {
    let p = chance
    return p * (1 - pow(p, count)) / (1 - p)
  }

  private func pow(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<exponent { result *= base }
    return result
  }
}
