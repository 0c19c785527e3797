import Billing
import Foundation
import Ledger
import TestSupport
import Testing

struct PriceReadingTests {
  private func read(_ json: String) throws -> PriceList {
    let node = try JSONDecoder().decode(PriceNode.self, from: Data(json.utf8))
    return try PriceList(reading: node, fallback: .usd)
  }

  private static let whole = """
    {"version": "2026-01", "currency": "CNY",
     "memberships": [{"id": "club", "levels": [
       {"id": "silver", "spend": 1000, "discount": "5%"},
       {"id": "gold", "fee": "99.9", "discount": "0.1"}]}],
     "offers": [{"id": "smb", "name": "小店", "interval": "year", "minimum": 100, "maximum": "9000",
       "discount": "2.25%", "membership": "club", "level": "gold", "items": [
         {"id": "fee", "meter": "customers", "model": "fixed", "price": 299},
         {"meter": "output", "price": 8, "per": "1_000_000", "included": 500000},
         {"meter": "events", "model": "package", "price": 500, "size": 1000, "minimum": 5},
         {"meter": "seats", "model": "graduated",
          "tiers": [{"up_to": 5, "price": 30}, {"price": 25, "fee": 1, "per": 2}]},
         {"id": "payments", "meter": "requests", "model": "percentage", "rate": "2.9%",
          "fee": "0.3", "at_least": 1, "at_most": 50}]}]}
    """

  @Test func everyFieldIsRead() throws {
    let list = try read(Self.whole)
    let offer = try #require(list.offer("smb"))
    #expect(offer.interval == .year)
    #expect(offer.discountBasisPoints == 225)
    #expect(offer.maximum == Sample.money("9000", .cny))
    #expect(offer.items.map(\.id) == ["fee", "output", "events", "seats", "payments"])
    #expect(offer.items[1].included == 500_000)
    #expect(offer.items[1].charge(1_500_000) == Sample.money("8", .cny))
    #expect(offer.items[3].charge(7) == Sample.money("176", .cny))
    #expect(list.membership("club")?.levels.map(\.discountBasisPoints) == [500, 1_000])
  }

  @Test func whatIsWrittenIsReadBackEqual() throws {
    var generator = SplitMix64(seed: 31)
    for index in 0..<50 {
      let offers = try (0..<3).map { try PricingSample.randomOffer("o\($0)", &generator) }
      let list = try PriceList(version: "v\(index)", currency: .usd, offers: offers)
      #expect(try PriceList(reading: list.node, fallback: .cny) == list)
    }
    let list = try read(Self.whole)
    #expect(try PriceList(reading: list.node, fallback: .cny) == list)
  }

  private static func tiers(_ tiers: String) -> String {
    item("\"model\": \"volume\", \"tiers\": \(tiers)")
  }
  private static func item(_ fields: String) -> String {
    offer(
      "\"items\": [{\"meter\": \"seats\", \"price\": 1}, {\"id\": \"b\", \"meter\": \"seats\", \(fields)}]"
    )
  }
  private static func offer(_ fields: String) -> String {
    "{\"offers\": [{\"id\": \"o\", \(fields)}]}"
  }

  @Test(
    arguments: [
      (
        tiers("[{\"up_to\": 5, \"price\": 1}, {\"up_to\": 3, \"price\": 1}, {\"price\": 1}]"),
        "offers[0].items[1].tiers[1].up_to: 3 must be above 5"
      ),
      (
        tiers("[{\"up_to\": 5, \"price\": 1}]"),
        "offers[0].items[1].tiers[0].up_to: must be left out"
      ),
      (tiers("[{\"price\": 1}, {\"price\": 2}]"), "offers[0].items[1].tiers[0].up_to: is missing"),
      (
        tiers("[{\"up_to\": 2, \"price\": -1}, {\"price\": 2}]"),
        "offers[0].items[1].tiers[0].price: -1.00 USD must be between"
      ),
      (tiers("[]"), "offers[0].items[1].tiers: has 0 tiers"),
      (
        item("\"price\": \"1.2.3\""), "offers[0].items[1].price: '1.2.3' is not an amount"
      ),
      (item("\"price\": \"1 CNY\""), "offers[0].items[1].price: CNY differs from the list's USD"),
      (item("\"prise\": 1"), "offers[0].items[1].prise: is not known here"),
      (item("\"price\": 1, \"size\": 2"), "offers[0].items[1].size: is not known here"),
      (item("\"price\": 1, \"per\": 3"), "offers[0].items[1].price: 1.00 USD for 3 is not exact"),
      (item("\"price\": 1, \"per\": 0"), "offers[0].items[1].per: 0 must be from 1"),
      (item("\"price\": 1, \"included\": -4"), "offers[0].items[1].included: -4 must be from 0"),
      (
        item("\"price\": 1, \"minimum\": 5, \"maximum\": 4"),
        "offers[0].items[1].maximum: 4.00 USD is below the minimum"
      ),
      (item("\"price\": 9999999"), "offers[0].items[1].price: 9999999.00 USD must be between"),
      (item("\"model\": \"package\", \"price\": 1"), "offers[0].items[1].size: is missing"),
      (
        item("\"model\": \"percentage\", \"rate\": \"101%\""),
        "offers[0].items[1].rate: '101%' must be"
      ),
      (item("\"model\": \"magic\""), "offers[0].items[1].model: 'magic' is not one of per_unit"),
      (
        offer("\"items\": [{\"meter\": \"moons\", \"price\": 1}]"),
        "offers[0].items[0].meter: 'moons' is not one of input"
      ),
      (offer("\"items\": []"), "offers[0].items: has 0"),
      (
        offer(
          "\"items\": [{\"meter\": \"seats\", \"price\": 1}, {\"meter\": \"seats\", \"price\": 1}]"),
        "offers[0].items[1].id: 'seats' is another item's"
      ),
      (
        offer("\"membership\": \"club\", \"items\": [{\"meter\": \"seats\", \"price\": 1}]"),
        "offers[0].membership: no membership is called 'club'"
      ),
      ("{\"offers\": {}}", "offers: must be a list"),
      ("{\"currency\": \"XXX\"}", "currency: currency 'XXX' is not known"),
      (
        "{\"memberships\": [{\"id\": \"c\", \"levels\": [{\"id\": \"a\"}]}]}",
        "memberships[0].levels[0]: level 'a' needs 'spend'"
      ),
    ])
  func whatIsWrongNamesItsField(json: String, message: String) throws {
    let error = try #require(throws: BillingError.self) { try read(json) }
    #expect(error.code == .invalid)
    #expect(error.message.hasPrefix(message), "\(error.message)")
  }
}
