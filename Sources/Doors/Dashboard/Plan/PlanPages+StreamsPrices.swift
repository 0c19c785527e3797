import Billing
import Forecast
import Ledger
import Venture

extension PlanPages {
  /// The price list written out: one table an offer, its items and how each becomes money.
  func priceBlocks(_ visit: Visit, _ prices: PriceList) -> [Block] {
    let text = visit.text
    return prices.offers.map { offer in
      let name = text(
        "plan_offer",
        ["name": offer.name, "interval": text("plan_interval_\(offer.interval.rawValue)")])
      var table = TableView(id: "offer-\(offer.id)", caption: name)
      table.columns = [
        Column(text("plan_column_item"), .name), Column(text("plan_column_charge"), .text),
        Column(text("plan_column_price"), .text), Column(text("plan_column_included")),
        Column(text("plan_column_least")), Column(text("plan_column_most")),
      ]
      table.rows = offer.items.map { item in
        Row(cells: [
          .name(text("plan_meter_\(item.meter.rawValue)"), nil),
          .words(text("plan_charge_\(Self.name(item.model))")),
          .words(charge(visit, item.model)),
          .number(item.included > 0 ? visit.format.count(item.included) : "–"),
          .number(item.minimum.map { price(visit, $0) } ?? "–"),
          .number(item.maximum.map { price(visit, $0) } ?? "–"),
        ])
      }
      return Block(
        id: "offer-\(offer.id)", title: name, aside: bounds(visit, offer), table: table)
    }
  }

  /// Commitment, cap and discount over the whole offer; nil without any.
  private func bounds(_ visit: Visit, _ offer: Offer) -> String? {
    var parts: [String] = []
    if let minimum = offer.minimum {
      parts.append(visit.text("plan_offer_minimum", ["amount": price(visit, minimum)]))
    }
    if let maximum = offer.maximum {
      parts.append(visit.text("plan_offer_maximum", ["amount": price(visit, maximum)]))
    }
    if offer.discountBasisPoints > 0 {
      parts.append(
        visit.text("plan_offer_discount", ["share": Self.percent(offer.discountBasisPoints)]))
    }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  static func name(_ model: ChargeModel) -> String {
    switch model {
    case .perUnit: "per_unit"
    case .package: "package"
    case .graduated: "graduated"
    case .volume: "volume"
    case .percentage: "percentage"
    case .fixed: "fixed"
    }
  }

  private func price(_ visit: Visit, _ amount: Money) -> String {
    amount.currency.symbol + visit.format.price(amount)
  }

  private func unit(_ visit: Visit, _ unit: UnitPrice) -> String {
    unit.per == 1
      ? visit.text("plan_price_each", ["price": price(visit, unit.price)])
      : visit.text(
        "plan_price_per",
        ["price": price(visit, unit.price), "count": visit.format.volume(unit.per)])
  }

  private func charge(_ visit: Visit, _ model: ChargeModel) -> String {
    let text = visit.text
    switch model {
    case .perUnit(let unit): return self.unit(visit, unit)
    case .package(let price, let size):
      return text(
        "plan_price_package",
        ["price": self.price(visit, price), "size": visit.format.count(size)])
    case .fixed(let fee): return price(visit, fee)
    case .percentage(let points, let fee, _, _):
      let share = Self.percent(points)
      return fee.isZero
        ? share : text("plan_price_share", ["share": share, "fee": price(visit, fee)])
    case .graduated(let tiers), .volume(let tiers):
      return tiers.map { tier in
        let cost = unit(visit, tier.unit)
        let whole =
          tier.fee.isZero
          ? cost : text("plan_price_with_fee", ["price": cost, "fee": price(visit, tier.fee)])
        return tier.upTo.map {
          text("plan_tier_up_to", ["count": visit.format.count($0), "price": whole])
        } ?? text("plan_tier_beyond", ["price": whole])
      }.joined(separator: text("plan_tier_separator"))
    }
  }

  private static func percent(_ basisPoints: Int) -> String {
    let rest = basisPoints % 100
    let tail =
      rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
    return "\(basisPoints / 100)\(tail)%"
  }
}
