/// A group of customers that come, use, and leave alike.
package struct Segment: Sendable, Hashable, Codable {
  package var id: String
  package var name: String
  /// Customers there are at most; nil without a bound (then no Bass adoption either).
  package var market: Parameter?
  package var channels: [Channel]
  /// Word of mouth: coefficients of innovation and imitation, a month.
  package var bass: Bass?
  package var free: FreeTier?
  /// Paying customers at the start; their ages are taken as new unless `openingAges` says.
  package var openingCustomers: Parameter
  /// Share of the opening customers by age in months (index 0: new); empty for all new.
  package var openingAges: [Double] = []
  /// Customers ever won before the start.
  package var openingAdopters: Parameter
  /// φ of the negative binomial of new customers (variance μ + μ²/φ); nil for Poisson.
  package var dispersion: Parameter?
  /// Hazard in the first month of a customer, 0...1 a month.
  package var churn: Parameter
  /// α + β of the shifted beta-geometric hazard α/(α + β + t − 1): small for very unlike customers;
  /// nil for a constant hazard.
  package var churnConcentration: Parameter?
  /// Churn is multiplied by 1 + this × the share of demand not served last month.
  package var serviceSensitivity: Parameter?
  /// New customers × multiplier^−elasticity, churn × multiplier^(+elasticity ÷ 2), for the model's
  /// price multiplier.
  package var priceElasticity: Parameter?
  /// Growth of a customer's usage with each month of age.
  package var expansion: Parameter
  /// Mean tokens (input, cached and output) of a new customer in a month.
  package var tokens: Parameter
  package var outputShare: Parameter
  /// Share of the prompt tokens that is read from the cache.
  package var cachedShare: Parameter
  package var tokensPerRequest: Parameter
  /// σ of the log of usage between customers; nil when all are alike.
  package var usageSpread: Parameter?
  /// σ of the log of a month's common usage shock; nil for none.
  package var usageVolatility: Parameter?
  /// Seats of a customer.
  package var seats: Parameter
  /// Billable events (conversations) of a customer in a month and the share that succeeds (resolved).
  package var events: Parameter
  package var successRate: Parameter
  /// Money a customer a month.
  package var supportCost: Parameter

  package struct Channel: Sendable, Hashable, Codable {
    package var id: String
    package var name: String
    /// Money a month at the start, its growth a month, and the months in which it runs [from, to).
    package var spend: Parameter
    package var growth: Parameter
    package var from: Parameter
    package var to: Parameter?
    /// Cost of a new customer at a spend of zero; it rises as (1 + spend ÷ saturation)^exponent.
    package var acquisitionCost: Parameter
    package var saturation: Parameter?
    package var saturationExponent: Parameter?
    package init(
      id: String, name: String, spend: Parameter, growth: Parameter, from: Parameter,
      to: Parameter?, acquisitionCost: Parameter, saturation: Parameter?,
      saturationExponent: Parameter?
    ) {
      self.id = id
      self.name = name
      self.spend = spend
      self.growth = growth
      self.from = from
      self.to = to
      self.acquisitionCost = acquisitionCost
      self.saturation = saturation
      self.saturationExponent = saturationExponent
    }
  }

  package struct Bass: Sendable, Hashable, Codable {
    package var innovation: Parameter
    package var imitation: Parameter
    package init(innovation: Parameter, imitation: Parameter) {
      self.innovation = innovation
      self.imitation = imitation
    }
  }

  /// Free users: signups a month (with growth), the share that pays and the share that leaves, a month.
  package struct FreeTier: Sendable, Hashable, Codable {
    package var opening: Parameter
    package var signups: Parameter
    package var growth: Parameter
    package var conversion: Parameter
    package var churn: Parameter
    /// Tokens a free user uses in a month: cost without revenue.
    package var tokens: Parameter
    package init(
      opening: Parameter, signups: Parameter, growth: Parameter, conversion: Parameter,
      churn: Parameter, tokens: Parameter
    ) {
      self.opening = opening
      self.signups = signups
      self.growth = growth
      self.conversion = conversion
      self.churn = churn
      self.tokens = tokens
    }
  }

  package init(
    id: String, name: String, market: Parameter?, channels: [Channel], bass: Bass?,
    free: FreeTier?, openingCustomers: Parameter, openingAdopters: Parameter,
    dispersion: Parameter?, churn: Parameter, churnConcentration: Parameter?,
    serviceSensitivity: Parameter?, priceElasticity: Parameter?, expansion: Parameter,
    tokens: Parameter, outputShare: Parameter, cachedShare: Parameter,
    tokensPerRequest: Parameter, usageSpread: Parameter?, usageVolatility: Parameter?,
    seats: Parameter, events: Parameter, successRate: Parameter, supportCost: Parameter
  ) {
    self.id = id
    self.name = name
    self.market = market
    self.channels = channels
    self.bass = bass
    self.free = free
    self.openingCustomers = openingCustomers
    self.openingAdopters = openingAdopters
    self.dispersion = dispersion
    self.churn = churn
    self.churnConcentration = churnConcentration
    self.serviceSensitivity = serviceSensitivity
    self.priceElasticity = priceElasticity
    self.expansion = expansion
    self.tokens = tokens
    self.outputShare = outputShare
    self.cachedShare = cachedShare
    self.tokensPerRequest = tokensPerRequest
    self.usageSpread = usageSpread
    self.usageVolatility = usageVolatility
    self.seats = seats
    self.events = events
    self.successRate = successRate
    self.supportCost = supportCost
  }
}
