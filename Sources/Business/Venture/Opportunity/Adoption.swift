package import Forecast

/// Bass diffusion of the opportunity's product: dN = (p + q N ÷ M)(M − N), with p and q a month.
package struct Adoption: Sendable, Hashable {
  /// Customers there will ever be.
  package let market: UncertainField
  package let innovation: UncertainField
  package let imitation: UncertainField

  /// Reads `{market, innovation, imitation}`; nil (and problems) when one is absent.
  package init?(reading node: PlanNode, path: String, sheet: QuantitySheet) {
    func quantity(_ name: String, _ dimension: Dimension) -> UncertainField? {
      UncertainField(
        node, name, path: "\(path).adoption.\(name)", sheet: sheet, expects: dimension,
        isRequired: true)
    }
    let fields = (
      quantity("market", .customers), quantity("innovation", .perTime),
      quantity("imitation", .perTime)
    )
    node.finish()
    guard let market = fields.0, let innovation = fields.1, let imitation = fields.2 else {
      return nil
    }
    self.market = market
    self.innovation = innovation
    self.imitation = imitation
  }
}
