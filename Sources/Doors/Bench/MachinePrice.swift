package import Ledger

/// What the measured machine costs: `2.5 CNY/h`, `60 USD/day`, `400 EUR/month`.
package struct MachinePrice: Sendable, Equatable {
  package let rate: MachineRate

  package init(rate: MachineRate) { self.rate = rate }

  /// - Throws: a line naming `option`.
  package init(parsing text: String, option: String) throws {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    let hours: Int64? =
      switch parts.count == 2 ? parts[1].filter({ $0 != " " }) : "h" {
      case "h", "hour": 1
      case "d", "day": 24
      // A year of 8,760 hours has 12 months of 730.
      case "month": 730
      default: nil
      }
    guard let hours, let figure = parts.first else {
      throw BenchError(
        "\(option): '\(text.prefix(40))' is not a price a time; write '2.5 CNY/h', '/day' or '/month'"
      )
    }
    let trimmed = String(figure.reversed().drop { $0 == " " }.reversed())
    let money = try Money(parsing: trimmed, fallback: .usd, field: option)
    rate = try MachineRate(
      hourly: money.multiplied(by: 1, over: hours, rounding: .halfEven))
    guard !rate.hourly.isZero else {
      throw BenchError("\(option): a machine that costs nothing gives no cost; write '2.5 CNY/h'")
    }
  }

  /// The machine's cost over `nanoseconds` divided among `tokens`, for a million of them. Nil
  /// without tokens.
  package func costPerMillion(tokens: Int, nanoseconds: Int64) throws -> Money? {
    guard tokens > 0, nanoseconds >= 0 else { return nil }
    return try rate.cost(of: nanoseconds, after: 0).multiplied(
      by: 1_000_000, over: Int64(tokens), rounding: .halfEven)
  }
}
