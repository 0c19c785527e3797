import Forecast
import Foundation
import Ledger
import Testing

@testable import Venture

private func project(
  _ tasks: [(id: String, after: [String], days: ThreePoint)]
) throws -> Project {
  Project(
    start: try #require(CalendarDate("2027-01-04")),
    tasks: tasks.map {
      ProjectTask(id: $0.id, name: $0.id, phase: .data, after: $0.after, estimate: $0.days)
    })
}

private let smallProject = """
  start: 2027-01-04
  tasks:
    - {id: collect, name: Collect, phase: data, owner: wu, days: [5, 8, 20], done_when: data_ready}
    - {id: train, name: Train, phase: training, owner: chen, after: [collect], days: [5, 10, 20], done_when: model_trained, risks: [{risk: hard, chance: 50%, days: [4, 4, 4]}]}
    - {id: sell, name: Sell, phase: launch, owner: lin, after: collect, days: 3}
    - {id: launch, name: Launch, phase: launch, owner: lin, after: [train, sell], days: [1, 2, 4], gate: true}
  """

@Suite struct ProjectTests {
  private func read(_ yaml: String) throws -> (Project, PlanProblems) {
    let problems = PlanProblems()
    return (Project(reading: try node(yaml, problems), sheet: sheet()), problems)
  }

  @Test func criticalPathEqualsAllChainsGoneThrough() throws {
    for network in try RiskFixture.load().networks {
      let plan = try project(
        network.days.indices.map { index in
          (
            "t\(index)", network.after[index].map { "t\($0)" },
            ThreePoint(network.days[index], network.days[index], network.days[index])
          )
        })
      let schedule = try #require(plan.schedule())
      #expect(abs(schedule.length - network.length) < 1e-9)
      for (row, index) in zip(schedule.rows, network.days.indices) {
        #expect(abs(row.earliestFinish - network.finish[index]) < 1e-9)
        #expect(abs(row.float - network.float[index]) < 1e-9)
        #expect(row.isCritical == (row.float < 1e-9))
        #expect(abs(row.latestFinish - row.latestStart - row.duration) < 1e-9)
      }
      let chain = schedule.criticalPath.map { id in schedule.rows.first { $0.id == id } }
      #expect(abs(chain.reduce(0) { $0 + ($1?.duration ?? 0) } - network.length) < 1e-9)
    }
  }

  @Test func threePointsHaveTheBetasMoments() throws {
    for item in try RiskFixture.load().pert {
      let estimate = ThreePoint(item.estimate[0], item.estimate[1], item.estimate[2])
      #expect(abs(estimate.mean - item.mean) < 1e-12)
      #expect(abs(estimate.variance - item.variance) < 1e-12)
    }
  }

  @Test func whereTasksMeetTheFinishIsTheExactOne() throws {
    for meeting in try RiskFixture.load().meetings {
      var tasks = meeting.beside.enumerated().map {
        (id: "b\($0)", after: [String](), days: ThreePoint($1[0], $1[1], $1[2]))
      }
      tasks.append(
        (
          id: "last", after: tasks.map(\.id),
          days: ThreePoint(meeting.last[0], meeting.last[1], meeting.last[2])
        ))
      let forecast = try project(tasks).simulate(paths: 40_000, seed: 3)
      #expect(abs(forecast.mean - meeting.mean) < 0.08)
      for (found, exact) in [
        (forecast.p50, meeting.p50), (forecast.p80, meeting.p80), (forecast.p95, meeting.p95),
      ] { #expect(abs(found - exact) < 0.15) }
      #expect(forecast.modeLength == meeting.modes)
      #expect(forecast.bias > 4 && forecast.mergeBias > 0.5, "single numbers hide this much")
      #expect(forecast.chanceOfModes < 0.1)
    }
  }

  @Test func theMeansCriticalPathIsNeverAboveTheSimulatedMean() throws {
    let (plan, _) = try read(smallProject)
    for seed in 1...5 {
      let forecast = try plan.simulate(paths: 2_000, seed: UInt64(seed))
      #expect(forecast.mean > forecast.meanLength - 4 * forecast.deviation / 2_000.0.squareRoot())
      #expect(forecast.p50 <= forecast.p80 && forecast.p80 <= forecast.p95)
      #expect(forecast.dates == forecast.dates.sorted())
    }
  }

  @Test func aChainWithoutDoubtIsItsSum() throws {
    let plan = try project([
      ("a", [], ThreePoint(2, 2, 2)), ("b", ["a"], ThreePoint(3, 3, 3)),
      ("c", ["a"], ThreePoint(1, 1, 1)),
    ])
    let forecast = try plan.simulate(paths: 10)
    #expect(forecast.p50 == 5 && forecast.p95 == 5 && forecast.deviation == 0)
    #expect(forecast.rows.map(\.criticality) == [1, 1, 0])
    #expect(forecast.dates[0] == CalendarDate("2027-01-11"), "five days of work are a week")
  }

  @Test func aRiskDelaysByItsChance() throws {
    let (plan, _) = try read(smallProject)
    var calm = plan
    for index in calm.tasks.indices { calm.tasks[index].delays = [] }
    let (risky, bare) = (try plan.simulate(paths: 20_000), try calm.simulate(paths: 20_000))
    #expect(abs(risky.mean - bare.mean - 0.5 * 4) < 0.15)
  }

  @Test func factsOfTheSystemMakeTasksDone() throws {
    let (plan, problems) = try read(smallProject)
    #expect(!problems.hasErrors, "\(problems.all)")
    #expect(plan.progress(ProjectState()) == [.ready, .waiting, .waiting, .waiting])
    let state = ProjectState(facts: [.dataReady])
    #expect(plan.progress(state) == [.done, .ready, .ready, .waiting])
    let before = try plan.simulate(paths: 500)
    let after = try plan.simulate(paths: 500, state: state)
    #expect(after.p50 < before.p50 - 4)
    #expect(plan.schedule(state: state)?.length == 12)
    let all = ProjectState(facts: Set(ProjectState.Fact.allCases))
    #expect(plan.progress(all)[1] == .done)
  }

  @Test func theSameSeedGivesTheSameForecast() throws {
    let (plan, _) = try read(smallProject)
    #expect(try plan.simulate(paths: 300, seed: 9) == plan.simulate(paths: 300, seed: 9))
    #expect(try plan.simulate(paths: 300, seed: 9) != plan.simulate(paths: 300, seed: 8))
  }

  @Test(arguments: [
    ("id: collect, ", "id: collect, after: [launch], ", "in a circle: "),
    ("after: collect", "after: colect", "'colect' is not a task"),
    ("[5, 10, 20]", "[5, 30, 20]", "must ascend"), ("days: 3", "days: soon", "best, likely, worst"),
    ("days: 3", "length: 3", "needs 'days'"),
    ("chance: 50%", "chance: 150%", "between 0.0 and 1.0"),
    ("done_when: data_ready", "done_when: whenever", "is not one of"),
    ("start: 2027-01-04", "start: 2027-02-29", "not a day of the calendar"),
    ("phase: data", "phase: dreaming", "is not one of"),
  ])
  func faultsNameFieldAndRemedy(old: String, new: String, message: String) throws {
    let text = smallProject.replacingOccurrences(of: old, with: new)
    #expect(text != smallProject)
    let (_, problems) = try read(text)
    let found = problems.all.first { $0.message.contains(message) }
    #expect((found?.line ?? 0) > 0, "\(problems.all)")
  }

  @Test func aCircleIsNamedAndNotSimulated() throws {
    let plan = try project([
      ("a", ["c"], ThreePoint(1, 1, 1)), ("b", ["a"], ThreePoint(1, 1, 1)),
      ("c", ["b"], ThreePoint(1, 1, 1)), ("d", [], ThreePoint(1, 1, 1)),
    ])
    let circle = try #require(plan.circle)
    #expect(circle.first == circle.last && Set(circle) == ["a", "b", "c"] && circle.count == 4)
    #expect(plan.schedule() == nil)
    #expect(throws: ForecastError.self) { try plan.simulate(paths: 10) }
  }

  @Test func spearmanEqualsScipys() throws {
    let item = try RiskFixture.load().spearman
    func spearman(_ x: [Double], _ y: [Double]) -> Double {
      Statistics.correlation(Statistics.ranks(x), Statistics.ranks(y))
    }
    #expect(abs(spearman(item.first, item.second) - item.rho) < 1e-12)
    #expect(spearman([1, 1, 1], [1, 2, 3]) == 0)
  }
}

@Suite struct CalendarDateTests {
  @Test func daysRunThroughMonthsAndLeapYears() throws {
    var date = try #require(CalendarDate("1999-12-25"))
    var seen = Set<String>()
    for _ in 0..<1_200 {
      #expect(CalendarDate(date.description) == date)
      #expect(seen.insert(date.description).inserted)
      date = date.advanced(by: 1)
    }
    #expect(seen.contains("2000-02-29") && !seen.contains("2001-02-29"))
    #expect(CalendarDate("1970-01-01")?.number == 0)
    let (first, second) = (
      try #require(CalendarDate("2027-01-01")), try #require(CalendarDate("2028-01-01"))
    )
    #expect(first.days(until: second) == 365 && first < second)
  }

  @Test(arguments: [
    "", "2027-1-1", "2027-13-01", "2027-04-31", "20270101", "2027-01-01-01", "a-b-c",
  ])
  func whatIsNoDayIsRefused(text: String) { #expect(CalendarDate(text) == nil) }
}
