import Forecast
import Foundation
import Testing
import Venture

@Suite struct BusinessPlanTests {
  @Test(arguments: ReportLanguage.allCases)
  func `no key of the catalogue is left in the report`(_ language: ReportLanguage) async throws {
    let document = try await ReportFixture.document(language)
    let words = try ReportFixture.words(language)
    let sources = document.sources.map { ReportDocument.describe($0, words) }
    for text in document.said + sources {
      for word in text.split(whereSeparator: { !$0.isASCII || !($0.isLetter || $0 == "_") }) {
        let isKey = ["report_", "plan_", "account_", "source_"].contains { word.hasPrefix($0) }
        #expect(!isKey, "\(word) in: \(text.prefix(200))")
      }
      #expect(!text.contains { $0 == "{" || $0 == "}" }, "a name is not filled in: \(text)")
    }
  }

  @Test(arguments: ReportLanguage.allCases)
  func `a column of numbers holds figures with a source and nothing else`(
    _ language: ReportLanguage
  ) async throws {
    let document = try await ReportFixture.document(language)
    let counting = try Set(
      ["report_column_rank", "plan_column_line"].map(ReportFixture.words(language).callAsFunction))
    var figures = 0
    for case .table(let table) in document.blocks {
      for row in table.rows {
        #expect(row.count == table.columns.count, "\(table.columns)")
        for column in table.numeric where !counting.contains(table.columns[column]) {
          for inline in row[column] {
            guard case .figure(let text, let source) = inline else {
              #expect(inline.said == "–", "\(table.columns[column]): \(inline.said)")
              continue
            }
            figures += 1
            #expect(!text.isEmpty)
            #expect(document.number(of: source) > 0)
          }
        }
      }
    }
    #expect(figures > 500)
  }

  @Test func `a figure of the plan names a line that holds its text`() async throws {
    let content = try await ReportFixture.content(.english)
    let document = try await ReportFixture.document(.english)
    let lines = content.plan.text.split(separator: "\n", omittingEmptySubsequences: false)
    var seen = 0
    for case .plan(let line, let field, let text) in document.sources {
      #expect(lines.indices.contains(line - 1), "\(field) = \(text)")
      seen += 1
    }
    // The numbers that the model uses stand on their line, word for word.
    for figure in content.figures where figure.text.count < 60 {
      let first = figure.text.split(separator: " ").first.map(String.init) ?? ""
      #expect(lines[figure.line - 1].contains(first), "\(figure.path): \(figure.text)")
    }
    #expect(seen > 100)
  }

  @Test(arguments: ReportLanguage.allCases)
  func `all chapters are there, and the first answers with the chance of break-even`(
    _ language: ReportLanguage
  ) async throws {
    let document = try await ReportFixture.document(language)
    let content = try await ReportFixture.content(language)
    let words = try ReportFixture.words(language)
    let chapters = document.blocks.compactMap { block -> String? in
      if case .heading(2, let text) = block { text } else { nil }
    }
    #expect(chapters.count == 12)
    let chance = FigureFormat(language: language, currency: content.plan.currency)
      .chance(content.forecasted.outcome.breakEvenBy.last ?? 0, words)
    guard case .paragraph(let answer) = document.blocks[1] else {
      Issue.record("the summary begins with an answer")
      return
    }
    #expect(answer.contains { $0.said == chance })
  }

  @Test func `without a ledger the chapter of actuals says how to get one`() async throws {
    let document = try await ReportFixture.document(.english)
    let said = document.said.joined(separator: "\n")
    #expect(said.contains("breakeven init"))
  }

  @Test func `the smallest plan has a report whose gaps say what to add`() async throws {
    let content = try await ReportFixture.content(PlanExample.minimal)
    let document = BusinessPlan.document(content, try ReportFixture.words(.english))
    let notes = document.blocks.filter { if case .note = $0 { true } else { false } }
    #expect(notes.count >= 5)
    #expect(
      MarkupCheck(document.html(try ReportFixture.words(.english)), void: ["meta"]).fault == nil)
  }

  @Test func `data for programs hold every figure of the report`() async throws {
    let content = try await ReportFixture.content(.english)
    let document = try await ReportFixture.document(.english)
    let data = BusinessPlanData(content, document)
    let said = document.blocks.flatMap(\.inlines).filter {
      if case .figure = $0 { true } else { false }
    }
    #expect(data.figures.map(\.text) == said.map(\.said))
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let object = try JSONSerialization.jsonObject(with: encoder.encode(data)) as? [String: Any]
    #expect(object?["outcome"] != nil)
    #expect((object?["assumptions"] as? [Any])?.count == content.figures.count)
  }
}
