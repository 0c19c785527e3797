/// The process behind the simulated year: what a plan cannot know and calibration should find. Written
/// beside the books as `truth.json`. Money in units of the currency, time in months of 730 hours.
struct YearTruth: Encodable {
  /// Customers who come, use and leave alike; the id is also their plan.
  struct Segment: Encodable {
    let id: String
    /// In the first month; Poisson, growing by `arrivalGrowth` a month.
    let arrivals: Double
    let arrivalGrowth: Double
    let openingCustomers: Int
    /// Each customer's chance to leave in a month is its own, drawn from Beta(α, β): so the hazard at
    /// age t is α/(α + β + t − 1).
    let churnAlpha: Double
    let churnBeta: Double
    /// Mean tokens of a new customer in a month, growing by `expansion` with each month of age.
    let tokens: Double
    let expansion: Double
    /// σ of the log of usage between customers, and of a month's common shock.
    let usageSpread: Double
    let usageVolatility: Double
    let outputShare: Double
    /// Of the prompt tokens.
    let cachedShare: Double
    let seats: Int
    /// Conversations a customer in a month, and the share that is resolved.
    let events: Double
    let successRate: Double
    /// Advertising and sales for this segment a month, from month `marketingFrom` (0: the first).
    let marketing: Double
    let marketingFrom: Int
    /// Of one customer a month.
    let supportCost: Double
    /// Usage events booked a customer and month: each stands for the requests of some hours.
    let usageEvents: Double
    let isPrepaid: Bool
    /// What its customers buy: offers of the price list, the share that takes each, and from which
    /// month it is sold. What is left takes the first.
    let offers: [Choice]

    struct Choice: Encodable {
      let offer: String
      let share: Double
      let from: Int
    }
  }

  /// Sold beside the customers' offers: Poisson orders a month at a lognormal price.
  struct Order: Encodable {
    let stream: String
    let account: String
    let from: Int
    let rate: Double
    let price: Double
    let priceSpread: Double
    /// Cost of a piece as a share of its price, and where it is booked.
    let costShare: Double
    let costAccount: String?
  }

  /// Booked once a month from month `from`, or in that month alone.
  struct Cost: Encodable {
    let name: String
    let account: String
    let amount: Double
    let growth: Double
    let from: Int
    let isOneOff: Bool

    init(
      _ name: String, _ account: String, _ amount: Double, growth: Double = 0, from: Int = 0,
      isOneOff: Bool = false
    ) {
      self.name = name
      self.account = account
      self.amount = amount
      self.growth = growth
      self.from = from
      self.isOneOff = isOneOff
    }
  }

  struct Machine: Encodable {
    let hourlyCost: Double
    /// Tokens a second of a busy machine.
    let promptSpeed: Double
    let cachedSpeed: Double
    let outputSpeed: Double
    /// Machines are added so that a month's mean load stays below it.
    let targetLoad: Double
  }

  var seed: UInt64 = 0
  var currency = ""
  var months: [String] = []
  let segments: [Segment]
  let orders: [Order]
  let costs: [Cost]
  let machine: Machine
  let openingCapital: Double
  let laterCapital: Double
  /// Months from the start until it arrives.
  let laterCapitalMonth: Int
  /// Of what is collected.
  let paymentFee: Double
  let collectionMonths = 1
  /// What came of it.
  var realised: [RealisedMonth] = []

  struct RealisedMonth: Encodable {
    let month: String
    var segments: [RealisedSegment] = []
    var machines = 0
  }

  struct RealisedSegment: Encodable {
    let id: String
    let new, lost, customers, tokens, conversations, resolved: Int
  }
}
