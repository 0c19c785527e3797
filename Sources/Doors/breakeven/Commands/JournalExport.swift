import Billing
import Foundation
import Ledger

/// One journal entry as exported: exact amounts, debit positive, with all its dimensions.
struct JournalJSON: Encodable {
  let sequence: Int64
  let transaction, kind, date: String
  let dateNanoseconds: Int64
  let corrects: String?
  let line: Int
  let account, amount, currency: String
  let nanoseconds: Int64?
  let customer, key, model, plan, priceVersion, machine, vendor, region, stream, request: String?
  let hash: String

  init(_ row: JournalRow) {
    let dimensions = row.entry.dimensions
    sequence = row.sequence
    transaction = row.transaction
    kind = row.kind.rawValue
    date = DateText.iso(row.date)
    dateNanoseconds = row.date.nanoseconds
    corrects = row.corrects
    line = row.line
    account = row.entry.account.rawValue
    amount = row.entry.amount.decimal
    currency = row.entry.amount.currency.code
    nanoseconds = row.entry.nanoseconds
    customer = dimensions.customer
    key = dimensions.key
    model = dimensions.model
    plan = dimensions.plan
    priceVersion = dimensions.priceVersion
    machine = dimensions.machine
    vendor = dimensions.vendor
    region = dimensions.region
    stream = dimensions.stream
    request = dimensions.request
    hash = row.hash.hex
  }
}

/// The same as CSV (RFC 4180). Texts that a spreadsheet would run as a formula get a leading quote.
enum JournalCSV {
  static let header =
    "sequence,transaction,kind,date,date_nanoseconds,corrects,line,account,amount,currency,nanoseconds,customer,key,model,plan,price_version,machine,vendor,region,stream,request,hash"

  static func line(_ row: JournalRow) -> String {
    let json = JournalJSON(row)
    let texts: [String?] = [
      "\(json.sequence)", json.transaction, json.kind, json.date, "\(json.dateNanoseconds)",
      json.corrects, "\(json.line)", json.account, nil, json.currency,
      json.nanoseconds.map { "\($0)" }, json.customer, json.key, json.model, json.plan,
      json.priceVersion, json.machine, json.vendor, json.region, json.stream, json.request,
      json.hash,
    ]
    var cells = texts.map { cell($0 ?? "") }
    cells[8] = json.amount
    return cells.joined(separator: ",")
  }

  private static func cell(_ text: String) -> String {
    let safe = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
    guard safe.contains(where: { ",\"\n\r".contains($0) }) else { return safe }
    return "\"" + safe.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}

/// Lines to standard output or to a file.
final class ExportSink {
  private let file: OutputFile?
  private var buffer = Data()

  init(path: String?) throws {
    file = try path.map { try OutputFile(path: $0, option: "--output") }
  }

  func write(_ line: String) throws {
    buffer.append(contentsOf: line.utf8)
    buffer.append(0x0A)
    if buffer.count > 1 << 20 { try flush() }
  }

  func finish() throws {
    try flush()
    try file?.finish()
  }

  private func flush() throws {
    if let file {
      try file.write(buffer)
    } else {
      try FileHandle.standardOutput.write(contentsOf: buffer)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
