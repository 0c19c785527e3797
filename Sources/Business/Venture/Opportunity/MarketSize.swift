package import Forecast

/// The market's money a year, counted twice: from the whole market downwards, and from customers
/// upwards. Each estimate has the total (TAM), serviceable (SAM) and obtainable (SOM) market.
package struct MarketSize: Sendable, Hashable {
  package struct TopDown: Sendable, Hashable {
    /// Money in a time, in the sheet's unit: a month.
    package let total: UncertainField
    /// SAM ÷ TAM, and SOM ÷ SAM.
    package let serviceable: UncertainField
    package let obtainable: UncertainField
  }

  package struct BottomUp: Sendable, Hashable {
    /// Customers that have the problem.
    package let customers: UncertainField
    /// Share that the venture can serve, and share of those that it can win.
    package let reachable: UncertainField
    package let winnable: UncertainField
    /// Money of a customer in a time.
    package let price: UncertainField
  }

  package let topDown: TopDown?
  package let bottomUp: BottomUp?
  package let line: Int
  package let field: String

  /// Reads `{top_down: {total, serviceable, obtainable}, bottom_up: {customers, reachable,
  /// winnable, price}}`.
  package init(reading node: PlanNode, path: String, sheet: QuantitySheet) {
    line = node.line
    field = node.path
    func quantity(
      _ child: PlanNode, _ side: String, _ name: String, _ dimension: Dimension
    )
      -> UncertainField?
    {
      UncertainField(
        child, name, path: "\(path).\(side).\(name)", sheet: sheet, expects: dimension,
        isRequired: true)
    }
    topDown = node.child("top_down").flatMap { child in
      let fields = (
        quantity(child, "top_down", "total", .moneyPerTime),
        quantity(child, "top_down", "serviceable", .one),
        quantity(child, "top_down", "obtainable", .one)
      )
      child.finish()
      guard let total = fields.0, let serviceable = fields.1, let obtainable = fields.2 else {
        return nil
      }
      return TopDown(total: total, serviceable: serviceable, obtainable: obtainable)
    }
    bottomUp = node.child("bottom_up").flatMap { child in
      let fields = (
        quantity(child, "bottom_up", "customers", .customers),
        quantity(child, "bottom_up", "reachable", .one),
        quantity(child, "bottom_up", "winnable", .one),
        quantity(child, "bottom_up", "price", .moneyPerCustomerTime)
      )
      child.finish()
      guard let customers = fields.0, let reachable = fields.1, let winnable = fields.2,
        let price = fields.3
      else { return nil }
      return BottomUp(
        customers: customers, reachable: reachable, winnable: winnable, price: price)
    }
    if topDown == nil || bottomUp == nil {
      node.warn("needs 'top_down' and 'bottom_up': a market counted one way is not checked")
    }
    node.finish()
  }
}
