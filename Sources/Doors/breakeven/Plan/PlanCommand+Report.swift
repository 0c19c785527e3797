import ArgumentParser
import Dashboard
import Foundation
import Print
import Venture

extension PlanCommand {
  struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the business plan: every figure with its source.",
      discussion: "The file's extension chooses the form: html, pdf, xlsx, csv or json.")
    @OptionGroup var plan: PlanOptions
    @Option(help: "en or zh (the plan's own).") var lang: PlanLanguage?
    @Option(name: .shortAndLong, help: "The file to write (the plan's name, as HTML).")
    var output: String?
    @Option(help: "Paths to simulate.") var paths: Int = 10_000
    @Option(help: "Seed: the same seed gives the same report.") var seed: UInt64 = 1

    enum Form: String, CaseIterable { case html, pdf, xlsx, csv, json }

    func run() async throws {
      let desk = try plan.desk()
      let own = try desk.plan().plan
      let path = output ?? Self.fileName(own.name)
      let form = try Self.form(path)
      let language = lang ?? (own.language == "zh" ? .zh : .en)
      let words = try CommandWords.words(language)
      let content = try await BusinessPlan.gather(desk, paths: paths, seed: seed)
      let data = try Self.data(form, content, words)
      let file = try OutputFile(path: path, option: "--output")
      try file.write(data)
      try file.finish()
      Output.line("Report written: \(path)")
    }

    static func form(_ path: String) throws -> Form {
      guard let form = Form(rawValue: URL(filePath: path).pathExtension.lowercased()) else {
        throw CommandError(
          "--output: '\(path)' must end in .\(Form.allCases.map(\.rawValue).joined(separator: ", ."))"
        )
      }
      return form
    }

    static func data(
      _ form: Form, _ content: BusinessPlan.Content, _ words: Words
    ) throws -> Data {
      switch form {
      case .html: return Data(BusinessPlan.document(content, words).html(words).utf8)
      case .pdf:
        let pdf = try PDFPrinter.print(
          BusinessPlan.document(content, words), date: "\(content.date)T00:00:00", words: words)
        return Data(pdf)
      case .xlsx: return Data(BusinessPlanWorkbook.workbook(content, words).data)
      case .csv: return Data(OutcomeTable.csv(content.forecasted.outcome).utf8)
      case .json:
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
          positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try encoder.encode(
          BusinessPlanData(content, BusinessPlan.document(content, words)))
      }
    }

    /// For the pages.
    static func file(
      _ format: ReportFormat, _ language: Language, _ desk: PlanDesk
    ) async throws -> ReportFile {
      guard let form = Form(rawValue: format.rawValue) else {
        throw CommandError("a report cannot be written as \(format.rawValue)")
      }
      let words = try language.words()
      let content = try await BusinessPlan.gather(desk, paths: 10_000, seed: 1)
      let stem = fileName(try desk.plan().plan.name).dropLast(".html".count)
      let types: [Form: String] = [
        .html: "text/html; charset=utf-8", .pdf: "application/pdf",
        .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        .csv: "text/csv; charset=utf-8", .json: "application/json",
      ]
      return ReportFile(
        bytes: Array(try data(form, content, words)), type: types[form] ?? "",
        name: "\(stem).\(form.rawValue)")
    }

    /// The plan's name as a file's, without what a file system or a shell would stumble over.
    static func fileName(_ name: String) -> String {
      let kept = name.prefix(60).map { $0.isLetter || $0.isNumber ? $0 : "-" }
      let parts = String(kept).split(separator: "-").joined(separator: "-")
      return (parts.isEmpty ? "business-plan" : parts) + ".html"
    }
  }
}
