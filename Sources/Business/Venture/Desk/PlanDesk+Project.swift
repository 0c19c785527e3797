import Forecast

/// The project as it stands: its schedule, when it ends, and which technology fits.
package struct ProjectReport: Sendable, Encodable {
  package let planHash: String
  package let project: Project
  /// Done facts of the workspace, by which tasks count as done.
  package let state: ProjectState
  /// At the likely durations.
  package let schedule: ProjectSchedule
  package let forecast: ProjectForecast
  /// Nil when the plan says nothing of the technology's job.
  package let technology: TechnologyChoice?
}

extension PlanDesk {
  /// - Throws: `invalid` when the plan has no project; `circular` for tasks that wait for each other.
  package func project(seed: UInt64 = 1, paths: Int = 5_000) async throws -> ProjectReport {
    let (plan, hash) = try plan()
    guard let project = plan.project, !project.tasks.isEmpty else {
      throw DeskError(
        .invalid, "the plan has no project; add tasks under 'project:' with 'days: [3, 5, 10]'")
    }
    let state = await access.facts()
    let facts = state.facts.map(\.rawValue).sorted().joined(separator: ",")
    return try await once("project|\(hash)|\(seed)|\(paths)|\(facts)") {
      guard let schedule = project.schedule(state: state) else {
        throw ForecastError(
          .circular, "tasks wait for each other: \(project.circle?.joined(separator: " → ") ?? "")",
          field: "project.tasks")
      }
      return ProjectReport(
        planHash: hash, project: project, state: state, schedule: schedule,
        forecast: try project.simulate(paths: paths, seed: seed, state: state),
        technology: project.technology?.choose())
    }
  }
}
