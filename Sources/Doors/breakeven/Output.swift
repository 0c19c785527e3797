import Foundation
import Ledger

/// How commands print: JSON for programs, aligned columns for people.
enum Output {
  static func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    line(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// One JSON value on one line, for streams of rows.
  static func jsonLine(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func line(_ text: String = "") {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Columns padded to their widest cell; those named in `right` are right-aligned.
  static func table(_ header: [String], _ rows: [[String]], right: Set<Int> = []) {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].displayWidth }.max() ?? 0
    }
    for row in [header] + rows {
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.displayWidth)
        return right.contains(column) ? padding + cell : cell + padding
      }
      line(cells.joined(separator: "  ").trimmingTrailingSpaces())
    }
  }
}

extension String {
  /// Columns on a terminal: East Asian wide characters take two.
  fileprivate var displayWidth: Int {
    unicodeScalars.reduce(0) { width, scalar in
      let wide =
        (0x1100...0x115F).contains(scalar.value) || (0x2E80...0xA4CF).contains(scalar.value)
        || (0xAC00...0xD7A3).contains(scalar.value) || (0xF900...0xFAFF).contains(scalar.value)
        || (0xFE30...0xFE6F).contains(scalar.value) || (0xFF00...0xFF60).contains(scalar.value)
        || (0xFFE0...0xFFE6).contains(scalar.value) || (0x1F300...0x1FAFF).contains(scalar.value)
      return width + (wide ? 2 : 1)
    }
  }

  fileprivate func trimmingTrailingSpaces() -> String {
    var copy = self
    while copy.last == " " { copy.removeLast() }
    return copy
  }
}

/// An amount in JSON: exact decimal text and its currency.
struct AmountJSON: Encodable {
  let amount: String
  let currency: String
  init(_ money: Money) {
    amount = money.decimal
    currency = money.currency.code
  }
}
