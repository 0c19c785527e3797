package import Ledger

/// The critical path: earliest and latest days of each task, in days of work from the start.
///
/// Source: J. Kelley, M. Walker, "Critical-path planning and scheduling", 1959.
package struct ProjectSchedule: Sendable, Hashable, Codable {
  package struct Row: Sendable, Hashable, Codable {
    package var id: String
    package var duration: Double
    package var earliestStart: Double
    package var earliestFinish: Double
    package var latestStart: Double
    package var latestFinish: Double
    /// Days that it may slip without moving the end.
    package var float: Double
    package var isCritical: Bool
    package var progress: ProjectTask.Progress
  }

  /// In the plan's order.
  package var rows: [Row]
  /// Days of work to the end.
  package var length: Double
  /// One longest chain, by id, from the start.
  package var criticalPath: [String]
  package var finish: CalendarDate
}

extension Project {
  /// The schedule with these durations (the estimates' modes when nil), less what is already done.
  ///
  /// - Returns: nil when tasks wait for each other in a circle.
  package func schedule(
    durations: [Double]? = nil, state: ProjectState = ProjectState()
  ) -> ProjectSchedule? {
    guard let order else { return nil }
    let after = predecessors
    let durations = remaining(durations ?? tasks.map(\.estimate.likely), state)
    var start = [Double](repeating: 0, count: tasks.count)
    var finish = start
    for task in order {
      start[task] = after[task].map { finish[$0] }.max() ?? 0
      finish[task] = start[task] + durations[task]
    }
    let length = finish.max() ?? 0
    var latest = [Double](repeating: length, count: tasks.count)
    for task in order.reversed() {
      for before in after[task] {
        latest[before] = min(latest[before], latest[task] - durations[task])
      }
    }
    let tolerance = 1e-9 * max(1, length)
    let progress = progress(state)
    let rows = tasks.indices.map { task in
      let float = max(0, latest[task] - finish[task])
      return ProjectSchedule.Row(
        id: tasks[task].id, duration: durations[task], earliestStart: start[task],
        earliestFinish: finish[task], latestStart: latest[task] - durations[task],
        latestFinish: latest[task], float: float, isCritical: float <= tolerance,
        progress: progress[task])
    }
    return ProjectSchedule(
      rows: rows, length: length,
      criticalPath: path(finish, start, after, tolerance).map { tasks[$0].id },
      finish: date(after: length))
  }

  /// Back from the task that ends last, by the predecessor that ends when it starts.
  private func path(
    _ finish: [Double], _ start: [Double], _ after: [[Int]], _ tolerance: Double
  ) -> [Int] {
    guard var task = finish.indices.max(by: { (finish[$0], $1) < (finish[$1], $0) }) else {
      return []
    }
    var path = [task]
    while let before = after[task].first(where: { abs(finish[$0] - start[task]) <= tolerance }) {
      path.append(before)
      task = before
    }
    return path.reversed()
  }

  /// Days that are left: none of a task that is done, the rest of one that runs.
  func remaining(_ durations: [Double], _ state: ProjectState) -> [Double] {
    zip(tasks, durations).map { task, days in
      isDone(task, state) ? 0 : days * (1 - min(max(task.share, 0), 1))
    }
  }

  package func isDone(_ task: ProjectTask, _ state: ProjectState) -> Bool {
    task.isDone || task.share >= 1 || task.doneWhen.map(state.facts.contains) ?? false
  }

  /// Done by hand or by a fact of the running system; ready when all before are done.
  package func progress(_ state: ProjectState) -> [ProjectTask.Progress] {
    let after = predecessors
    let done = tasks.map { isDone($0, state) }
    return tasks.indices.map { task in
      if done[task] { return .done }
      if tasks[task].share > 0 { return .running }
      return after[task].allSatisfy { done[$0] } ? .ready : .waiting
    }
  }
}
