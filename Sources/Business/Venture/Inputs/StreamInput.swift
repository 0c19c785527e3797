import Billing
package import Forecast

/// A revenue stream of the plan.
package struct StreamInput: Sendable {
  package let id: String
  package let name: String
  package let kind: RevenueStream.Kind
  /// Id of an offer of the price list; nil when the plan writes a price itself.
  package let offerID: String?
  package let line: Int
  let field: String
  let volume: Volume
  let meter: RevenueStream.Meter
  let isIndexed: Bool
  let fields: QuantityFields

  enum Volume: Sendable {
    case customers(segment: Int)
    case orders(QuantityFields)
    /// Role: id of the team.
    case projects(QuantityFields, role: String)
    case audience(segment: Int, QuantityFields)
    case turnover(QuantityFields)
  }

  /// - Parameter segments: their ids, in the model's order.
  init(reading node: PlanNode, id: String, segments: [String], into book: InputBook) {
    self.id = id
    let name = node.title(id)
    self.name = name
    line = node.line
    field = node.path
    if !node.has("kind") {
      node.fail(
        "needs 'kind': \(RevenueStream.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let kind = node.choice("kind", RevenueStream.Kind.self) ?? .usage
    self.kind = kind
    volume = Self.volume(node, id: id, title: name, segments: segments, into: book)
    meter = node.choice("meter", RevenueStream.Meter.self) ?? kind.defaultMeter
    isIndexed = node.flag("indexed", default: false)
    let offer = node.text("offer", limit: 100)
    offerID = offer.isEmpty ? nil : offer
    var fields = QuantityFields(
      node, PlanFields.stream, prefix: "streams.\(id)", title: name, into: book)
    let (price, range) = volume.price(meter)
    fields.read(node, "price", price, range, title: name, into: book)
    fields.read(node, "unit_cost", price, range, title: name, into: book)
    self.fields = fields
    checkPrice(node)
  }

  private func checkPrice(_ node: PlanNode) {
    let hasPrice = node.has("price")
    if hasPrice, offerID != nil { node.fail("has 'offer' and 'price'; write one of them") }
    if !hasPrice, offerID == nil { node.fail("needs 'offer' (of 'prices') or 'price'") }
    if case .customers = volume { return }
    if offerID != nil { node.fail("has 'offer'; what is not sold to customers needs 'price'") }
  }

  private static func volume(
    _ node: PlanNode, id: String, title: String, segments: [String], into book: InputBook
  ) -> Volume {
    func read(_ name: String, _ table: [PlanField]) -> QuantityFields? {
      node.child(name).map { child in
        QuantityFields(
          child, table, prefix: "streams.\(id).\(name)", title: title, into: book)
      }
    }
    let name = node.text("segment", limit: 100)
    let segment = segments.firstIndex(of: name)
    if !name.isEmpty, segment == nil {
      node.child("segment")?.fail(
        "'\(name)' is not a segment; known: \(segments.joined(separator: ", "))")
    }
    let kinds = ["orders", "projects", "audience", "turnover"].filter { node.has($0) }
    if kinds.count > 1 { node.fail("has \(kinds.joined(separator: " and ")); write one of them") }
    switch kinds.first {
    case "orders": return .orders(read("orders", PlanFields.orders)!)
    case "turnover": return .turnover(read("turnover", PlanFields.turnover)!)
    case "projects":
      let child = node.child("projects")!
      return .projects(
        read("projects", PlanFields.projects)!, role: child.text("role", required: true, limit: 60))
    default: break
    }
    if name.isEmpty {
      node.fail("needs 'segment', 'orders', 'projects' or 'turnover': what is sold how often")
    }
    guard kinds.first == "audience", let audience = read("audience", PlanFields.audience) else {
      return .customers(segment: segment ?? 0)
    }
    return .audience(segment: segment ?? 0, audience)
  }

  /// - Parameters:
  ///   - offer: of the price list, where the stream names one; it was checked when it was read.
  ///   - roles: ids, in the model's order.
  func lower(
    _ compiled: inout CompiledQuantities, offer: Offer?, roles: [String]
  ) -> RevenueStream {
    var stream = RevenueStream(
      id: id, name: name, kind: kind, volume: volume.lower(fields, &compiled, roles: roles),
      offer: [], offerID: nil, price: fields("price", &compiled), isIndexed: isIndexed,
      unitCost: fields("unit_cost", &compiled), partnerShare: fields("partner_share", &compiled),
      advanceMonths: fields("advance", &compiled),
      collectionMonths: fields("collection", &compiled), from: fields("from", &compiled),
      retention: fields("retention", &compiled))
    guard case .customers = volume else { return stream }
    if let offer {
      try? stream.price(by: offer)
    } else if case .constant(let value) = compiled.table[stream.price].content {
      stream.offer = [.init(meter: meter, curve: .perUnit(value))]
    } else {
      // An uncertain price multiplies a curve of slope 1.
      stream.offer = [.init(meter: meter, curve: .perUnit(1))]
      return stream
    }
    stream.price = compiled.table.constant(1, name: "streams.\(id).factor")
    return stream
  }
}

extension StreamInput.Volume {
  /// What a price and a cost of a piece are of.
  fileprivate func price(_ meter: RevenueStream.Meter) -> (Dimension, QuantityRange) {
    switch self {
    case .customers: (meter.price, .notNegative)
    case .orders: (.money / .orders, .notNegative)
    case .projects: (.money / .projects, .notNegative)
    case .audience: (.money, .notNegative)
    case .turnover: (.one, .share)
    }
  }

  fileprivate func lower(
    _ fields: QuantityFields, _ compiled: inout CompiledQuantities, roles: [String]
  ) -> RevenueStream.Volume {
    switch self {
    case .customers(let segment):
      .customers(segment: segment, attach: fields("attach", &compiled))
    case .orders(let part):
      .orders(rate: part("rate", &compiled), growth: part("growth", &compiled))
    case .projects(let part, let role):
      .projects(
        rate: part("rate", &compiled), growth: part("growth", &compiled),
        winRate: part("win_rate", &compiled), personMonths: part("person_months", &compiled),
        role: roles.firstIndex(of: role) ?? 0)
    case .audience(let segment, let part):
      .audience(
        segment: segment, impressions: part("impressions", &compiled),
        fill: part("fill", &compiled))
    case .turnover(let part):
      .turnover(amount: part("amount", &compiled), growth: part("growth", &compiled))
    }
  }
}

extension RevenueStream.Kind {
  fileprivate var defaultMeter: RevenueStream.Meter {
    switch self {
    case .usage: .tokens
    case .outcome: .outcomes
    default: .customers
    }
  }
}

extension RevenueStream.Meter {
  /// Dimension of a unit's price.
  fileprivate var price: Dimension {
    switch self {
    case .input, .output, .tokens, .cachedInput: .moneyPerToken
    case .requests: .money / .requests
    case .seats: .moneyPerSeatTime
    case .events, .outcomes: .money / .conversations
    case .customers: .moneyPerCustomerTime
    }
  }
}
