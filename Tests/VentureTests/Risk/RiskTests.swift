import Forecast
import Foundation
import Ledger
import Testing

@testable import Venture

let smallRegister = """
  tail_price: 0.2
  register:
    - id: leak
      class: law
      name: Leak
      cause: c
      event: e
      consequence: q
      owner: ann
      likelihood: 0.5 /year
      impact: 20000 to 300000 CNY
      acquisition: 0.5
      churn: 2
      duration: 6 months
      triggers: ["incidents >= 1", {when: monthly_churn > 6%, near: 50%}]
      reviewed: 2026-12-01
      review_days: 60
    - {id: outage, class: technology, name: Outage, owner: bob, likelihood: 2 /year, impact: 10000 to 80000 CNY, reviewed: 2026-12-01}
    - {id: war, class: market, name: Price war, owner: bob, likelihood: 0.08 /year, impact: 300000 to 5000000 CNY}
  treatments:
    - id: comply
      name: Comply
      kind: compliance
      on:
        - {risk: leak, likelihood: 0.4, impact: 0.5}
      cost: 500 CNY/month
      once: 1000 CNY
    - id: insure
      name: Insure
      kind: insurance
      on:
        - {risk: leak, impact: 0.5}
        - {risk: war, impact: 0.3}
      cost: 1000 CNY/month
      adopted: false
  """

func register(
  _ yaml: String = smallRegister
) throws -> (RiskRegister, CompiledQuantities, PlanProblems) {
  let (problems, sheet) = (PlanProblems(), sheet())
  let register = RiskRegister(reading: try node(yaml, problems), sheet: sheet)
  return (register, sheet.compile(), problems)
}

@Suite struct RiskRegisterTests {
  @Test func shocksCarryTheTreatedFigures() throws {
    var (risks, compiled, problems) = try register()
    #expect(!problems.hasErrors && compiled.problems.isEmpty, "\(problems.all)")
    let bare = risks.shocks(&compiled, treated: false)
    let treated = risks.shocks(&compiled, treated: true)
    let values = try compiled.table.meanValues()
    func value(_ parameter: Parameter) -> Double { values[parameter.index] }
    #expect(bare.costs.isEmpty)
    #expect(bare.shocks.map(\.id) == ["leak", "outage", "war"])
    #expect(abs(value(bare.shocks[0].rate) - 0.5 / 12) < 1e-12, "a month")
    #expect(abs(value(bare.shocks[0].lossLow) - 20_000) < 1e-6)
    #expect(abs(value(bare.shocks[0].lossHigh) - 300_000) < 1e-4)
    #expect(value(bare.shocks[0].duration) == 6 && value(bare.shocks[0].churnFactor) == 2)
    #expect(value(bare.shocks[1].acquisitionFactor) == 1)
    #expect(abs(value(treated.shocks[0].rate) - 0.2 / 12) < 1e-12)
    #expect(abs(value(treated.shocks[0].lossHigh) - 150_000) < 1e-4)
    #expect(treated.shocks[1] == bare.shocks[1] && treated.shocks[2] == bare.shocks[2])
    #expect(treated.costs.map { value($0.amount) } == [500, 1_000])
    #expect(treated.costs.map(\.isOneOff) == [false, true])
    #expect(compiled.table.uncertain.isEmpty, "an interval between events is no input of its own")
  }

  @Test func severalTreatmentsMultiply() throws {
    var (risks, compiled, _) = try register()
    let both = risks.shocks(&compiled, treated: ["comply", "insure"])
    let values = try compiled.table.meanValues()
    #expect(abs(values[both.shocks[0].lossHigh.index] - 300_000 * 0.25) < 1e-4)
    #expect(abs(values[both.shocks[2].lossHigh.index] - 5_000_000 * 0.3) < 1e-3)
  }

  @Test func loweringTwiceAddsNoSlot() throws {
    var (risks, compiled, _) = try register()
    let first = risks.shocks(&compiled, treated: true).shocks
    _ = risks.lossModel(&compiled)
    let count = compiled.table.slots.count
    #expect(risks.shocks(&compiled, treated: true).shocks == first)
    #expect(compiled.table.slots.count == count)
    #expect(Set(compiled.table.slots.map(\.name)).count == count)
  }

  @Test(arguments: [
    ("class: law", "class: weather", "is not one of"), ("id: outage", "id: leak", "used twice"),
    ("likelihood: 0.5 /year", "cost: 3", "needs 'likelihood'"),
    ("incidents >= 1", "incident >= 1", "not a live metric"),
    ("incidents >= 1", "incidents 1", "is not a trigger"),
    ("incidents >= 1", "incidents >= 5 ms", "is not a value of incidents"),
    ("reviewed: 2026-12-01\n", "reviewed: 2026-02-30\n", "not a day of the calendar"),
    ("risk: war", "risk: wra", "'wra' is not a risk"), ("risk: war", "risk: leak", "twice"),
    ("tail_price: 0.2", "tail_price: -1", "between 0.0 and 10.0"),
  ])
  func faultsNameFieldAndRemedy(old: String, new: String, message: String) throws {
    let text = smallRegister.replacingOccurrences(of: old, with: new)
    #expect(text != smallRegister)
    let (_, _, problems) = try register(text)
    let found = problems.all.first { $0.message.contains(message) }
    #expect((found?.line ?? 0) > 0, "\(problems.all)")
  }

  @Test func aWrongDimensionIsReportedAtItsLine() throws {
    let (_, compiled, _) = try register(
      smallRegister.replacingOccurrences(of: "0.5 /year", with: "0.5 CNY"))
    let problem = try #require(compiled.problems.first)
    #expect(problem.error.code == .dimension && problem.line == 10)
  }
}

@Suite struct RiskTriggerTests {
  @Test(arguments: [
    ("monthly_churn > 6%", 0.061, RiskTrigger.State.fired), ("monthly_churn > 6%", 0.06, .near),
    ("monthly_churn >= 6%", 0.06, .fired), ("monthly_churn > 6%", 0.052, .near),
    ("monthly_churn > 6%", 0.05, .quiet), ("runway_months < 6", 5.9, .fired),
    ("runway_months < 6", 6.5, .near), ("runway_months < 6", 12, .quiet),
    ("cash <= 50万元", 500_000, .fired), ("cash <= 50万元", 560_000, .near),
    ("p95_latency > 800 ms", 0.9, .fired), ("p95_latency > 800 ms", 0.3, .quiet),
    ("revenue_growth < 0%", -0.01, .fired), ("revenue_growth < 0%", 0.01, .quiet),
    ("cost_per_million >= 1e1", 10, .fired), ("monthly_churn > 6%", .nan, .unknown),
  ])
  func readsItsMetric(text: String, value: Double, state: RiskTrigger.State) throws {
    let trigger = try RiskTrigger(text)
    #expect(trigger.state([trigger.metric.rawValue: value]) == state)
    #expect(trigger.state([:]) == .unknown, "what is not measured is not quiet")
  }

  @Test(arguments: [
    "", "cash", "cash ~ 3", "cash < ", "cash < x", "cash < 5 kg", "utilisation > 20 ms",
  ])
  func whatIsNoTriggerIsRefused(text: String) {
    #expect(throws: RiskTrigger.Mistake.self) { try RiskTrigger(text) }
  }

  @Test func theWatchPutsWhatFiresFirst() throws {
    let (risks, _, _) = try register()
    let today = try #require(CalendarDate("2027-02-15"))
    let watch = risks.watch(metrics: ["monthly_churn": 0.09, "incidents": 0], today: today)
    #expect(watch.signals.map(\.state) == [.fired, .quiet])
    #expect(watch.signals[0].value == 0.09 && watch.fired.count == 1)
    #expect(watch.overdue.map(\.risk) == ["leak", "war"], "war was never reviewed")
    #expect(watch.overdue[0].days == 16 && watch.overdue[1].due == nil)
  }
}

@Suite struct RiskCheckTests {
  @Test func theWholePlanKnowsItsOwnersAndTasks() throws {
    let (risks, compiled, _) = try register(
      smallRegister.replacingOccurrences(of: "review_days: 60", with: "tasks: [train]"))
    let good = risks.problems(compiled, people: ["ann", "bob"], tasks: ["train"])
    #expect(good.isEmpty)
    let bad = risks.problems(compiled, people: ["ann"], tasks: [])
    #expect(bad.map(\.field) == ["risks.leak.tasks", "risks.outage.owner", "risks.war.owner"])
    #expect(bad.allSatisfy { $0.line > 0 })
  }

  @Test(arguments: [
    ("0.5 /year", "-0.5 /year", "risks.leak.likelihood"),
    ("churn: 2", "churn: -2", "risks.leak.churn"),
    ("20000 to 300000 CNY", "-20000 to 300000 CNY", "risks.leak.impact"),
    ("cost: 500 CNY/month", "cost: -500 CNY/month", "risks.treatments.comply.cost"),
    ("likelihood: 0.4", "likelihood: -0.4", "risks.treatments.comply.leak.likelihood"),
  ])
  func nothingIsBelowZero(old: String, new: String, field: String) throws {
    let text = smallRegister.replacingOccurrences(of: old, with: new)
    #expect(text != smallRegister)
    let (risks, compiled, _) = try register(text)
    let found = risks.problems(compiled, people: ["ann", "bob"], tasks: [])
    #expect(found.map(\.field) == [field] && found.allSatisfy { $0.line > 1 })
  }

  @Test func theProjectKnowsItsOwnersAndRisks() {
    let task = ProjectTask(
      id: "t", name: "T", phase: .data, owner: "eve", estimate: ThreePoint(1, 1, 1),
      delays: [.init(risk: "gone", chance: 0.1, days: ThreePoint(1, 1, 1))], line: 7)
    let project = Project(start: CalendarDate(number: 0), tasks: [task])
    let found = project.problems(people: ["ann"], risks: ["leak"])
    #expect(found.map(\.field) == ["project.tasks.t.owner", "project.tasks.t.risks"])
    #expect(found.allSatisfy { $0.line == 7 })
    #expect(project.problems(people: ["eve"], risks: ["gone"]).isEmpty)
  }
}
