package import Ledger

/// When a risk was last looked at, and how often it is to be.
package struct RiskReview: Sendable, Hashable, Codable {
  package var last: CalendarDate
  package var everyDays: Int

  package init(last: CalendarDate, everyDays: Int) {
    self.last = last
    self.everyDays = everyDays
  }

  package var due: CalendarDate { last.advanced(by: everyDays) }
  /// Days past due on `today`; 0 when not yet due.
  package func overdue(on today: CalendarDate) -> Int { max(0, due.days(until: today)) }
}
