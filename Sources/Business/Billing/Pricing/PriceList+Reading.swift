package import Ledger

/// How an item is charged, as written.
enum ChargeModelName: String, CaseIterable {
  case perUnit = "per_unit"
  case package, graduated, volume, percentage, fixed
}

extension PriceList {
  /// Reads the shape said at `PriceList`.
  /// - Parameter fallback: the currency when the list names none.
  /// - Throws: `invalid`, its message beginning with the field: `offers[0].items[1].tiers[2].up_to: …`.
  package init(reading node: PriceNode, fallback: Currency) throws(BillingError) {
    let top = try PriceReader(
      node, at: "", currency: fallback,
      known: ["version", "currency", "memberships", "offers"])
    var currency = fallback
    if let text = try top.text("currency") {
      do {
        currency = try Currency(text)
      } catch {
        throw Check.invalid("currency", error.message)
      }
    }
    var memberships: [Membership] = []
    for (node, path) in try top.list("memberships", limit: 20) {
      memberships.append(try Membership(reading: node, at: path, currency))
    }
    var offers: [Offer] = []
    for (node, path) in try top.list("offers", limit: Self.largestOfferCount) {
      offers.append(try Offer(reading: node, at: path, currency))
    }
    try self.init(
      version: try top.text("version") ?? "1", currency: currency, offers: offers,
      memberships: memberships)
  }
}

extension Membership {
  fileprivate init(
    reading node: PriceNode, at path: String, _ currency: Currency
  ) throws(BillingError) {
    let reader = try PriceReader(
      node, at: path, currency: currency, known: ["id", "name", "levels"])
    var levels: [Level] = []
    for (node, path) in try reader.list("levels", limit: 20) {
      let level = try PriceReader(
        node, at: path, currency: currency, known: ["id", "name", "spend", "fee", "discount"])
      levels.append(
        try Level(
          id: level.required("id"), name: level.text("name"), spend: level.money("spend"),
          fee: level.money("fee"), discountBasisPoints: level.basisPoints("discount") ?? 0,
          at: path))
    }
    try self.init(
      id: reader.required("id"), name: reader.text("name"), levels: levels, at: path)
  }
}

extension Offer {
  fileprivate init(
    reading node: PriceNode, at path: String, _ currency: Currency
  ) throws(BillingError) {
    let reader = try PriceReader(
      node, at: path, currency: currency,
      known: [
        "id", "name", "interval", "items", "minimum", "maximum", "discount", "membership", "level",
      ])
    var items: [PriceItem] = []
    for (node, path) in try reader.list("items", limit: Self.largestItemCount) {
      items.append(try PriceItem(reading: node, at: path, currency))
    }
    try self.init(
      id: reader.required("id"), name: reader.text("name"),
      interval: reader.choice("interval", Interval.self) ?? .month, items: items,
      minimum: reader.money("minimum"), maximum: reader.money("maximum"),
      discountBasisPoints: reader.basisPoints("discount") ?? 0,
      membership: reader.text("membership"), level: reader.text("level"), at: path)
  }
}

extension PriceItem {
  private static let common = ["id", "meter", "model", "included", "minimum", "maximum"]

  private static func fields(_ model: ChargeModelName) -> [String] {
    switch model {
    case .perUnit: ["price", "per"]
    case .package: ["price", "size"]
    case .graduated, .volume: ["tiers"]
    case .percentage: ["rate", "fee", "at_least", "at_most"]
    case .fixed: ["price"]
    }
  }

  fileprivate init(
    reading node: PriceNode, at path: String, _ currency: Currency
  ) throws(BillingError) {
    let all = ["price", "per", "size", "tiers", "rate", "fee", "at_least", "at_most"]
    let any = try PriceReader(node, at: path, currency: currency, known: Self.common + all)
    let name = try any.choice("model", ChargeModelName.self) ?? .perUnit
    // Again with what this model has, so that a field of another one is not ignored.
    let reader = try PriceReader(
      node, at: path, currency: currency, known: Self.common + Self.fields(name))
    guard let meter = try reader.choice("meter", Meter.self) else {
      let known = Meter.allCases.map(\.rawValue).joined(separator: ", ")
      throw Check.invalid(reader.place("meter"), "is missing; write one of \(known)")
    }
    try self.init(
      id: reader.text("id"), meter: meter, model: Self.model(name, reader),
      included: reader.integer("included") ?? 0, minimum: reader.money("minimum"),
      maximum: reader.money("maximum"), at: path)
  }

  private static func model(
    _ name: ChargeModelName, _ reader: PriceReader
  ) throws(BillingError) -> ChargeModel {
    switch name {
    case .perUnit:
      return .perUnit(try unit(reader))
    case .package:
      guard let size = try reader.integer("size") else {
        throw Check.invalid(reader.place("size"), "is missing: how many units a package holds")
      }
      return .package(price: try reader.requiredMoney("price"), size: size)
    case .graduated: return .graduated(try tiers(reader))
    case .volume: return .volume(try tiers(reader))
    case .percentage:
      guard let rate = try reader.basisPoints("rate") else {
        throw Check.invalid(reader.place("rate"), "is missing: a share such as 2.9%")
      }
      return .percentage(
        basisPoints: rate, fee: try reader.money("fee") ?? .zero(reader.currency),
        minimum: try reader.money("at_least"), maximum: try reader.money("at_most"))
    case .fixed: return .fixed(try reader.requiredMoney("price"))
    }
  }

  private static func unit(_ reader: PriceReader) throws(BillingError) -> UnitPrice {
    try UnitPrice(
      reader.requiredMoney("price"), per: reader.integer("per") ?? 1, at: reader.path)
  }

  private static func tiers(_ reader: PriceReader) throws(BillingError) -> [PriceTier] {
    var tiers: [PriceTier] = []
    for (node, path) in try reader.list("tiers", limit: ChargeModel.largestTierCount) {
      let tier = try PriceReader(
        node, at: path, currency: reader.currency, known: ["up_to", "price", "per", "fee"])
      tiers.append(
        try PriceTier(
          upTo: tier.integer("up_to"), unit: unit(tier), fee: tier.money("fee"), at: path))
    }
    return tiers
  }
}
