package import Ledger

/// The machines that serve the tokens, and what happens beyond them.
package struct Fleet: Sendable, Hashable, Codable {
  /// Cloud: paid while running, back at once. Rented: kept once taken. Owned: bought, then run.
  package enum Mode: String, Sendable, Hashable, Codable, CaseIterable { case cloud, rented, owned }

  package var mode: Mode
  /// Money a month of a running machine (owned: power, space, hands).
  package var running: Parameter
  package var purchase: Parameter
  /// Months over which a bought machine is written off.
  package var life: Parameter
  /// Tokens a month of one busy machine at the plan's mix (from the engine's benchmark).
  package var throughput: Parameter
  /// Demand in the busiest hour ÷ mean demand.
  package var peak: Parameter
  /// Months from the decision to a machine that serves.
  package var lead: Parameter
  package var minimum: Parameter
  package var maximum: Parameter?
  /// The queue: parallel sequences of a machine, mean seconds of a request and its squared
  /// coefficient of variation, and the wait in seconds that 95 of 100 must keep.
  package var slots: Int
  package var serviceSeconds: Double
  package var variation: Double
  package var waitSeconds: Double
  /// Money a token at which a vendor serves what the machines cannot; nil: it is lost.
  package var overflow: Parameter?
  /// Share of all tokens that a vendor serves anyway, at `overflow`'s price (0 without one).
  package var upstreamShare: Parameter

  package init(
    mode: Mode, running: Parameter, purchase: Parameter, life: Parameter, throughput: Parameter,
    peak: Parameter, lead: Parameter, minimum: Parameter, maximum: Parameter?, slots: Int,
    serviceSeconds: Double, variation: Double, waitSeconds: Double, overflow: Parameter?,
    upstreamShare: Parameter
  ) {
    self.mode = mode
    self.running = running
    self.purchase = purchase
    self.life = life
    self.throughput = throughput
    self.peak = peak
    self.lead = lead
    self.minimum = minimum
    self.maximum = maximum
    self.slots = slots
    self.serviceSeconds = serviceSeconds
    self.variation = variation
    self.waitSeconds = waitSeconds
    self.overflow = overflow
    self.upstreamShare = upstreamShare
  }
}

/// People of one kind.
package struct Role: Sendable, Hashable, Codable {
  package struct Hire: Sendable, Hashable, Codable {
    package var month: Parameter
    package var count: Parameter
    package init(month: Parameter, count: Parameter) {
      self.month = month
      self.count = count
    }
  }

  package var id: String
  package var name: String
  /// Where the pay is booked: people, support, delivery staff, training and research…
  package var account: Account
  package var opening: Parameter
  package var hires: [Hire]
  /// One more for so many customers, over and above the hires; nil for none.
  package var customersEach: Parameter?
  /// Loaded cost of one person a month, its growth a month, and what hiring one costs.
  package var cost: Parameter
  package var growth: Parameter
  package var recruiting: Parameter
  /// Months until a new person works in full (linear); matters for projects.
  package var ramp: Parameter

  package init(
    id: String, name: String, account: Account, opening: Parameter, hires: [Hire],
    customersEach: Parameter?, cost: Parameter, growth: Parameter, recruiting: Parameter,
    ramp: Parameter
  ) {
    self.id = id
    self.name = name
    self.account = account
    self.opening = opening
    self.hires = hires
    self.customersEach = customersEach
    self.cost = cost
    self.growth = growth
    self.recruiting = recruiting
    self.ramp = ramp
  }
}

/// Any other cost: monthly in [from, to) with growth, or once in month `from`.
package struct CostLine: Sendable, Hashable, Codable {
  package var id: String
  package var name: String
  package var account: Account
  package var amount: Parameter
  package var isOneOff: Bool
  package var growth: Parameter
  package var from: Parameter
  package var to: Parameter?

  package init(
    id: String, name: String, account: Account, amount: Parameter, isOneOff: Bool,
    growth: Parameter, from: Parameter, to: Parameter?
  ) {
    self.id = id
    self.name = name
    self.account = account
    self.amount = amount
    self.isOneOff = isOneOff
    self.growth = growth
    self.from = from
    self.to = to
  }
}

/// A risk as the simulation sees it: arrivals, loss, and what it does to customers for a while.
package struct Shock: Sendable, Hashable, Codable {
  package var id: String
  package var name: String
  /// Mean arrivals a month (Poisson).
  package var rate: Parameter
  /// 90% interval of one event's loss (lognormal): money.
  package var lossLow: Parameter
  package var lossHigh: Parameter
  /// While it lasts (months), new customers and churn are multiplied by these.
  package var duration: Parameter
  package var acquisitionFactor: Parameter
  package var churnFactor: Parameter

  package init(
    id: String, name: String, rate: Parameter, lossLow: Parameter, lossHigh: Parameter,
    duration: Parameter, acquisitionFactor: Parameter, churnFactor: Parameter
  ) {
    self.id = id
    self.name = name
    self.rate = rate
    self.lossLow = lossLow
    self.lossHigh = lossHigh
    self.duration = duration
    self.acquisitionFactor = acquisitionFactor
    self.churnFactor = churnFactor
  }
}

/// Money in and out that is not trade.
package struct Finance: Sendable, Hashable, Codable {
  package struct Round: Sendable, Hashable, Codable {
    package var id: String
    package var name: String
    /// Earliest month; with `cashBelow`, it is raised when cash falls under it from then on.
    package var month: Parameter
    package var cashBelow: Parameter?
    package var amount: Parameter
    package var probability: Parameter
    /// Share of the company sold.
    package var equity: Parameter
    package init(
      id: String, name: String, month: Parameter, cashBelow: Parameter?, amount: Parameter,
      probability: Parameter, equity: Parameter
    ) {
      self.id = id
      self.name = name
      self.month = month
      self.cashBelow = cashBelow
      self.amount = amount
      self.probability = probability
      self.equity = equity
    }
  }

  /// Repaid in equal monthly payments.
  package struct Loan: Sendable, Hashable, Codable {
    package var id: String
    package var name: String
    package var month: Parameter
    package var amount: Parameter
    /// Interest a month.
    package var rate: Parameter
    package var term: Parameter
    package init(
      id: String, name: String, month: Parameter, amount: Parameter, rate: Parameter,
      term: Parameter
    ) {
      self.id = id
      self.name = name
      self.month = month
      self.amount = amount
      self.rate = rate
      self.term = term
    }
  }

  package var openingCash: Parameter
  /// Customers' bills open at the start, collected in the first month.
  package var openingReceivable: Parameter?
  /// Bills of suppliers open at the start, paid in the first month.
  package var openingPayable: Parameter?
  package var rounds: [Round]
  package var loans: [Loan]
  /// Of a positive profit after losses carried forward; of revenue; of what is collected.
  package var incomeTax: Parameter
  package var revenueTax: Parameter
  package var paymentFee: Parameter
  /// Months until machines, vendors and other costs (not people) are paid.
  package var payableMonths: Parameter
  /// A month, for present values.
  package var discountRate: Parameter

  package init(
    openingCash: Parameter, rounds: [Round], loans: [Loan], incomeTax: Parameter,
    revenueTax: Parameter, paymentFee: Parameter, payableMonths: Parameter,
    discountRate: Parameter, openingReceivable: Parameter? = nil, openingPayable: Parameter? = nil
  ) {
    self.openingCash = openingCash
    self.openingReceivable = openingReceivable
    self.openingPayable = openingPayable
    self.rounds = rounds
    self.loans = loans
    self.incomeTax = incomeTax
    self.revenueTax = revenueTax
    self.paymentFee = paymentFee
    self.payableMonths = payableMonths
    self.discountRate = discountRate
  }
}
