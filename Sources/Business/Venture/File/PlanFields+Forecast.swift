import Forecast
import Ledger

/// The fields of the `forecast` section. All months count from the plan's start (0: its first).
package enum PlanFields {
  static let id = PlanField(
    "id", .text,
    "Short name: letters, digits, '_' and '-'; stable, since the random numbers are keyed by it.",
    isRequired: true)
  static let name = PlanField("name", .text, "What the reader calls it; the id when left out.")

  static let channel: [PlanField] = [
    id, name,
    .required("spend", .moneyPerTime, .notNegative, "Spending at the start."),
    .quantity("growth", .perTime, .any, 0, "Growth of the spending a month."),
    .quantity("from", .time, .month, 0, "First month."),
    .optional("to", .time, .notNegative, "First month without it."),
    .required("acquisition_cost", .moneyPerCustomer, .positive, "Cost of winning one customer."),
    .optional(
      "saturation", .moneyPerTime, .positive,
      "Spending κ at which the cost has risen by 2^η: cost × (1 + spend/κ)^η."),
    .optional("saturation_exponent", .one, .notNegative, "η of the saturation."),
  ]

  static let bass: [PlanField] = [
    .required("innovation", .perTime, .hazard, "p: adoption without word of mouth, a month."),
    .required("imitation", .perTime, .notNegative, "q: adoption by word of mouth, a month."),
  ]

  static let free: [PlanField] = [
    .quantity("opening", .users, .notNegative, 0, "Free users at the start."),
    .quantity("signups", .usersPerTime, .notNegative, 0, "New free users a month."),
    .quantity("growth", .perTime, .any, 0, "Growth of the sign-ups a month."),
    .quantity("conversion", .perTime, .hazard, 0, "Share that begins to pay in a month."),
    .quantity("churn", .perTime, .hazard, 0, "Share that leaves in a month."),
    .quantity(
      "tokens", .tokensPerUserTime, .notNegative, 0,
      "Tokens of a free user a month: cost without revenue."),
  ]

  static let segment: [PlanField] = [
    id, name,
    .optional("market", .customers, .notNegative, "Customers there are at most."),
    PlanField("channels", .list(channel), "Ways in which customers are won for money."),
    PlanField("bass", .mapping(bass), "Adoption by word of mouth (Bass); needs 'market'."),
    PlanField("free", .mapping(free), "Free tier."),
    .quantity("opening_customers", .customers, .notNegative, 0, "Paying customers at the start."),
    PlanField(
      "opening_ages", .elements(.number(0...1)),
      "Share of the opening customers by age in months, new ones first; sums to 1."),
    .optional(
      "opening_adopters", .customers, .notNegative,
      "Customers ever won before the start; the opening customers when left out."),
    .optional(
      "dispersion", .one, .positive,
      "φ of the negative binomial of new customers (variance μ + μ²/φ); Poisson when left out."),
    .required("churn", .perTime, .hazard, "Share that leaves in the first month of a customer."),
    .optional(
      "churn_concentration", .one, .positive,
      "α + β of the shifted beta-geometric hazard; constant when left out."),
    .optional(
      "service_sensitivity", .one, .notNegative,
      "Churn × (1 + this × share of demand not served)."),
    .optional("price_elasticity", .one, .notNegative, "Answer of sales to the price multiplier."),
    .quantity("expansion", .perTime, .any, 0, "Growth of a customer's usage with each month."),
    .quantity(
      "tokens", .tokensPerCustomerTime, .notNegative, 0, "Mean tokens of a new customer a month."),
    .quantity("output_share", .one, .share, 0.25, "Share of the tokens that is output."),
    .quantity("cached_share", .one, .share, 0, "Share of the prompt read from the cache."),
    .quantity("tokens_per_request", .tokensPerRequest, .positive, 1_000, "Tokens of a request."),
    .optional("usage_spread", .one, .notNegative, "σ of the log of usage between customers."),
    .optional("usage_volatility", .one, .notNegative, "σ of the log of a month's common shock."),
    .quantity("seats", .seatsPerCustomer, .notNegative, 1, "Seats of a customer."),
    .quantity(
      "events", .conversationsPerCustomerTime, .notNegative, 0,
      "Billable events (conversations) of a customer a month."),
    .quantity("success_rate", .one, .share, 1, "Share of the events that succeeds."),
    .quantity("support_cost", .moneyPerCustomerTime, .notNegative, 0, "Support of a customer."),
  ]

  static let orders: [PlanField] = [
    .required("rate", .ordersPerTime, .notNegative, "Orders a month (Poisson)."),
    .quantity("growth", .perTime, .any, 0, "Growth a month."),
  ]
  static let projects: [PlanField] = [
    .required("rate", .projectsPerTime, .notNegative, "Enquiries a month (Poisson)."),
    .quantity("growth", .perTime, .any, 0, "Growth a month."),
    .quantity("win_rate", .one, .share, 1, "Share of the enquiries that becomes a project."),
    .required("person_months", .time, .positive, "Work in a project, in months of a person."),
    PlanField(
      "role", .text, "Id of the team's person or hire that does the work.", isRequired: true),
  ]
  static let audience: [PlanField] = [
    .required("impressions", .perTime, .notNegative, "Impressions of a free user a month."),
    .quantity("fill", .one, .share, 1, "Share of the impressions that is sold."),
  ]
  static let turnover: [PlanField] = [
    .required("amount", .moneyPerTime, .notNegative, "Partner's turnover a month."),
    .quantity("growth", .perTime, .any, 0, "Growth a month."),
  ]

  /// `price` and `unit_cost` take the dimension of the stream's volume.
  static let stream: [PlanField] = [
    id, name,
    PlanField(
      "kind", .choice(RevenueStream.Kind.allCases.map(\.rawValue)), "Profit model of the stream.",
      isRequired: true),
    PlanField("segment", .text, "Id of the segment that pays (customers, audience)."),
    .quantity("attach", .one, .share, 1, "Share of the segment's customers that have it."),
    PlanField("orders", .mapping(orders), "Sold by the order: licences, devices, data."),
    PlanField("projects", .mapping(projects), "Sold by the project."),
    PlanField("audience", .mapping(audience), "Sold by the thousand impressions to free users."),
    PlanField("turnover", .mapping(turnover), "A share of a partner's turnover."),
    PlanField("offer", .text, "Id of an offer of 'prices'."),
    PlanField(
      "price", .any,
      "Instead of an offer: a customer a month, a token, an event, an order, a project, a thousand impressions, or the share of a turnover."
    ),
    PlanField(
      "meter", .choice(RevenueStream.Meter.allCases.map(\.rawValue)),
      "What 'price' is paid for; by the kind when left out."),
    PlanField("indexed", .flag, "The price moves with the market price of tokens."),
    PlanField("unit_cost", .any, "Cost of a piece, in the unit of 'price'."),
    .quantity("partner_share", .one, .share, 0, "Share of the revenue that a partner gets."),
    .quantity("advance", .time, .notNegative, 0, "Months billed in advance."),
    .quantity("collection", .time, .notNegative, 0, "Months until the money arrives."),
    .quantity("from", .time, .month, 0, "First month of sale."),
    .quantity("retention", .one, .notNegative, 1, "Churn of the attached customers × this."),
  ]

  static let capacity: [PlanField] = [
    PlanField(
      "mode", .choice(Fleet.Mode.allCases.map(\.rawValue)), "Machines: by the hour, rented, owned."),
    .quantity("running", .moneyPerMachineTime, .notNegative, 0, "Cost of a running machine."),
    .quantity("purchase", .moneyPerMachine, .notNegative, 0, "Price of an owned machine."),
    .quantity("life", .time, .positive, 36, "Time over which it is written off."),
    PlanField(
      "throughput", .any,
      "Tokens a second of a busy machine, or 'measured': the value of 'measured' at 'slots'."),
    PlanField(
      "measured", .any,
      "Benchmark curve: tokens a second by the number of parallel sequences, such as {1: 42, 8: 210}."
    ),
    .quantity("peak", .one, .positive, 3, "Demand of the busiest hour ÷ mean demand."),
    .quantity("lead", .time, .notNegative, 0, "Time from the decision to a machine that serves."),
    .quantity("minimum", .machines, .notNegative, 0, "Machines at least."),
    .optional("maximum", .machines, .notNegative, "Machines at most."),
    PlanField("slots", .integer(1...65_536), "Parallel sequences of a machine; 8 when left out."),
    PlanField("service_seconds", .number(0.001...86_400), "Mean seconds of a request; 5."),
    PlanField("variation", .number(0...1_000), "Its squared coefficient of variation; 1."),
    PlanField("wait_seconds", .number(0...86_400), "Wait that 95 of 100 requests must keep; 2."),
    .optional("overflow", .moneyPerToken, .notNegative, "Vendor's price of what is too much."),
    .quantity("upstream_share", .one, .share, 0, "Share that a vendor serves anyway."),
  ]

  static let cost: [PlanField] = [
    id, name,
    PlanField(
      "account", .choice(costAccounts.map(\.rawValue)), "Where it is booked; administration."),
    PlanField("amount", .any, "Money a month, or money when 'once'.", isRequired: true),
    PlanField("once", .flag, "Paid once, in month 'from'."),
    .quantity("growth", .perTime, .any, 0, "Growth a month."),
    .quantity("from", .time, .month, 0, "First month."),
    .optional("to", .time, .notNegative, "First month without it."),
  ]
  static let costAccounts = Account.allCases.filter {
    $0.kind == .operatingCost || $0.kind == .costOfRevenue
  }

  static let round: [PlanField] = [
    id, name,
    .quantity("month", .time, .month, 0, "Earliest month."),
    .optional("cash_below", .money, .any, "Raised only when cash falls under it."),
    .required("amount", .money, .notNegative, "Money raised."),
    .quantity("probability", .one, .share, 1, "Chance that it succeeds."),
    .quantity("equity", .one, .share, 0, "Share of the company sold."),
  ]
  static let loan: [PlanField] = [
    id, name,
    .quantity("month", .time, .month, 0, "Month in which it is paid out."),
    .required("amount", .money, .notNegative, "Money lent."),
    .required("rate", .perTime, .notNegative, "Interest, such as 4.5% /year."),
    .required("term", .time, .positive, "Repaid in equal monthly payments over it."),
  ]
  static let finance: [PlanField] = [
    .quantity("cash", .money, .any, 0, "Cash at the start."),
    PlanField("rounds", .list(round), "Funding rounds."),
    PlanField("loans", .list(loan), "Loans."),
    .quantity("income_tax", .one, .share, 0, "Of a positive profit after losses brought forward."),
    .quantity("revenue_tax", .one, .share, 0, "Of revenue."),
    .quantity("payment_fee", .one, .share, 0, "Of what is collected."),
    .quantity("payable", .time, .notNegative, 0, "Time until machines and vendors are paid."),
    .optional(
      "opening_receivable", .money, .notNegative,
      "Customers' bills open at the start, collected in the first month."),
    .optional(
      "opening_payable", .money, .notNegative,
      "Suppliers' bills open at the start, paid in the first month."),
    .quantity("discount_rate", .perTime, .any, 0.01, "For present values; 1% a month."),
  ]

  static let drift: [PlanField] = [
    .quantity("drift", .perTime, .any, 0, "Change of the log a month; −2% /month: falling."),
    .quantity("volatility", .one, .notNegative, 0, "σ of the log of a month's step."),
  ]
  static let market: [PlanField] = [
    PlanField("token_price", .mapping(drift), "Market price of tokens."),
    PlanField("machine_price", .mapping(drift), "Hourly cost of machines."),
    .quantity("price_multiplier", .one, .positive, 1, "All prices of the offers × this."),
  ]

  static let forecast: [PlanField] = [
    PlanField("market", .mapping(market), "Prices that the market makes."),
    PlanField("segments", .list(segment), "Groups of customers that come, use and leave alike."),
    PlanField("streams", .list(stream), "Lines of income."),
    PlanField("capacity", .mapping(capacity), "Machines that serve the tokens."),
    PlanField("costs", .list(cost), "Other costs."),
    PlanField("finance", .mapping(finance), "Cash, rounds, loans, taxes."),
  ]
}
