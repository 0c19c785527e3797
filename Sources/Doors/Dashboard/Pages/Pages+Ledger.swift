import Billing
import Foundation
import Ledger

extension Pages {
  /// Newest first within this many pages; beyond, oldest first goes on without end.
  static let newestPages = 20

  func ledger(_ visit: Visit) async throws -> String {
    let text = visit.text
    let customers = try await books.customers()
    let names = names(customers)
    let oldest = visit.query["order"] == "oldest"
    let (rows, offset, more) = try await journalPage(visit, oldest: oldest)
    var table = journalTable(rows, names: names, visit, id: "journal")
    table.csv = visit.query.address("/ledger.csv", ["offset": nil, "after": nil])
    if oldest {
      if visit.query["after"] != nil {
        table.newer = visit.query.address("/ledger", ["after": nil])
      }
      if more, let last = rows.last {
        table.older = visit.query.address("/ledger", ["after": String(last.sequence)])
      }
    } else {
      page(&table, visit, offset: offset, more: more)
    }
    let account = visit.query["account"].flatMap(Account.init)
    return page(
      "ledger", visit, title: text("nav_ledger"), section: "ledger",
      [
        "answer": text.pieces(
          account == nil ? "answer_ledger" : "answer_ledger_account",
          [
            "account": Piece(
              text: account.map { text("account_\($0.rawValue)") } ?? "", strong: true),
            "period": Piece(text: visit.answer.periodInWords),
            "meaning": Piece(text: account.map { text("kind_\($0.kind.rawValue)") } ?? ""),
          ]),
        "table": table, "oldest": oldest,
        "order_label": text(oldest ? "order_newest" : "order_oldest"),
        "order_link": visit.here(["order": oldest ? nil : "oldest"]),
        "account_options": options(
          Account.allCases.map { ($0.rawValue, text("account_\($0.rawValue)")) },
          selected: account?.rawValue),
        "customer_options": options(
          customers.map { ($0.customer.id, $0.customer.name) }, selected: visit.query["customer"]),
        "request": visit.query["request"] ?? "", "transaction": visit.query["transaction"] ?? "",
        "period_fields": periodFields(visit)
          + (oldest ? [Frame.Field(name: "order", value: "oldest")] : []),
        "action": "/ledger", "ledger_filters": true,
      ])
  }

  func journalFilter(_ visit: Visit) -> JournalFilter {
    var filter = JournalFilter()
    filter.transaction = visit.query["transaction"]
    filter.request = visit.query["request"]
    filter.account = visit.query["account"].flatMap(Account.init)
    filter.customer = visit.query["customer"]
    // One request or transaction is shown whole, whenever it was.
    if filter.transaction == nil, filter.request == nil {
      filter.from = visit.period.from
      filter.to = visit.period.to
    }
    return filter
  }

  private func journalPage(
    _ visit: Visit, oldest: Bool
  ) async throws -> (rows: [JournalRow], offset: Int, more: Bool) {
    var filter = journalFilter(visit)
    let size = Dashboard.rowsPerPage
    if oldest {
      filter.after = visit.query["after"].flatMap { Int64($0) } ?? 0
      filter.limit = size + 1
      let rows = try await books.journal(filter)
      return (Array(rows.prefix(size)), 0, rows.count > size)
    }
    let last = size * (Self.newestPages - 1)
    let offset = visit.query["offset"].flatMap { Int($0) }.map { min(max(0, $0), last) } ?? 0
    filter.newestFirst = true
    filter.limit = offset + size + 1
    let rows = try await books.journal(filter)
    return (
      Array(rows.dropFirst(offset).prefix(size)), offset,
      rows.count > offset + size && offset < last
    )
  }

  func journalTable(
    _ rows: [JournalRow], names: [String: String], _ visit: Visit, id: String
  ) -> TableView {
    let (text, format) = (visit.text, visit.format)
    let largest = rows.map(\.entry.amount).max { $0.picos.magnitude < $1.picos.magnitude }
    let digits = largest.map { max(6, ReaderFormat.digits(for: [$0])) } ?? 2
    var table = TableView(id: id, caption: text("title_journal"))
    table.columns = [
      Column(text("column_time"), .name, unit: visit.local.zone.identifier),
      Column(text("column_sequence")),
      Column(text("column_transaction"), .code), Column(text("column_account"), .text),
      Column(text("column_debit")), Column(text("column_credit")),
      Column(text("column_customer"), .text),
      Column(text("column_model"), .text), Column(text("column_request"), .code),
    ]
    table.rows = rows.map { row in
      let (entry, dimensions) = (row.entry, row.entry.dimensions)
      let credit = entry.amount.isNegative
      let amount = visit.moneyCell(
        credit ? -entry.amount : entry.amount, digits: digits, symbol: true)
      return Row(cells: [
        .name(format.instant(row.date), visit.address("/ledger", ["transaction": row.transaction])),
        .number(format.count(Int(row.sequence))),
        .code(
          shortened(row.transaction),
          link: visit.address("/ledger", ["transaction": row.transaction]), exact: row.transaction),
        .words(
          text("account_\(entry.account.rawValue)"),
          link: visit.address("/ledger", ["account": entry.account.rawValue])),
        credit ? .number("") : amount, credit ? amount : .number(""),
        dimensions.customer.map { .words(names[$0] ?? $0, link: visit.customer($0)) } ?? .words(""),
        dimensions.model.map { .words($0, link: visit.model($0)) }
          ?? .words(dimensions.machine ?? ""),
        dimensions.request.map { .code(shortened($0), link: visit.request($0), exact: $0) }
          ?? .code(""),
      ])
    }
    table.empty_title = text("empty_journal_title")
    table.empty_text = text("empty_journal_text")
    return table
  }

  func verification(_ visit: Visit) async throws -> String {
    let report = try await books.verify()
    let (text, format) = (visit.text, visit.format)
    var findings = TableView(id: "findings", caption: text("title_findings"))
    findings.columns = [
      Column(text("column_check"), .name), Column(text("column_location"), .code),
      Column(text("column_finding"), .text),
    ]
    findings.rows = report.findings.prefix(500).map {
      Row(cells: [.name($0.check, nil), .code($0.location), .words($0.message)])
    }
    return page(
      "verification", visit, title: text("title_verification"), section: "ledger",
      [
        "answer": text.pieces(
          report.findings.isEmpty ? "answer_verified" : "answer_not_verified",
          [
            "entries": Piece(text: format.count(report.entries), strong: true),
            "transactions": Piece(text: format.count(report.transactions), strong: true),
            "requests": Piece(text: format.count(report.requests), strong: true),
            "findings": Piece(text: format.count(report.findings.count), strong: true, tone: .loss),
          ]),
        "checks": report.checks, "head": report.head.map { hex($0) }.joined(),
        "findings": findings, "has_findings": !report.findings.isEmpty,
      ])
  }
}
