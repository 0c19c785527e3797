import ArgumentParser
import Billing
import Foundation
import Ledger
import Store

struct LedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "The books.",
    subcommands: [Show.self, Book.self, Verify.self, Export.self])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Journal entries, newest first.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "Only this transaction.") var transaction: String?
    @Option(help: "Only this request.") var request: String?
    @Option(help: "Only this account, such as customer_credit.") var account: String?
    @Option(help: "Only this customer (name or id).") var customer: String?
    @Option(help: "From a date.") var from: String?
    @Option(help: "To a date.") var to: String?
    @Option(help: "At most this many.") var limit = 100

    func run() async throws {
      let space = try workspace.open()
      let books = try space.openBooks()
      var filter = JournalFilter()
      filter.transaction = transaction
      filter.request = request
      filter.account = try account.map { try Account(option: "--account", $0) }
      if let customer { filter.customer = try await books.customer(named: customer).id }
      filter.from = try from.map { try space.dates.parse($0, option: "--from") }
      filter.to = try to.map { try space.dates.parse($0, option: "--to", end: true) }
      filter.newestFirst = true
      guard limit > 0 else { throw CommandError("--limit: must be above zero") }
      filter.limit = limit
      let rows = try await books.journal(filter)
      if format.json { return try Output.json(rows.map(JournalJSON.init)) }
      Output.table(
        ["SEQ", "TIME", "TRANSACTION", "ACCOUNT", "DEBIT", "CREDIT", "ABOUT"],
        rows.map { row in
          let amount = row.entry.amount
          let about = row.entry.dimensions
          return [
            "\(row.sequence)", DateText.iso(row.date), row.transaction, row.entry.account.rawValue,
            amount.isNegative ? "" : "\(amount)", amount.isNegative ? "\(-amount)" : "",
            [about.customer, about.model, about.machine, about.vendor].compactMap { $0 }
              .joined(separator: " "),
          ]
        }, right: [0, 4, 5])
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check the hash chain and every law; says what is wrong and where.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
      let report = try await workspace.open().openBooks().verify()
      if format.json {
        try Output.json(VerificationJSON(report))
      } else {
        for finding in report.findings {
          Output.line("\(finding.check) at \(finding.location): \(finding.message)")
        }
        Output.line(
          "\(report.transactions) transactions, \(report.entries) entries, \(report.requests) requests; head \(report.head.hex.prefix(16))…"
        )
      }
      guard report.findings.isEmpty else {
        throw CommandError(
          "the ledger has \(report.findings.count) findings; restore the last sound backup, or correct by a new transaction"
        )
      }
      if !format.json { Output.line("ledger verified: \(report.checks.joined(separator: ", "))") }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Every journal entry in order: JSON lines (--json) or CSV.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "The file to write (standard output).") var output: String?

    func run() async throws {
      let books = try workspace.open().openBooks()
      let sink = try ExportSink(path: output)
      if !format.json { try sink.write(JournalCSV.header) }
      var filter = JournalFilter()
      filter.limit = 5000
      while true {
        let rows = try await books.journal(filter)
        guard let last = rows.last else { break }
        for row in rows {
          try sink.write(format.json ? Output.jsonLine(JournalJSON(row)) : JournalCSV.line(row))
        }
        filter.after = last.sequence
      }
      try sink.finish()
    }
  }
}

struct VerificationJSON: Encodable {
  struct Finding: Encodable { let check, location, message: String }
  let sound: Bool
  let transactions, entries, requests: Int
  let head: String
  let checks: [String]
  let findings: [Finding]
  init(_ report: VerificationReport) {
    sound = report.findings.isEmpty
    transactions = report.transactions
    entries = report.entries
    requests = report.requests
    head = report.head.hex
    checks = report.checks
    findings = report.findings.map {
      Finding(check: $0.check, location: $0.location, message: $0.message)
    }
  }
}

extension [UInt8] {
  var hex: String {
    map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
