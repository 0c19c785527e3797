import Ledger

@testable import Billing

/// The inverse of the reader, by which random offers are read back.

extension PriceList {
  /// What `PriceList(reading:)` reads back as an equal list.
  var node: PriceNode {
    var fields: [PriceNode.Field] = [
      .text("version", version), .text("currency", currency.code),
    ]
    if !memberships.isEmpty {
      fields.append(PriceNode.Field("memberships", .list(memberships.map(\.node))))
    }
    fields.append(PriceNode.Field("offers", .list(offers.map(\.node))))
    return .map(fields)
  }
}

extension PriceNode.Field {
  fileprivate static func text(_ name: String, _ value: String) -> PriceNode.Field {
    PriceNode.Field(name, .text(value))
  }

  fileprivate static func money(_ name: String, _ value: Money?) -> [PriceNode.Field] {
    value.map { [text(name, $0.decimal)] } ?? []
  }

  /// Left out at 0.
  fileprivate static func share(_ name: String, _ basisPoints: Int) -> [PriceNode.Field] {
    basisPoints == 0 ? [] : [text(name, percent(basisPoints))]
  }

  fileprivate static func percent(_ basisPoints: Int) -> String {
    let (whole, rest) = basisPoints.quotientAndRemainder(dividingBy: 100)
    return rest == 0 ? "\(whole)%" : "\(whole).\(rest < 10 ? "0" : "")\(rest)%"
  }

  fileprivate static func optional(_ name: String, _ value: String?) -> [PriceNode.Field] {
    value.map { [text(name, $0)] } ?? []
  }
}

extension Membership {
  fileprivate var node: PriceNode {
    .map([
      .text("id", id), .text("name", name),
      PriceNode.Field(
        "levels",
        .list(
          levels.map { level in
            .map(
              [.text("id", level.id), .text("name", level.name)]
                + PriceNode.Field.money("spend", level.spend)
                + PriceNode.Field.money("fee", level.fee)
                + PriceNode.Field.share("discount", level.discountBasisPoints))
          })),
    ])
  }
}

extension Offer {
  fileprivate var node: PriceNode {
    .map(
      [.text("id", id), .text("name", name), .text("interval", interval.rawValue)]
        + PriceNode.Field.money("minimum", minimum) + PriceNode.Field.money("maximum", maximum)
        + PriceNode.Field.share("discount", discountBasisPoints)
        + PriceNode.Field.optional("membership", membership)
        + PriceNode.Field.optional("level", level)
        + [PriceNode.Field("items", .list(items.map(\.node)))])
  }
}

extension PriceItem {
  fileprivate var node: PriceNode {
    .map(
      [.text("id", id), .text("meter", meter.rawValue)] + model.fields
        + (included == 0 ? [] : [.text("included", "\(included)")])
        + PriceNode.Field.money("minimum", minimum) + PriceNode.Field.money("maximum", maximum))
  }
}

extension ChargeModel {
  fileprivate var fields: [PriceNode.Field] {
    switch self {
    case .perUnit(let unit):
      return Self.named(.perUnit) + unit.fields
    case .package(let price, let size):
      return Self.named(.package) + [.text("price", price.decimal), .text("size", "\(size)")]
    case .graduated(let tiers): return Self.named(.graduated) + [Self.tiers(tiers)]
    case .volume(let tiers): return Self.named(.volume) + [Self.tiers(tiers)]
    case .percentage(let basisPoints, let fee, let minimum, let maximum):
      return Self.named(.percentage)
        + [.text("rate", PriceNode.Field.percent(basisPoints)), .text("fee", fee.decimal)]
        + PriceNode.Field.money("at_least", minimum) + PriceNode.Field.money("at_most", maximum)
    case .fixed(let fee): return Self.named(.fixed) + [.text("price", fee.decimal)]
    }
  }

  private static func named(_ name: ChargeModelName) -> [PriceNode.Field] {
    [.text("model", name.rawValue)]
  }

  private static func tiers(_ tiers: [PriceTier]) -> PriceNode.Field {
    PriceNode.Field(
      "tiers",
      .list(
        tiers.map { tier in
          .map(
            (tier.upTo.map { [.text("up_to", "\($0)")] } ?? []) + tier.unit.fields
              + [.text("fee", tier.fee.decimal)])
        }))
  }
}

extension UnitPrice {
  fileprivate var fields: [PriceNode.Field] {
    [.text("price", price.decimal), .text("per", "\(per)")]
  }
}
