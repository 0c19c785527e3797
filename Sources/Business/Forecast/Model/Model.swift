package import Ledger

/// A venture as numbers: all that a simulation needs, and nothing else. Built by `Venture` from the
/// plan's file; `months` steps from `start`. How a month runs is said at `Simulation`.
package struct Model: Sendable, Hashable, Codable {
  package var currency: Currency
  package var start: Month
  package var months: Int
  package var parameters: ParameterTable
  package var segments: [Segment]
  package var streams: [RevenueStream]
  package var fleet: Fleet
  package var roles: [Role]
  package var costs: [CostLine]
  package var shocks: [Shock]
  package var finance: Finance
  /// Log drift a month and volatility a month (σ of the log) of the price of tokens, and of the
  /// hourly cost of machines.
  package var tokenPrice: Drift
  package var machinePrice: Drift
  /// All prices of the offers are multiplied by it; customers answer by `Segment.priceElasticity`.
  package var priceMultiplier: Parameter

  package struct Drift: Sendable, Hashable, Codable {
    package var drift: Parameter
    package var volatility: Parameter
    package init(drift: Parameter, volatility: Parameter) {
      self.drift = drift
      self.volatility = volatility
    }
  }

  package init(
    currency: Currency, start: Month, months: Int, parameters: ParameterTable,
    segments: [Segment], streams: [RevenueStream], fleet: Fleet, roles: [Role],
    costs: [CostLine], shocks: [Shock], finance: Finance, tokenPrice: Drift, machinePrice: Drift,
    priceMultiplier: Parameter
  ) {
    self.currency = currency
    self.start = start
    self.months = months
    self.parameters = parameters
    self.segments = segments
    self.streams = streams
    self.fleet = fleet
    self.roles = roles
    self.costs = costs
    self.shocks = shocks
    self.finance = finance
    self.tokenPrice = tokenPrice
    self.machinePrice = machinePrice
    self.priceMultiplier = priceMultiplier
  }
}
