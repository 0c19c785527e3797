package import Forecast

/// One thing that the data say, with where it is from. An answer may use the figures of facts, and no
/// others.
package struct Fact: Sendable, Hashable {
  /// `F1`, `F2` … in the order of the list.
  package var id: String
  package let label: String
  /// The figures as shown.
  package let text: String
  package let source: FactSource
  /// Every figure of label and text, those of the program with their exact values.
  package let figures: [KnownFigure]

  /// A value and how it is shown.
  package struct Value: Sendable, Hashable {
    package let exact: Double
    package let shown: String

    package init(_ exact: Double, _ shown: String) {
      self.exact = exact
      self.shown = shown
    }
  }

  /// - Parameter values: those in `text`, exact in the scale of what is shown: 26 for `26%`, units
  ///   of the currency for money, `Month.index` for a month.
  package init(
    id: String = "", label: String, text: String, values: [Value] = [], source: FactSource
  ) {
    self.id = id
    self.label = label
    self.text = text
    self.source = source
    let exact = values.compactMap { value -> KnownFigure? in
      let read = FigureScanner(value.shown).figures
      guard let shown = read.first, read.count == 1, value.exact.isFinite else { return nil }
      return KnownFigure(shown, exact: value.exact)
    }
    // Label and text are the founder's or ours: what they write is in the data.
    figures = exact + FigureScanner("\(label): \(text)").figures.map { KnownFigure($0) }
  }

  package var sentence: String { text.isEmpty ? label : "\(label): \(text)" }

  package func holds(_ figure: WrittenFigure) -> Bool {
    figures.contains { known in
      // A year alone is right when one of its months is known.
      if figure.unit == .year, known.shown.unit == .month {
        return Int(known.exact) / 12 == Int(figure.value)
      }
      return known.matches(figure)
    }
  }
}

/// Where a fact is from.
package enum FactSource: Sendable, Hashable {
  /// A run of the simulation.
  case simulation(seed: UInt64, paths: Int)
  /// A line of the plan.
  case plan(line: Int)
  /// The books, read at a position; a month where the fact is of one.
  case ledger(position: Int64, month: Month?)
  /// The drivers moved by the books read at a position.
  case calibration(position: Int64, line: Int)
  /// The risks' simulated losses.
  case risks(seed: UInt64, paths: Int)
  /// The market counted from the plan's inputs.
  case market(seed: UInt64)
  /// Choices compared on common random numbers.
  case comparison(seed: UInt64, paths: Int)
  /// The library of cases.
  case cases

  package func description(_ words: Words) -> String {
    switch self {
    case .simulation(let seed, let paths):
      words("plan_advisor_source_simulation", ["seed": "\(seed)", "paths": "\(paths)"])
    case .plan(let line): words("plan_advisor_source_plan", ["line": "\(line)"])
    case .ledger(let position, _):
      words("plan_advisor_source_ledger", ["position": "\(position)"])
    case .calibration(let position, _):
      words("plan_advisor_source_calibration", ["position": "\(position)"])
    case .risks(let seed, let paths):
      words("plan_advisor_source_risks", ["seed": "\(seed)", "paths": "\(paths)"])
    case .market(let seed): words("plan_advisor_source_market", ["seed": "\(seed)"])
    case .comparison(let seed, let paths):
      words("plan_advisor_source_comparison", ["seed": "\(seed)", "paths": "\(paths)"])
    case .cases: words("plan_advisor_source_cases")
    }
  }
}
