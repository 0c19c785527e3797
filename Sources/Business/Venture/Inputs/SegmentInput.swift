import Forecast

/// A segment of the plan.
package struct SegmentInput: Sendable {
  package let id: String
  package let name: String
  package let line: Int
  package let channels: [Channel]
  let fields: QuantityFields
  let bass: QuantityFields?
  let free: QuantityFields?
  let openingAges: [Double]

  package struct Channel: Sendable {
    package let id: String
    package let name: String
    let fields: QuantityFields
  }

  package var hasFreeTier: Bool { free != nil }

  init(reading node: PlanNode, id: String, into book: InputBook) {
    self.id = id
    let name = node.title(id)
    self.name = name
    line = node.line
    let prefix = "segments.\(id)"
    fields = QuantityFields(node, PlanFields.segment, prefix: prefix, title: name, into: book)
    channels = node.named("channels", limit: 20) { entry, channel in
      let title = entry.title(channel)
      return Channel(
        id: channel, name: title,
        fields: QuantityFields(
          entry, PlanFields.channel, prefix: "\(prefix).channels.\(channel)",
          title: "\(name) · \(title)", into: book))
    }
    func part(_ part: String, _ table: [PlanField]) -> QuantityFields? {
      node.child(part).map { child in
        defer { child.finish() }
        return QuantityFields(child, table, prefix: "\(prefix).\(part)", title: name, into: book)
      }
    }
    bass = part("bass", PlanFields.bass)
    free = part("free", PlanFields.free)
    if bass != nil, fields.handles["market"] == nil {
      node.fail("has 'bass' but no 'market'; word of mouth needs a bound on the customers")
    }
    openingAges = Self.ages(node)
  }

  private static func ages(_ node: PlanNode) -> [Double] {
    guard let child = node.child("opening_ages") else { return [] }
    let ages = child.elements(limit: 600).map { element -> Double in
      guard let share = element.scalar.flatMap(Double.init), (0...1).contains(share) else {
        element.fail("must be a share from 0 to 1")
        return 0
      }
      return share
    }
    if abs(ages.reduce(0, +) - 1) > 1e-6 {
      child.fail("sums to \(ages.reduce(0, +)); the shares of all ages must sum to 1")
    }
    return ages
  }

  func lower(_ compiled: inout CompiledQuantities) -> Segment {
    let opening = fields("opening_customers", &compiled)
    var segment = Segment(
      id: id, name: name, market: fields.optional("market", compiled),
      channels: channels.map { $0.lower(&compiled) },
      bass: bass.map { bass in
        Segment.Bass(
          innovation: bass("innovation", &compiled), imitation: bass("imitation", &compiled))
      },
      free: free.map { free in
        Segment.FreeTier(
          opening: free("opening", &compiled), signups: free("signups", &compiled),
          growth: free("growth", &compiled), conversion: free("conversion", &compiled),
          churn: free("churn", &compiled), tokens: free("tokens", &compiled))
      },
      openingCustomers: opening,
      openingAdopters: fields.optional("opening_adopters", compiled) ?? opening,
      dispersion: fields.optional("dispersion", compiled), churn: fields("churn", &compiled),
      churnConcentration: fields.optional("churn_concentration", compiled),
      serviceSensitivity: fields.optional("service_sensitivity", compiled),
      priceElasticity: fields.optional("price_elasticity", compiled),
      expansion: fields("expansion", &compiled), tokens: fields("tokens", &compiled),
      outputShare: fields("output_share", &compiled),
      cachedShare: fields("cached_share", &compiled),
      tokensPerRequest: fields("tokens_per_request", &compiled),
      usageSpread: fields.optional("usage_spread", compiled),
      usageVolatility: fields.optional("usage_volatility", compiled),
      seats: fields("seats", &compiled), events: fields("events", &compiled),
      successRate: fields("success_rate", &compiled),
      supportCost: fields("support_cost", &compiled))
    segment.openingAges = openingAges
    return segment
  }
}

extension SegmentInput.Channel {
  fileprivate func lower(_ compiled: inout CompiledQuantities) -> Segment.Channel {
    Segment.Channel(
      id: id, name: name, spend: fields("spend", &compiled), growth: fields("growth", &compiled),
      from: fields("from", &compiled), to: fields.optional("to", compiled),
      acquisitionCost: fields("acquisition_cost", &compiled),
      saturation: fields.optional("saturation", compiled),
      saturationExponent: fields.optional("saturation_exponent", compiled))
  }
}
