import Forecast

/// The machines of the plan.
struct CapacityInput: Sendable {
  let fields: QuantityFields
  private let mode: Fleet.Mode
  private let slots: Int
  private let serviceSeconds: Double
  private let variation: Double
  private let waitSeconds: Double

  private static let secondsOfMonth = 2_628_000.0

  init(reading node: PlanNode, into book: InputBook) {
    var fields = QuantityFields(
      node, PlanFields.capacity, prefix: "capacity", title: "capacity", into: book)
    mode = node.choice("mode", Fleet.Mode.self) ?? .cloud
    slots = node.integer("slots", in: 1...65_536) ?? 8
    serviceSeconds = node.number("service_seconds", in: 0.001...86_400) ?? 5
    variation = node.number("variation", in: 0...1_000) ?? 1
    waitSeconds = node.number("wait_seconds", in: 0...86_400) ?? 2
    let curve = Self.curve(node)
    if let child = node.child("throughput"), child.scalar == "measured" {
      if let rate = Self.value(of: curve, at: slots) {
        fields.set(
          "throughput", book.sheet.constant("capacity.throughput", rate * Self.secondsOfMonth))
      } else {
        child.fail(
          "is 'measured', but there is no 'measured' curve; fill it with 'breakeven bench'")
      }
    } else {
      fields.read(
        node, "throughput", .tokensPerMachineTime, .positive, title: "capacity", into: book)
    }
    self.fields = fields
    node.finish()
  }

  /// Tokens a second by parallel sequences, ascending.
  private static func curve(_ node: PlanNode) -> [(Double, Double)] {
    guard let child = node.child("measured") else { return [] }
    return child.entries(limit: 100).compactMap { name, entry in
      guard let parallel = Double(name), parallel >= 1, parallel.isFinite,
        let rate = entry.scalar.flatMap(Double.init), rate > 0, rate.isFinite
      else {
        entry.fail("must be 'parallel sequences: tokens a second', such as '8: 210'")
        return nil
      }
      return (parallel, rate)
    }.sorted { $0.0 < $1.0 }
  }

  /// Between two measurements linear, outside them the nearest; nil without any.
  private static func value(of curve: [(Double, Double)], at slots: Int) -> Double? {
    let x = Double(slots)
    guard let above = curve.firstIndex(where: { $0.0 >= x }) else { return curve.last?.1 }
    guard above > 0 else { return curve[0].1 }
    let (low, high) = (curve[above - 1], curve[above])
    return low.1 + (high.1 - low.1) * (x - low.0) / (high.0 - low.0)
  }

  func lower(_ compiled: inout CompiledQuantities) -> Fleet {
    // A plan that says nothing of machines has one that is never full and costs nothing.
    let throughput =
      fields.optional("throughput", compiled)
      ?? compiled.table.constant(1e15, name: "capacity.throughput")
    return Fleet(
      mode: mode, running: fields("running", &compiled), purchase: fields("purchase", &compiled),
      life: fields("life", &compiled), throughput: throughput, peak: fields("peak", &compiled),
      lead: fields("lead", &compiled), minimum: fields("minimum", &compiled),
      maximum: fields.optional("maximum", compiled), slots: slots,
      serviceSeconds: serviceSeconds, variation: variation, waitSeconds: waitSeconds,
      overflow: fields.optional("overflow", compiled),
      upstreamShare: fields("upstream_share", &compiled))
  }
}
