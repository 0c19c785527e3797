import Forecast
import Foundation
import Ledger
import Venture

/// What the methods say, for a terminal.
struct AssessmentText {
  private let assessment: PlanAssessment
  private let project: ProjectReport?
  private let words: Words
  private let format = FigureFormat(language: .english, currency: .usd)

  init(_ assessment: PlanAssessment, project: ProjectReport?, words: Words) {
    self.assessment = assessment
    self.project = project
    self.words = words
  }

  func print() {
    opportunities()
    paths()
    findings()
    team()
    schedule()
    cases()
  }

  private func opportunities() {
    guard let result = assessment.opportunities else { return }
    Output.line("OPPORTUNITIES  (\(result.draws) draws, seed \(result.seed))")
    let order = result.ranking.compactMap { id in result.entries.first { $0.id == id } }
    Output.table(
      ["OPPORTUNITY", "WEIGHTED SUM", "TOPSIS", "ENTROPY", "P(RANK 1)"],
      order.map { entry in
        [
          entry.name + (entry.id == result.chosen ? " *" : ""), number(entry.weightedSum),
          number(entry.closeness), number(entry.entropyCloseness), format.percent(entry.bestChance),
        ]
      }, right: [1, 2, 3, 4])
    for report in result.hierarchy where !report.result.isConsistent {
      Output.line(
        "judgments contradict themselves: consistency ratio \(number(report.result.consistencyRatio)) above \(report.result.limit)"
      )
    }
    if !result.methodsAgree { Output.line("the methods do not agree on the first place") }
    Output.line()
  }

  private func paths() {
    guard let comparison = assessment.paths else { return }
    Output.line("PATHS")
    Output.table(
      ["PATH", "SCORE 1-4", "P(BEST) BY CRITERIA", "P(BEST) SIMULATED", "EXPECTED NPV"],
      comparison.entries.map { entry in
        let verdict = assessment.verdicts.first { $0.kind == entry.kind }
        return [
          words(entry.kind.textKey), number(entry.stated), format.percent(entry.best),
          verdict?.bestBySimulation.map { format.percent($0) } ?? "-",
          verdict?.expected.map { format.number($0) } ?? "-",
        ]
      }, right: [1, 2, 3, 4])
    Output.line()
  }

  private func findings() {
    for finding in assessment.findings {
      Output.line("line \(finding.line): \(finding.problem.message)")
    }
    if !assessment.findings.isEmpty { Output.line() }
  }

  private func team() {
    let rows = assessment.team.stages.flatMap { stage in
      stage.gapsPlanned.map { gap in
        [
          stage.stage.rawValue, gap.capability, number(gap.neededLevel), number(gap.bestLevel),
          number(gap.neededPeople), number(gap.people), "\(gap.busFactor)",
          gap.isMet ? "met" : "gap",
        ]
      }
    }
    guard !rows.isEmpty else { return }
    Output.line("TEAM, hires included")
    Output.table(
      ["STAGE", "CAPABILITY", "LEVEL NEEDED", "BEST", "PEOPLE NEEDED", "HAVE", "BUS FACTOR", ""],
      rows,
      right: [2, 3, 4, 5, 6])
    for finding in assessment.team.findings {
      Output.line("\(finding.code.rawValue.replacing("_", with: " ")): \(finding.subject)")
    }
    Output.line()
  }

  private func schedule() {
    guard let forecast = project?.forecast, forecast.dates.count > 2 else { return }
    Output.line(
      "PROJECT  ends \(forecast.dates[0]) (P50), \(forecast.dates[1]) (P80), \(forecast.dates[2]) (P95); the sum of the likely durations is met with a chance of \(format.percent(forecast.chanceOfModes))"
    )
    Output.line()
  }

  private func cases() {
    guard !assessment.cases.isEmpty else { return }
    Output.line("AGAINST THE CASES")
    Output.table(
      ["MEASURE", "PLAN P50", "CASES", "VERDICT"],
      assessment.cases.map { comparison in
        [
          name(comparison), comparison.plan.map { number($0[1]) } ?? "-",
          "\(comparison.cases.count)", comparison.verdict.rawValue.replacing("_", with: " "),
        ]
      }, right: [1, 2])
  }

  private func name(_ comparison: CaseComparison) -> String {
    let measure = comparison.measure.rawValue.replacing("_", with: " ")
    return comparison.year > 0 ? "\(measure), year \(comparison.year)" : measure
  }

  private func number(_ value: Double) -> String {
    value.formatted(.number.precision(.significantDigits(3)).grouping(.never))
  }
}

/// The risks, for a terminal.
struct RiskText {
  private let report: RiskReport
  private let format: FigureFormat

  init(_ report: RiskReport, currency: Currency) {
    self.report = report
    format = FigureFormat(language: .english, currency: currency)
  }

  func print() {
    let ranking = report.assessment.ranking
    Output.line(
      "\(report.assessment.paths) simulated years, seed \(report.assessment.seed); losses a year")
    Output.table(
      [
        "RISK", "CLASS", "TIMES A YEAR", "EXPECTED", "95 OF 100 BELOW", "IN THE TAIL",
        "AFTER RESPONSE",
      ],
      ranking.rows.sorted { $0.rank < $1.rank }.map { row in
        [
          row.name, row.kind.rawValue, format.number(row.rate), format.money(row.inherent.mean),
          format.money(row.inherent.valueAtRisk95), format.money(row.tailShare),
          format.money(row.residual.mean),
        ]
      }, right: [2, 3, 4, 5, 6])
    Output.line(
      "together: \(format.money(ranking.inherent.mean)) expected, \(format.money(ranking.inherent.tail95)) in the worst twentieth; after the responses \(format.money(ranking.residual.mean)) and \(format.money(ranking.residual.tail95))"
    )
    Output.line()
    responses()
    watch()
  }

  private func responses() {
    let comparison = report.assessment.treatments
    guard !comparison.treatments.isEmpty else { return }
    Output.table(
      ["RESPONSE", "KIND", "COST A YEAR", "LESS LOSS", "WORTH", "BREAK-EVEN CHANCE"],
      comparison.treatments.map { treatment in
        let worth = report.worth.rows.first { $0.id == treatment.id }
        return [
          treatment.name, treatment.kind.rawValue, format.money(treatment.cost),
          format.money(treatment.marginal.expected), format.money(treatment.marginal.value),
          worth.map { "\(format.percent($0.without)) → \(format.percent($0.with))" } ?? "-",
        ]
      }, right: [2, 3, 4, 5])
    Output.line()
  }

  private func watch() {
    for signal in report.assessment.watch.fired {
      let trigger = signal.trigger
      Output.line(
        "FIRED  \(signal.name): \(trigger.metric.rawValue) \(trigger.comparator.rawValue) \(trigger.threshold) (now \(signal.value.map { format.number($0) } ?? "unknown"))"
      )
    }
    for review in report.assessment.watch.overdue {
      Output.line("review overdue: \(review.name)\(review.due.map { ", due \($0)" } ?? "")")
    }
  }
}
