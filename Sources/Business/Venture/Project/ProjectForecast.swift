package import Forecast
package import Ledger

/// When the project ends, with the doubt of its estimates and risks.
package struct ProjectForecast: Sendable, Hashable, Codable {
  package struct Row: Sendable, Hashable, Codable {
    package var id: String
    /// Share of the paths in which it was on the critical path.
    package var criticality: Double
    /// Rank correlation (Spearman) of its duration with the project's.
    package var sensitivity: Double
    /// Days of work, mean and 80th percentile of its finish.
    package var meanFinish: Double
    package var lateFinish: Double
  }

  package var seed: UInt64
  package var paths: Int
  package var rows: [Row]
  package var mean: Double
  package var deviation: Double
  /// Days of work that 50, 80 and 95 of 100 paths keep.
  package var p50: Double
  package var p80: Double
  package var p95: Double
  /// Their dates.
  package var dates: [CalendarDate]
  /// The critical path with every task at its likely duration, and at its mean.
  package var modeLength: Double
  package var meanLength: Double
  /// Simulated median − the modes' critical path: what the single number hides. It is made of skewed
  /// estimates, of paths that meet (the last one counts), and of risks.
  package var bias: Double
  /// Mean − the means' critical path: the part that is due to paths that meet, and risks.
  package var mergeBias: Double
  /// Chance to finish within the modes' critical path.
  package var chanceOfModes: Double
}

extension Project {
  package static let largestPaths = 200_000

  /// Draws each task's beta (PERT) and its risks' delays, and runs the critical path on each.
  ///
  /// Numbers are keyed by the task's id: a new task moves no other's.
  ///
  /// - Throws: `circular` for tasks in a circle, `range` for too many paths, `noData` without tasks.
  package func simulate(
    paths: Int = 5_000, seed: UInt64 = 1, state: ProjectState = ProjectState()
  ) throws(ForecastError) -> ProjectForecast {
    guard !tasks.isEmpty else {
      throw ForecastError(.noData, "the project has no tasks; add some", field: "project.tasks")
    }
    guard (1...Self.largestPaths).contains(paths) else {
      throw ForecastError(
        .range, "paths must be between 1 and \(Self.largestPaths), not \(paths)", field: "paths")
    }
    guard let order, let modes = schedule(state: state),
      let means = schedule(durations: tasks.map(\.estimate.mean), state: state)
    else {
      throw ForecastError(
        .circular, "tasks wait for each other: \(circle?.joined(separator: " → ") ?? "")",
        field: "project.tasks")
    }
    var run = ProjectRun(self, order: order, state: state, paths: paths, seed: seed)
    run.drawAll()
    return run.forecast(modes: modes.length, means: means.length)
  }
}

/// The working arrays of one simulation.
private struct ProjectRun {
  let project: Project
  let order: [Int]
  let after: [[Int]]
  let followers: [[Int]]
  let state: ProjectState
  let paths: Int
  let seed: UInt64
  /// [task][path].
  var durations: [[Double]]
  var finishes: [[Double]]
  var critical: [Int]
  var lengths: [Double]

  init(_ project: Project, order: [Int], state: ProjectState, paths: Int, seed: UInt64) {
    self.project = project
    self.order = order
    after = project.predecessors
    var followers = [[Int]](repeating: [], count: project.tasks.count)
    for (task, before) in after.enumerated() { for one in before { followers[one].append(task) } }
    self.followers = followers
    self.state = state
    self.paths = paths
    self.seed = seed
    let empty = [Double](repeating: 0, count: paths)
    durations = [[Double]](repeating: empty, count: project.tasks.count)
    finishes = durations
    critical = [Int](repeating: 0, count: project.tasks.count)
    lengths = empty
  }

  mutating func drawAll() {
    for (index, task) in project.tasks.enumerated() where !project.isDone(task, state) {
      let key = RandomStream.Key(seed: seed, name: "project.\(task.id)")
      let left = 1 - min(max(task.share, 0), 1)
      let delays = task.delays.map {
        ($0, RandomStream.Key(seed: seed, name: "project.\(task.id).\($0.risk)"))
      }
      for path in 0..<paths {
        var stream = RandomStream(key, path: path, index: 0)
        var days = task.estimate.draw(&stream) * left
        for (delay, ownKey) in delays {
          var own = RandomStream(ownKey, path: path, index: 0)
          if own.uniform() < delay.chance { days += delay.days.draw(&own) }
        }
        durations[index][path] = days
      }
    }
    for path in 0..<paths { pass(path) }
  }

  private mutating func pass(_ path: Int) {
    var length = 0.0
    for task in order {
      var start = 0.0
      for before in after[task] { start = max(start, finishes[before][path]) }
      finishes[task][path] = start + durations[task][path]
      length = max(length, finishes[task][path])
    }
    lengths[path] = length
    var latest = [Double](repeating: length, count: order.count)
    for task in order.reversed() {
      for next in followers[task] {
        latest[task] = min(latest[task], latest[next] - durations[next][path])
      }
      if latest[task] - finishes[task][path] <= 1e-9 * max(1, length) { critical[task] += 1 }
    }
  }

  func forecast(modes: Double, means: Double) -> ProjectForecast {
    let sorted = lengths.sorted()
    let mean = lengths.reduce(0, +) / Double(paths)
    let squares = lengths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let levels = [0.5, 0.8, 0.95].map { LossStatistics.quantile(sorted, $0) }
    let ranks = Statistics.ranks(lengths)
    let rows = project.tasks.indices.map { task in
      let finish = finishes[task].sorted()
      return ProjectForecast.Row(
        id: project.tasks[task].id, criticality: Double(critical[task]) / Double(paths),
        // Spearman's.
        sensitivity: Statistics.correlation(Statistics.ranks(durations[task]), ranks),
        meanFinish: finish.reduce(0, +) / Double(paths),
        lateFinish: LossStatistics.quantile(finish, 0.8))
    }
    return ProjectForecast(
      seed: seed, paths: paths, rows: rows, mean: mean,
      deviation: paths > 1 ? (squares / Double(paths - 1)).squareRoot() : 0, p50: levels[0],
      p80: levels[1], p95: levels[2], dates: levels.map(project.date(after:)), modeLength: modes,
      meanLength: means, bias: levels[0] - modes, mergeBias: mean - means,
      chanceOfModes: Double(lengths.reduce(0) { $0 + ($1 <= modes ? 1 : 0) }) / Double(paths))
  }
}
