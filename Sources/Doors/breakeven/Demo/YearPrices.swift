import Billing
import Ledger
import Venture

/// The price list of the simulated year: the example plan's own, written once.
enum YearPrices {
  static let model = "service-7b"

  static func list() throws -> PriceList {
    let reading = Plan.read(text: PlanExample.venture(language: "en"))
    guard let prices = reading.plan?.prices else {
      throw CommandError(
        "the example plan has no price list: \(reading.problems.first?.description ?? "?")")
    }
    return prices
  }

  /// Where an offer's statement is booked.
  static func stream(of offer: String) -> (stream: String, account: Account) {
    switch offer {
    case "resolved": ("outcomes", .outcome)
    case "company": ("seats", .subscription)
    default: ("packages", .subscription)
    }
  }
}
