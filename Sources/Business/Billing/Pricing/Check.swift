import Ledger

/// Refusals of a price list, each with the path of its field.
enum Check {
  /// A fee, a minimum, a cap.
  static let largestFee: Int128 = 1_000_000_000 * Money.picosPerUnit

  static func join(_ path: String, _ field: String) -> String {
    path.isEmpty ? field : "\(path).\(field)"
  }

  static func invalid(_ path: String, _ message: String) -> BillingError {
    BillingError(.invalid, path.isEmpty ? message : "\(path): \(message)")
  }

  static func amount(_ amount: Money, atMost bound: Int128, _ path: String) throws(BillingError) {
    guard !amount.isNegative, amount.picos <= bound else {
      throw invalid(path, "\(amount) must be between 0 and \(bound / Money.picosPerUnit)")
    }
  }

  static func fee(_ amount: Money?, _ path: String) throws(BillingError) {
    if let amount { try self.amount(amount, atMost: largestFee, path) }
  }

  static func basisPoints(_ points: Int, _ path: String) throws(BillingError) {
    guard (0...10_000).contains(points) else {
      throw invalid(path, "\(points) hundredths of a percent must be between 0 and 10000 (100%)")
    }
  }

  /// An id is typed in commands and is a dimension of entries.
  static func name(_ text: String, _ path: String) throws(BillingError) {
    try Name.check(text, field: path)
  }

  static func bounds(minimum: Money?, maximum: Money?, _ path: String) throws(BillingError) {
    try fee(minimum, join(path, "minimum"))
    try fee(maximum, join(path, "maximum"))
    if let minimum, let maximum, minimum.currency == maximum.currency, maximum < minimum {
      throw invalid(join(path, "maximum"), "\(maximum) is below the minimum \(minimum)")
    }
  }
}
