/// The figure that a question is about: what a driver moves, what a choice should raise.
package struct Goal: Sendable, Hashable, Codable {
  package enum Subject: Sendable, Hashable, Codable {
    case figure(Outcome.Figure)
    /// 1 on a path that breaks even by the end of `month` (0: the first), else 0; so its mean is a
    /// chance.
    case breakEven(by: Int)
    /// 1 on a path whose cash lasts through `month`, else 0.
    case solvent(through: Int)
    /// A monthly measure in one month.
    case measure(Outcome.Measure, month: Int)
  }

  package let subject: Subject

  package init(_ subject: Subject) { self.subject = subject }
  package init(_ figure: Outcome.Figure) { subject = .figure(figure) }

  package static let netPresentValue = Goal(.netPresentValue)

  package var isHigherBetter: Bool {
    switch subject {
    case .figure(.breakEvenMonth), .figure(.paybackMonth), .figure(.burnMultiple): false
    case .measure(.tokenCost, _), .measure(.machines, _): false
    default: true
    }
  }

  /// What a table must keep month by month for this goal.
  package var measures: Set<Outcome.Measure> {
    if case .measure(let measure, _) = subject { [measure] } else { [] }
  }

  /// The goal's value on each path. A month of break-even, payback or ruin that never comes counts as
  /// the month after the horizon, `months`; any other figure that a path lacks is NaN.
  package func values(in table: PathTable, months: Int) -> [Double] {
    switch subject {
    case .figure(let figure):
      let values = table.figures[figure] ?? []
      switch figure {
      case .breakEvenMonth, .paybackMonth, .ruinMonth:
        return values.map { $0.isNaN ? Double(months) : $0 }
      default: return values
      }
    case .breakEven(let month):
      return (table.figures[.breakEvenMonth] ?? []).map { $0 <= Double(month) ? 1 : 0 }
    case .solvent(let month):
      return (table.figures[.ruinMonth] ?? []).map { $0 <= Double(month) ? 0 : 1 }
    case .measure(let measure, let month):
      guard let rows = table.monthly[measure], rows.indices.contains(month) else { return [] }
      return rows[month]
    }
  }
}
