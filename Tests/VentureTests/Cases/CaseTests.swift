import Forecast
import Foundation
import Testing

@testable import Venture

@Suite struct CaseTests {
  private let library = CaseLibrary.bundled

  private func values(_ measure: ReferenceClass.Measure, _ id: String) -> [Double] {
    library.reference(measure).values.filter { $0.caseID == id }.map(\.value)
  }

  @Test func everyFigureIsDatedAndSourcedInBothLanguages() {
    #expect(library.cases.count == 9)
    for study in library.cases {
      for text in [study.name, study.summary, study.lesson] {
        #expect(!text.en.isEmpty && !text.zh.isEmpty)
      }
      #expect(!study.figures.isEmpty)
      for figure in study.figures {
        #expect(!figure.source.isEmpty && figure.time > 2_009)
      }
    }
    #expect(
      library.cases.map(\.id).starts(with: [
        "openai_gpt3", "deepmind_alphago", "google_bert", "microsoft_azure", "amazon_alexa",
      ]))
    #expect(Set(library.cases.flatMap(\.figures).map(\.mark)) == Set(CaseFigure.Mark.allCases))
  }

  @Test func growthIsTheYearlyMultipleOfNeighbours() {
    let growth = values(.growth, "openai_gpt3")
    #expect(growth.contains { abs($0 - 13.07 / 3.7) < 1e-9 })
    #expect(growth.contains { abs($0 - (3.7e9 / 28e6).squareRoot()) < 1e-9 }, "two years apart")
    #expect(values(.growth, "minimax").count == 1, "nine months are not a year")
    #expect(values(.growth, "amazon_alexa").isEmpty)
  }

  @Test func priceFallsAreAYear() {
    #expect(values(.priceFall, "openai_gpt3").contains { abs($0 - pow(40, 1 / 2.5)) < 1e-9 })
    #expect(values(.priceFall, "industry").contains { abs($0 - 90) < 1e-9 }, "9 to 900")
    #expect(values(.priceFall, "industry").contains { $0 > 1 && $0 < 2 }, "an H100-hour")
  }

  @Test func failuresStayInTheClass() {
    let ratios = values(.costRatio, "openai_gpt3")
    #expect(ratios.contains { abs($0 - (28 + 540) / 28.0) < 1e-9 })
    let times = library.reference(.yearsToProfit).values
    let alexa = times.first { $0.caseID == "amazon_alexa" }
    #expect(alexa?.isCensored == true && (alexa?.value ?? 0) > 7)
    let deepmind = times.first { $0.caseID == "deepmind_alphago" }
    #expect(deepmind?.isCensored == false && deepmind?.value == 10)
    #expect(times.contains { $0.caseID == "openai_gpt3" && $0.isCensored })
  }

  @Test func theWeakestMarkOfAPairIsKept() {
    let price = library.reference(.priceFall).values.first { $0.caseID == "openai_gpt3" }
    #expect(price?.mark == .press, "seen ✔ to press ○")
    let growth = library.reference(.growth).values.first {
      $0.caseID == "deepmind_alphago" && $0.period == "2020–2021"
    }
    #expect(growth?.mark == .unverified)
  }

  @Test func volumeTimesListPriceOverstates() throws {
    let check = try #require(ListPriceCheck.known(in: library))
    #expect(abs(check.listed - 131.4e6) < 0.1e6)
    #expect(abs((check.ratio ?? 0) - 4.69) < 0.01)
    let plan = ListPriceCheck(tokensPerMonth: 1e9, pricePerToken: 1e-5, revenuePerMonth: 5_000)
    #expect(abs((plan.ratio ?? 0) - 2) < 1e-9 && abs(plan.listed - 120_000) < 1e-6)
    #expect(ListPriceCheck(tokensPerMonth: 1, pricePerToken: 1, revenuePerMonth: 0).ratio == nil)
  }

  private func reference(
    _ measure: ReferenceClass.Measure, _ values: [(Double, Bool)]
  ) -> ReferenceClass {
    ReferenceClass(
      measure: measure,
      values: values.map {
        .init(
          caseID: "c", name: .init(en: "c", zh: "c"), period: "", value: $0.0,
          isCensored: $0.1, mark: .press)
      })
  }

  private func entry(
    _ measure: ReferenceClass.Measure, _ values: [Double], never: Double = 0
  ) -> PlanSummary.Entry {
    .init(measure: measure, year: 0, values: values, never: never)
  }

  @Test func aMoreHopefulPlanNeverHasLessHope() {
    let growth = reference(.growth, [(1.2, false), (2, false), (3, false), (9, false)])
    let hopes = [0.5, 1.2, 1.5, 2.5, 9, 20].map { growth.compare(entry(.growth, [$0])).hope ?? -1 }
    #expect(hopes == [0, 0.125, 0.25, 0.5, 0.875, 1])
    let cost = reference(.costRatio, [(1.2, false), (2, false), (3, false), (9, false)])
    let costs = [0.5, 1.2, 2.5, 20].map { cost.compare(entry(.costRatio, [$0])).hope ?? -1 }
    #expect(costs == [1, 0.875, 0.5, 0])
  }

  @Test func verdictsFollowTheHope() {
    let growth = reference(.growth, [(1.2, false), (2, false), (3, false)])
    #expect(growth.compare(entry(.growth, [10])).verdict == .hopeful)
    #expect(growth.compare(entry(.growth, [2])).verdict == .within)
    #expect(growth.compare(entry(.growth, [1])).verdict == .cautious)
    let few = reference(.growth, [(1.2, false), (2, false)])
    #expect(few.compare(entry(.growth, [10])).verdict == .unknown)
    #expect(growth.compare(entry(.growth, [])).verdict == .unknown)
  }

  @Test func profitThatNeverCameCountsAsLate() {
    let times = reference(.yearsToProfit, [(10, false), (10, true), (7, true)])
    #expect(times.compare(entry(.yearsToProfit, [2])).hope == 1)
    #expect(times.compare(entry(.yearsToProfit, [8])).hope == 2.5 / 3)
    // Most paths never break even: later than every case that did.
    let never = times.compare(entry(.yearsToProfit, [1, 2], never: 0.8))
    #expect(never.hope == 1.0 / 3 && never.plan?[1] == 1 && never.never == 0.8)
  }

  @Test func theMedianCountsThePathsThatNever() {
    let times = reference(.yearsToProfit, [(3, false), (5, false), (9, false)])
    // Ten paths: values 1...6 and four never; the fifth of ten is 5.
    let comparison = times.compare(entry(.yearsToProfit, [1, 2, 3, 4, 5, 6], never: 0.4))
    #expect(comparison.hope == 1.5 / 3)
  }

  @Test func aPlanIsSummedByYears() {
    var summary = PlanSummary()
    let revenue = (0..<30).map { month in [Double(month < 12 ? 1 : 3), 0] }
    let gross = revenue.map { $0.map { $0 / 2 } }
    summary.addYears(revenue: revenue, grossProfit: gross, profit: revenue.map { $0.map { -$0 } })
    let growth = summary.entries.first { $0.measure == .growth }
    #expect(growth?.values == [3] && growth?.never == 0.5 && growth?.year == 2)
    let margins = summary.entries.filter { $0.measure == .grossMargin }
    #expect(margins.map(\.year) == [1, 2] && margins.allSatisfy { $0.values == [0.5] })
    #expect(summary.entries.first { $0.measure == .costRatio }?.values == [2])
    summary.addTimes(breakEvenMonths: [24, .nan], ruinMonths: [.nan, 12], months: 60)
    #expect(summary.entries.first { $0.measure == .yearsToProfit }?.values == [2])
    #expect(summary.entries.first { $0.measure == .survival }?.values == [0.5])
    #expect(library.compare(summary).count == summary.entries.count)
  }

  @Test func ownCasesJoinAndReplace() throws {
    let problems = PlanProblems()
    let own = CaseLibrary(
      reading: try node(
        """
        - id: shop
          name: Shop
          figures:
            - {measure: revenue, value: 10, unit: CNY, date: 2023, mark: seen, source: books}
            - {measure: revenue, value: 25, unit: CNY, date: 2024, mark: seen, source: books}
        - {id: minimax, name: {en: Mine, zh: 我的}}
        """, problems), sheet: sheet())
    #expect(!problems.hasErrors, "\(problems.all)")
    let all = library.with(own: own)
    #expect(all.cases.count == library.cases.count + 1)
    #expect(all.reference(.growth).values.contains { $0.caseID == "shop" && $0.value == 2.5 })
    #expect(!all.reference(.growth).values.contains { $0.caseID == "minimax" })
    #expect(own.cases[0].isOwn && !library.cases[0].isOwn && own.cases[1].name.zh == "我的")
  }

  @Test(arguments: [
    ("measure: revenue", "measure: mood", "is not one of"), ("date: 2023", "date: soon", "'soon'"),
    ("source: books", "note: x", "needs 'source'"), ("value: 10", "value: ten", "not a number"),
    ("value: 10", "value: 10, upper: 3", "below value"),
  ])
  func faultsNameFieldAndRemedy(old: String, new: String, message: String) throws {
    let text = """
      - id: shop
        name: Shop
        figures:
          - {measure: revenue, value: 10, unit: CNY, date: 2023, mark: seen, source: books}
      """
    let problems = PlanProblems()
    _ = CaseLibrary(
      reading: try node(text.replacingOccurrences(of: old, with: new), problems), sheet: sheet())
    let found = problems.all.first { $0.message.contains(message) }
    #expect(found?.line == 4, "\(problems.all)")
  }
}
