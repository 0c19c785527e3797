import Billing
import Ledger

/// Holds are open requests' alone, and within their customer's credit (laws 3 and 6).
struct HoldCheck {
  /// A hold this long past its expiry was never swept.
  static let graceSeconds: Int64 = 24 * 3600

  struct Key: Hashable {
    let customer: String
    let currency: Currency
  }

  private let verification: Verification

  init(_ verification: Verification) { self.verification = verification }

  func run(credit: [Key: Int128]) throws {
    var held: [Key: Int128] = [:]
    let sql = """
      SELECT h.request, d.customer, h.currency, h.micro, h.pico, h.expires,
        EXISTS (SELECT 1 FROM usage u WHERE u.request = h.request)
      FROM holds h LEFT JOIN dimensions d ON d.id = h.dimensions ORDER BY h.seq
      """
    try RawStatement(verification.database, sql).each { row in
      let request = try row.requiredText(0)
      let currency = try row.currency(2)
      let amount = row.money(3, currency)
      if !amount.isZero, let customer = row.text(1) {
        held[Key(customer: customer, currency: currency), default: 0] += amount.picos
      }
      if amount.isNegative {
        verification.found("holds", at: "request \(request)", "it holds \(amount)")
      }
      if row.integer(6) != 0 {
        verification.found(
          "holds", at: "request \(request)", "it was settled, but its hold is still there")
      }
      let expires = Timestamp(nanoseconds: row.integer(5))
      if expires.advanced(bySeconds: Self.graceSeconds) < verification.now {
        verification.found(
          "holds", at: "request \(request)",
          "its hold lapsed more than a day ago; 'breakeven up' releases it when it starts")
      }
    }
    for (key, sum) in held where sum > credit[key, default: 0] {
      verification.found(
        "credit", at: "customer \(key.customer)",
        "\(Money(picos: sum, key.currency)) is held against \(Money(picos: credit[key, default: 0], key.currency)) of credit"
      )
    }
  }
}
