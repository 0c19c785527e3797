package import Ledger

/// 项目: the steps from the first day to the running product, and what is to be built with what.
/// Read with `init(reading:sheet:)`; `schedule` is the critical path, `simulate` the finish date.
package struct Project: Sendable, Hashable, Codable {
  package var start: CalendarDate
  /// Days of work in a week, 1...7.
  package var daysPerWeek: Double
  package var tasks: [ProjectTask]
  package var technology: TechnologyBrief?

  package init(
    start: CalendarDate, daysPerWeek: Double = 5, tasks: [ProjectTask],
    technology: TechnologyBrief? = nil
  ) {
    self.start = start
    self.daysPerWeek = daysPerWeek
    self.tasks = tasks
    self.technology = technology
  }

  /// The day on which so many days of work are done.
  package func date(after workDays: Double) -> CalendarDate {
    start.advanced(by: Int((max(0, workDays) * 7 / daysPerWeek).rounded(.up)))
  }
}
