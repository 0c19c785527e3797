/// A figure as somebody wrote it: value, unit, and how exactly it was written.
package struct WrittenFigure: Sendable, Hashable {
  /// What is counted. Only these are told apart; other nouns say nothing about the unit.
  package enum Noun: String, Sendable, Hashable, CaseIterable {
    case month, year, week, day, hour, second
    case customer, person, machine, token, request, seat, conversation
  }

  package enum Unit: Sendable, Hashable {
    /// A bare number.
    case number
    /// Of a currency, by its symbol; `¥` is the yuan's.
    case money(String)
    /// The value is the number before the sign: 26 for `26%`.
    case percent
    case count(Noun)
    /// A month of the calendar; the value is `Month.index`.
    case month
    /// A year of the calendar.
    case year
    /// `1 in 4`: the value is the quotient.
    case fraction(Int, of: Int)
  }

  /// Of the text's Unicode scalars.
  package var range: Range<Int>
  package var value: Double
  /// Half a unit of the last digit that was written.
  package var halfDigit: Double
  package var unit: Unit
  /// Written with a minus or a plus.
  package var hasSign: Bool
  /// The first of a range may mean its digits times this: `1.2` of `1.2–1.5M`.
  package var otherScale = 1.0

  package init(
    range: Range<Int>, value: Double, halfDigit: Double, unit: Unit, hasSign: Bool = false
  ) {
    self.range = range
    self.value = value
    self.halfDigit = halfDigit
    self.unit = unit
    self.hasSign = hasSign
  }
}

/// A figure of the data: as it is shown, and exactly.
package struct KnownFigure: Sendable, Hashable {
  package let shown: WrittenFigure
  /// In the scale of `shown.value`.
  package let exact: Double

  package init(_ shown: WrittenFigure, exact: Double? = nil) {
    self.shown = shown
    self.exact = exact ?? shown.value
  }

  /// However few digits were written, this share of the value is the most that may be rounded away:
  /// "about 1 million" is not 1.2 million.
  static let mostRounded = 0.05
  /// Of a chance told as a small fraction, in shares of one.
  static let fractionError = 0.01

  /// Whether `figure` says this: the same in a unit that can mean the same, within the rounding of
  /// its own digits. A sum or a ratio of known figures is not known.
  package func matches(_ figure: WrittenFigure) -> Bool {
    if case .fraction(let part, let whole) = figure.unit { return matches(part, of: whole) }
    guard let factor = Self.factor(from: figure.unit, to: shown.unit) else { return false }
    return [1, figure.otherScale].contains { scale in
      says(figure, figure.value * factor * scale, half: figure.halfDigit * factor * scale)
    }
  }

  private func says(_ figure: WrittenFigure, _ value: Double, half: Double) -> Bool {
    func isSame(_ known: Double, within tolerance: Double) -> Bool {
      let slack = abs(known) * 1e-9 + 1e-12
      if abs(value - known) <= tolerance + slack { return true }
      // "A loss of 5" is how people write -5; but a sign that is written must be right.
      return !figure.hasSign && abs(value - abs(known)) <= tolerance + slack
    }
    if isSame(shown.value, within: 0) { return true }
    return isSame(exact, within: min(half, abs(exact) * Self.mostRounded))
  }

  private func matches(_ part: Int, of whole: Int) -> Bool {
    switch shown.unit {
    case .fraction(let above, let below): return above * whole == part * below
    case .percent:
      return abs(exact / 100 - Double(part) / Double(whole)) <= Self.fractionError
    default: return false
    }
  }

  /// What a value of `unit` is multiplied by to be compared; nil when they cannot mean the same. A
  /// unit may be left out, but not exchanged.
  private static func factor(
    from unit: WrittenFigure.Unit, to known: WrittenFigure.Unit
  ) -> Double? {
    switch (unit, known) {
    case (.count(.year), .count(.month)): return 12
    case (.count(.month), .count(.year)): return 1.0 / 12
    case (.number, .money), (.number, .count), (.number, .number): return 1
    case (.count, .number): return 1
    case (.year, .number), (.number, .year), (.year, .year): return 1
    default: return unit == known ? 1 : nil
    }
  }
}
