package import Forecast

extension Strategy {
  /// Reads the `strategy` section. Weights and scores of the paths become fields of the sheet.
  package init(reading node: PlanNode, sheet: QuantitySheet) {
    line = node.line
    func claim(_ name: String) -> Claim? {
      node.child(name).map { child in
        defer { if child.scalar == nil { child.finish() } }
        return Claim(reading: child, id: name)
      }
    }
    vision = claim("vision")
    mission = claim("mission")
    position = claim("position")
    customers = Self.read(node, "customers") { child, id in
      let segments = child.texts("segments")
      return TargetCustomer(
        id: id, name: child.text("name", required: true, limit: 200), needs: child.texts("needs"),
        segments: segments.isEmpty ? [id] : segments,
        claim: Claim(reading: child, id: "customers.\(id)", textName: "claim"))
    }
    offerings = Self.read(node, "offerings") { child, id in
      Offering(
        id: id, name: child.text("name", required: true, limit: 200),
        kind: child.choice("kind", Offering.Kind.self) ?? .product,
        customers: child.texts("customers"), advantages: child.texts("advantages"),
        claim: Claim(reading: child, id: "offerings.\(id)", textName: "claim"))
    }
    advantages = Self.read(node, "advantages") { child, id in
      Advantage(
        id: id, kind: child.choice("kind", Advantage.Kind.self) ?? .technology,
        claim: Claim(reading: child, id: "advantages.\(id)", textName: "claim"))
    }
    profitModel = node.child("profit_model").map { child in
      let model = ProfitModel(
        claim: Claim(reading: child, id: "profit_model"),
        streams: child.scalar == nil ? child.texts("streams") : [])
      if child.scalar == nil { child.finish() }
      return model
    }
    paths = node.child("paths").map { VenturePaths(reading: $0, sheet: sheet) }
    stages = Self.read(node, "stages", limit: 12) { child, id in Stage(reading: child, id: id) }
    node.finish()
    checkReferences(node)
  }

  /// Elements with unique `id`s; the unknown fields of each are reported.
  private static func read<Element>(
    _ node: PlanNode, _ name: String, limit: Int = 100, _ make: (PlanNode, String) -> Element
  ) -> [Element] {
    var seen: Set<String> = []
    return node.list(name, limit: limit).map { child in
      let id = child.text("id", required: true, limit: 100)
      if !id.isEmpty, !seen.insert(id).inserted {
        child.fail("another element of '\(name)' has the id '\(id)'; ids must be unique")
      }
      defer { child.finish() }
      return make(child, id)
    }
  }

  /// Names that lead nowhere are errors; what is merely missing is a finding.
  private func checkReferences(_ node: PlanNode) {
    let (customers, advantages) = (Set(customers.map(\.id)), Set(advantages.map(\.id)))
    for (offering, child) in zip(offerings, node.list("offerings", limit: 100)) {
      for name in offering.customers where !customers.contains(name) {
        child.fail("names the customer '\(name)', which 'customers' does not list")
      }
      for name in offering.advantages where !advantages.contains(name) {
        child.fail("names the advantage '\(name)', which 'advantages' does not list")
      }
    }
  }
}
