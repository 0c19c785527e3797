package import Forecast
import Yams

/// The `forecast` section as handles into the sheet; `lower` (in the files beside) makes the parts of
/// a `Model` of it once the sheet is compiled.
package struct ForecastInputs: Sendable {
  let market: QuantityFields
  let tokenPrice: QuantityFields
  let machinePrice: QuantityFields
  package let segments: [SegmentInput]
  package let streams: [StreamInput]
  let capacity: CapacityInput
  package let costs: [CostInput]
  package let finance: FinanceInput
  let rules: [InputBook.Rule]
  let horizon: Int

  /// - Parameters:
  ///   - node: the section; nil for a plan without one.
  ///   - months: the horizon.
  package init(reading node: PlanNode?, sheet: QuantitySheet, months: Int) {
    let node = node ?? PlanNode.empty(path: "forecast")
    let book = InputBook(sheet: sheet, horizon: months)
    let prices = node.child("market") ?? .empty(path: "forecast.market")
    market = QuantityFields(
      prices, PlanFields.market, prefix: "market", title: "market", into: book)
    func drift(_ name: String) -> QuantityFields {
      let child = prices.child(name) ?? .empty(path: "forecast.market.\(name)")
      defer { child.finish() }
      return QuantityFields(
        child, PlanFields.drift, prefix: "market.\(name)", title: name, into: book)
    }
    tokenPrice = drift("token_price")
    machinePrice = drift("machine_price")
    prices.finish()
    segments = node.named("segments", limit: 100) { SegmentInput(reading: $0, id: $1, into: book) }
    let ids = segments.map(\.id)
    streams = node.named("streams", limit: 100) {
      StreamInput(reading: $0, id: $1, segments: ids, into: book)
    }
    capacity = CapacityInput(
      reading: node.child("capacity") ?? .empty(path: "forecast.capacity"), into: book)
    costs = node.named("costs", limit: 200) { CostInput(reading: $0, id: $1, into: book) }
    finance = FinanceInput(
      reading: node.child("finance") ?? .empty(path: "forecast.finance"), into: book)
    node.finish()
    rules = book.rules
    horizon = months
  }

  /// Place in the file of a slot; nil for those of other sections.
  func field(ofSlot name: String) -> String? { rules.first { $0.slot == name }?.field }

  /// Values outside what makes sense: of a distribution, its 5% or 95% quantile.
  func problems(_ compiled: CompiledQuantities) -> [PlanProblem] {
    // What could not be read is a constant 0 and was reported already.
    let unread = Set(compiled.problems.map(\.field))
    return rules.compactMap { rule in
      if unread.contains(rule.slot) { return nil }
      let slot = compiled.table[compiled.parameter(rule.handle)]
      let bounds = rule.range.bounds(horizon: horizon)
      let (low, high): (Double, Double)
      switch slot.content {
      case .constant(let value): (low, high) = (value, value)
      case .uncertain(let law): (low, high) = (law.quantile(0.05), law.quantile(0.95))
      case .formula: return nil
      }
      guard low < bounds.lowerBound || high > bounds.upperBound else { return nil }
      return PlanProblem(
        line: rule.line, column: rule.column, field: rule.field,
        rule.range.remedy(horizon: horizon))
    }
  }
}

extension PlanNode {
  /// Stands for a section that the file does not have.
  static func empty(path: String) -> PlanNode {
    PlanNode(Node([(Node, Node)]()), path: path, problems: PlanProblems())
  }

  /// The elements of a list with an `id` each, checked and unique; unknown fields are reported.
  func named<Element>(
    _ name: String, limit: Int, _ make: (PlanNode, String) -> Element
  ) -> [Element] {
    var seen: Set<String> = []
    return list(name, limit: limit).enumerated().map { index, entry in
      defer { entry.finish() }
      return make(entry, entry.identifier(among: &seen, fallback: "\(name)\(index)"))
    }
  }

  /// The field `name`, or the id when it is left out.
  func title(_ id: String) -> String {
    let name = text("name", limit: 200)
    return name.isEmpty ? id : name
  }
}
