import Forecast
import Foundation
import Ledger
import Testing

@testable import Venture

@Suite struct TeamTests {
  private func read(_ yaml: String = smallTeam) throws -> (Team, CompiledQuantities, PlanProblems) {
    let (problems, sheet) = (PlanProblems(), sheet())
    let team = Team(reading: try node(yaml, problems), sheet: sheet)
    return (team, sheet.compile(), problems)
  }

  @Test func loadedCostIsPayTimesOneAndOnCost() throws {
    var (team, compiled, problems) = try read()
    #expect(problems.all.filter { $0.severity == .error }.isEmpty)
    #expect(compiled.problems.isEmpty)
    let roles = team.roles(&compiled)
    let values = try compiled.table.meanValues()
    #expect(roles.map(\.id) == ["ann", "bob", "engineer"])
    #expect(roles.map { values[$0.opening.index] } == [0.5, 1, 0])
    for (role, expected) in zip(roles, [26_000, 12_000, 15_600.0]) {
      #expect(abs(values[role.cost.index] - expected) < 1e-6)
      #expect(abs(values[role.growth.index] - 0.005) < 1e-12, "6% a year is ½% a month")
    }
    let hire = try #require(roles[2].hires.first)
    #expect(values[hire.month.index] == 3 && values[hire.count.index] == 2)
    #expect(values[roles[2].ramp.index] == 4 && values[roles[2].recruiting.index] == 5_000)
  }

  @Test func loweringTwiceAddsNoSlot() throws {
    var (team, compiled, _) = try read()
    let first = team.roles(&compiled)
    let count = compiled.table.slots.count
    #expect(team.roles(&compiled) == first)
    #expect(compiled.table.slots.count == count)
    #expect(Set(compiled.table.slots.map(\.name)).count == count, "names are unique")
  }

  @Test func trainingIsPaidOnceInItsMonth() throws {
    var (team, compiled, _) = try read()
    let cost = try #require(team.costs(&compiled).first)
    let values = try compiled.table.meanValues()
    #expect(cost.isOneOff && values[cost.amount.index] == 9_000 && values[cost.from.index] == 2)
  }

  @Test func hiringPlanCountsTheFirstYear() throws {
    let (team, compiled, _) = try read()
    let values = try compiled.table.meanValues()
    let plan = team.hiringPlan(compiled) { values[$0.index] }
    #expect(abs(plan.firstYear - 2 * (12 * 15_600 + 5_000)) < 1e-6)
    #expect(plan.rows[0].lostMonths == 2)
    #expect(plan.counts == ["engineer": 2])
  }

  @Test func gapsShrinkWithHiresAndCourses() throws {
    let (team, _, _) = try read()
    let now = team.gaps(stage: .startup, members: team.members())
    #expect(now[0].people == 0.5 && now[0].busFactor == 1 && now[0].levelShort == 0)
    let later = team.gaps(
      stage: .startup,
      members: team.members(upTo: .startup, counts: ["engineer": 2], trained: true))
    #expect(later[0].people == 3.5 && later[0].busFactor == 4 && later[0].isMet)
    #expect(later[0].severity < now[0].severity)
  }

  @Test func assessmentCountsLinksAndFindsWhatIsOpen() throws {
    let (team, _, _) = try read()
    let assessment = team.assess(counts: ["engineer": 2])
    let startup = assessment.stages[0]
    #expect(startup.members == 4 && startup.links == 6 && startup.coverage == 1)
    #expect(assessment.findings.contains(.init(code: .gapOpen, subject: "sales", stage: .growth)))
    #expect(
      assessment.findings.contains(.init(code: .unguardedObjective, subject: "o", stage: nil)))
    let codes = Set(assessment.findings.map(\.code))
    #expect(!codes.contains(.trainingBelowNeed))
    #expect(startup.duties.allSatisfy { $0.fit == 1 })
  }

  @Test(arguments: [
    ("responsible: [ann], accountable: [ann, bob]", "2 accountable"),
    ("responsible: [ann]", "0 accountable"), ("accountable: [ann]", "responsible"),
    ("responsible: [eve], accountable: [ann]", "'eve'"),
  ])
  func exactlyOneIsAccountable(row: String, message: String) throws {
    let old = "responsible: [ann], accountable: [ann]"
    let (_, _, problems) = try read(smallTeam.replacingOccurrences(of: old, with: row))
    let found = problems.all.first { $0.severity == .error && $0.message.contains(message) }
    #expect(found?.field.hasPrefix("responsibilities[0]") == true)
  }

  @Test(arguments: [
    ("level: 4, people: 2", "level: 9, people: 2", "between 1.0 and 5.0"),
    ("group: market", "group: mars", "is not one of"), ("id: bob", "id: ann", "used twice"),
    ("capability: sales, level: 3, people: 2", "capability: sails, level: 3", "'sails'"),
    ("stage: startup\n", "stage: startup\n    account: cash\n", "takes no pay"),
    ("on_cost: 20%", "oncost: 20%", "did you mean 'on_cost'"),
  ])
  func faultsNameFieldAndRemedy(old: String, new: String, message: String) throws {
    let text = smallTeam.replacingOccurrences(of: old, with: new)
    #expect(text != smallTeam)
    let (_, _, problems) = try read(text)
    let found = problems.all.first { $0.message.contains(message) }
    #expect((found?.line ?? 0) > 0, "\(problems.all)")
  }

  @Test func aMissingSalaryIsReportedOnce() throws {
    let text = smallTeam.replacingOccurrences(of: "salary: 10000 CNY/month, ", with: "")
    let (_, _, problems) = try read(text)
    #expect(problems.all.filter { $0.message.contains("'salary'") }.count == 1)
  }
}
