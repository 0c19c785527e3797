import Forecast
import Hummingbird
import Venture

extension DashboardRoutes {
  func addPlan<Context: RequestContext>(to router: Router<Context>) {
    addPlanForecast(to: router)
    addPlanParts(to: router)
    addPlanAdvisor(to: router)
  }

  /// A page of the plan; what is wrong with the plan itself is shown in its place.
  func planPage<Context: RequestContext>(
    _ router: Router<Context>, _ tab: PlanPages.Tab,
    render: @escaping @Sendable (Visit) async throws -> String
  ) {
    guard let plan else { return }
    page(router, RouterPath(tab.path)) { visit, _ in
      do {
        return try await render(visit)
      } catch let error as DeskError {
        return plan.missing(tab, visit, error)
      } catch let error as ForecastError {
        return plan.missing(tab, visit, DeskError(.invalid, error.message))
      }
    }
  }
}
