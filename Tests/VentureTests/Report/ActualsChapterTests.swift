import Forecast
import Testing

@testable import Venture

/// The chapter that a ledger brings, from half a year that went as the simulation's path 3.
@Suite struct ActualsChapterTests {
  private static let months = 6

  private func content() async throws -> BusinessPlan.Content {
    let plain = try await ReportFixture.content(.english)
    let model = plain.plan.model()
    let trace = try Simulation(model).trace(path: 3, seed: 11)
    var cash = trace.openingCash
    let months = (0..<Self.months).map { index in
      var month = MonthActuals(month: model.start.advanced(by: index), observedShare: 1)
      for segment in model.segments {
        let path = "segments.\(segment.id)"
        month.bySegment[segment.id] = SegmentActuals(
          newCustomers: trace["\(path).new"][index].rounded(),
          lost: trace["\(path).churned"][index].rounded(),
          active: trace["\(path).customers"][index].rounded(),
          tokens: trace["\(path).tokens"][index])
      }
      for stream in model.streams {
        month.byStream[stream.id] = trace["streams.\(stream.id).revenue"][index]
      }
      month.costs = ["people": trace["costs.people"][index]]
      month.cashChange = trace["cash"][index] - cash
      cash = trace["cash"][index]
      month.cashAtEnd = cash
      return month
    }
    let actuals = Actuals(
      currency: model.currency, months: months, position: 4_711, unconverted: [], hasCapital: true)
    let calibration = try Calibration.run(model: model, actuals: actuals)
    return BusinessPlan.Content(
      plan: plain.plan, planHash: plain.planHash, date: plain.date, forecasted: plain.forecasted,
      planned: plain.forecasted, trace: plain.trace, chance: plain.chance, value: plain.value,
      comparisons: plain.comparisons, prices: plain.prices, risks: plain.risks,
      assessment: plain.assessment, project: plain.project, calibration: calibration,
      actuals: actuals, figures: plain.figures, paths: plain.paths, seed: plain.seed)
  }

  @Test(arguments: ReportLanguage.allCases)
  func `what happened is said with the ledger's position and drawn as dots`(
    _ language: ReportLanguage
  ) async throws {
    let content = try await content()
    let document = BusinessPlan.document(content, try ReportFixture.words(language))
    let ledger = document.sources.filter { if case .ledger = $0 { true } else { false } }
    #expect(ledger.count == 1)
    guard case .ledger(let what)? = ledger.first else { return }
    #expect(what.contains("4711"))
    let dots = document.blocks.reduce(0) { count, block in
      guard case .chart(let drawing, _) = block else { return count }
      return count
        + drawing.shapes.count { if case .circle = $0 { true } else { false } }
    }
    // Revenue, cash and customers.
    #expect(dots == 3 * Self.months)
    #expect(!document.said.contains { $0.contains("report_") || $0.contains("plan_") })
  }

  @Test func `each month's revenue stands beside what the plan said`() async throws {
    let content = try await content()
    let words = try ReportFixture.words(.english)
    let document = BusinessPlan.document(content, words)
    let format = FigureFormat(language: .english, currency: content.plan.currency)
    let tables = document.blocks.compactMap { block -> ReportDocument.Table? in
      if case .table(let table) = block { table } else { nil }
    }
    let table = try #require(
      tables.first { $0.columns.contains(words("report_column_revenue_actual")) })
    #expect(table.rows.count == Self.months)
    for (index, row) in table.rows.enumerated() {
      #expect(row[1][0].said == format.money(content.actuals!.months[index].revenue))
    }
    let learnt = try #require(
      tables.first { $0.columns.contains(words("report_column_data_weight")) })
    #expect(!learnt.rows.isEmpty)
  }
}
