import Billing
import Foundation
import Ledger

/// The price list of the simulated year, in the shape that a plan's `prices` has.
enum YearPrices {
  static let model = "service-7b"

  static func list() throws -> PriceList {
    try JSONDecoder().decode(PriceList.self, from: Data(text.utf8))
  }

  /// As in the example plan.
  private static let text = """
    {"version": "year-1", "currency": "CNY", "offers": [
      {"id": "shop_package", "name": "小店套餐 Shop package", "items": [
        {"id": "fee", "meter": "customers", "model": "fixed", "price": "299"},
        {"meter": "events", "price": "0.35", "included": 800}]},
      {"id": "resolved", "name": "按解决付费 Pay by the resolved conversation", "items": [
        {"meter": "outcomes", "price": "0.80", "minimum": "99"}]},
      {"id": "company", "name": "企业版 Company edition", "items": [
        {"id": "fee", "meter": "customers", "model": "fixed", "price": "3800"},
        {"meter": "seats", "model": "graduated", "tiers": [
          {"up_to": 10, "price": "180"}, {"price": "150"}]},
        {"meter": "events", "model": "package", "price": "260", "size": 1000, "included": 8000}]},
      {"id": "api", "name": "开放接口 Open interface", "items": [
        {"meter": "input", "price": "2.0", "per": 1000000},
        {"meter": "cached_input", "price": "0.4", "per": 1000000},
        {"meter": "output", "price": "8.0", "per": 1000000}]}]}
    """

  /// Where an offer's statement is booked.
  static func stream(of offer: String) -> (stream: String, account: Account) {
    switch offer {
    case "resolved": ("outcomes", .outcome)
    case "company": ("seats", .subscription)
    default: ("packages", .subscription)
    }
  }
}
