/// Why a ledger operation was refused. `code` is stable; `message` names the field and the remedy.
package struct LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
  package struct Code: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package static let invalidAmount = Code(rawValue: "invalid_amount")
    package static let unknownCurrency = Code(rawValue: "unknown_currency")
    package static let currencyMismatch = Code(rawValue: "currency_mismatch")
    package static let overflow = Code(rawValue: "overflow")
    package static let unbalanced = Code(rawValue: "unbalanced_transaction")
    package static let empty = Code(rawValue: "empty_transaction")
    package static let invalidTime = Code(rawValue: "invalid_time")
  }

  package let code: Code
  package let message: String
  package var description: String { message }

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
