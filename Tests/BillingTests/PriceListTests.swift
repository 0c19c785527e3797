import Billing
import Ledger
import TestSupport
import Testing

struct PriceListTests {
  private func usd(_ text: String) -> Money { PricingSample.usd(text) }

  private func list(_ offers: [Offer], _ memberships: [Membership] = []) throws -> PriceList {
    try PriceList(version: "1", currency: .usd, offers: offers, memberships: memberships)
  }

  @Test func aChargeIsALineForEachItemThenDiscountTrueUpAndCap() throws {
    let offer = try Offer(
      id: "team",
      items: [
        .fee(usd("20")), .perSeat(usd("3")),
        PriceItem(
          meter: .output, model: .perUnit(PricingSample.unit("2", per: 1_000_000)),
          included: 1_000_000, minimum: usd("1")),
      ], minimum: usd("40"), discountBasisPoints: 1_000)
    let usage = try MeteredUsage([.seats: 4, .output: 1_250_000])
    let lines = try list([offer]).rate(usage, offer: "team")
    #expect(
      lines == [
        ChargeLine(.item, item: "fee", meter: .customers, quantity: 1, amount: usd("20")),
        ChargeLine(.item, item: "seats", meter: .seats, quantity: 4, amount: usd("12")),
        ChargeLine(.item, item: "output", meter: .output, quantity: 1_250_000, amount: usd("0.5")),
        ChargeLine(.trueUp, item: "output", meter: .output, amount: usd("0.5")),
        ChargeLine(.discount, amount: usd("-3.3")),
        ChargeLine(.trueUp, amount: usd("10.3")),
      ])
    #expect(lines.total(.usd) == usd("40"))
  }

  @Test func aCapTakesOffWhatIsAboveIt() throws {
    let offer = try Offer(
      id: "capped",
      items: [try PriceItem(meter: .events, model: .perUnit(PricingSample.unit("1")))],
      maximum: usd("50"))
    let lines = try list([offer]).rate(MeteredUsage([.events: 80]), offer: "capped")
    #expect(lines.map(\.kind) == [.item, .cap])
    #expect(lines.total(.usd) == usd("50"))
  }

  @Test func levelsAreReachedBySpendingOrBoughtAndLowerThePrice() throws {
    let club = try Membership(
      id: "club",
      levels: [
        .init(id: "base", spend: usd("0")),
        .init(id: "silver", spend: usd("1000"), discountBasisPoints: 500),
        .init(id: "gold", spend: usd("5000"), fee: usd("99"), discountBasisPoints: 1_500),
      ])
    #expect(club.level(forSpend: usd("999.99"))?.id == "base")
    #expect(club.level(forSpend: usd("1000"))?.id == "silver")
    #expect(club.level(forSpend: usd("99999"))?.id == "gold")
    let offer = try Offer(
      id: "o", items: [.perSeat(usd("10"))], discountBasisPoints: 500, membership: "club")
    let prices = try list([offer], [club])
    let usage = try MeteredUsage([.seats: 10])
    #expect(try prices.rate(usage, offer: "o").total(.usd) == usd("95"))
    #expect(try prices.rate(usage, offer: "o", level: "silver").total(.usd) == usd("90"))
    let gold = try prices.rate(usage, offer: "o", level: "gold")
    #expect(gold.map(\.kind) == [.item, .discount, .membership])
    #expect(gold.total(.usd) == usd("179"))
    let included = try Offer(
      id: "g", items: [.perSeat(usd("10"))], membership: "club", level: "gold")
    #expect(try list([included], [club]).rate(usage, offer: "g").total(.usd) == usd("85"))
    #expect(
      try list([included], [club]).rate(usage, offer: "g", level: "gold").total(.usd) == usd("85"))
  }

  @Test func theRateOfDisjointItemsAdds() throws {
    var generator = SplitMix64(seed: 21)
    for _ in 0..<200 {
      let items = try (0..<4).map { try PricingSample.randomItem("item\($0)", &generator) }
      let usage = try PricingSample.randomUsage(&generator)
      let whole = try Offer(id: "whole", items: items).rate(usage).total(.usd)
      let parts = try items.map { try Offer(id: "part", items: [$0]).rate(usage).total(.usd) }
      #expect(whole == parts.reduce(usd("0"), +))
    }
  }

  @Test func aRateIsNeverNegativeAndNeverBelowItsMinimum() throws {
    var generator = SplitMix64(seed: 22)
    for index in 0..<500 {
      let offer = try PricingSample.randomOffer("offer\(index)", &generator)
      let total = try offer.rate(PricingSample.randomUsage(&generator)).total(.usd)
      #expect(!total.isNegative)
      if let minimum = offer.minimum { #expect(total >= minimum) }
      if offer.discountBasisPoints == 0 {
        let least = offer.items.reduce(usd("0")) { $0 + ($1.minimum ?? usd("0")) }
        #expect(total >= least)
      }
    }
  }

  @Test func aStatementRoundsOnceAndBooksTheDifference() throws {
    let offer = try Offer(
      id: "o",
      items: [
        try PriceItem(meter: .input, model: .perUnit(PricingSample.unit("0.33", per: 1_000_000)))
      ])
    let statement = try list([offer]).statement(for: MeteredUsage([.input: 12_345_678]), offer: "o")
    #expect(statement.subtotal == usd("4.07407374"))
    #expect(statement.total == usd("4.07"))
    #expect(statement.subtotal + statement.rounding == statement.total)
  }

  @Test func unknownOffersAndLevelsAreNamedWithWhatThereIs() throws {
    let prices = try list([try Offer(id: "smb", items: [.fee(usd("1"))])])
    #expect(throws: BillingError(.unknown, "no offer is called 'x'; the list has: smb")) {
      try prices.rate(.none, offer: "x")
    }
    #expect(throws: BillingError(.unknown, "offer 'smb' has no membership level 'gold'")) {
      try prices.rate(.none, offer: "smb", level: "gold")
    }
  }

  @Test(arguments: [Int.max, Int.min, -1, MeteredUsage.limit + 1])
  func hostileCountsAreRefused(count: Int) {
    #expect(throws: BillingError.self) { try MeteredUsage([.output: count]) }
  }

  @Test func countsAtTheirLimitAreRated() throws {
    let dear = try UnitPrice(Money(units: 1_000_000, .usd))
    let items = try (0..<Offer.largestItemCount).map {
      try PriceItem(id: "i\($0)", meter: .events, model: .perUnit(dear))
    }
    let offer = try Offer(id: "o", items: items, discountBasisPoints: 9_999)
    let total = try offer.rate(MeteredUsage([.events: MeteredUsage.limit])).total(.usd)
    #expect(total > usd("0"))
  }
}
