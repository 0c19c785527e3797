extension YearTruth {
  /// A Chinese intelligent customer-service start-up: shops, companies, developers. The example plan
  /// is about the same venture, seen by its founders before it began: they think more conversations
  /// are resolved and a customer costs less to win than is true here.
  static let customerService = YearTruth(
    segments: [smb, enterprise, developer],
    orders: [
      Order(
        stream: "licence", account: "licence", from: 9, rate: 0.2, price: 180_000,
        priceSpread: 0.25, costShare: 0.15, costAccount: "support"),
      Order(
        stream: "consulting", account: "consulting", from: 3, rate: 0.5, price: 55_000,
        priceSpread: 0.25, costShare: 0, costAccount: nil),
      Order(
        stream: "analysis", account: "data_products", from: 6, rate: 0.6, price: 2_200,
        priceSpread: 0.2, costShare: 0, costAccount: nil),
      Order(
        stream: "partners", account: "revenue_share_received", from: 8, rate: 3, price: 2_400,
        priceSpread: 0.5, costShare: 0, costAccount: nil),
      Order(
        stream: "advertising", account: "advertising", from: 6, rate: 4, price: 900,
        priceSpread: 0.5, costShare: 0, costAccount: nil),
    ],
    costs: [
      Cost("research", "training_and_research", 62_000, growth: 0.005),
      Cost("salaries", "people", 78_000, growth: 0.01),
      Cost("office", "administration", 16_000, growth: 0.003),
      Cost("tools", "administration", 8_000),
      Cost("accounting", "administration", 6_000),
      Cost("filing", "administration", 55_000, from: 2, isOneOff: true),
      Cost("training-run", "training_and_research", 95_000, from: 3, isOneOff: true),
    ],
    machine: Machine(
      hourlyCost: 10, promptSpeed: 6_000, cachedSpeed: 80_000, outputSpeed: 340, targetLoad: 0.4),
    openingCapital: 1_800_000, laterCapital: 3_000_000, laterCapitalMonth: 4, paymentFee: 0.006)

  private static let smb = Segment(
    id: "smb", arrivals: 14, arrivalGrowth: 0.03, openingCustomers: 12, churnAlpha: 0.75,
    churnBeta: 11.3, tokens: 3_900_000, expansion: 0.004, usageSpread: 0.8, usageVolatility: 0.08,
    outputShare: 0.23, cachedShare: 0.42, seats: 1, events: 1_150, successRate: 0.58,
    marketing: 38_000, marketingFrom: 0, supportCost: 12, usageEvents: 50, isPrepaid: false,
    offers: [
      Segment.Choice(offer: "shop_package", share: 0.88, from: 0),
      Segment.Choice(offer: "resolved", share: 0.12, from: 6),
    ])

  private static let enterprise = Segment(
    id: "enterprise", arrivals: 0.5, arrivalGrowth: 0.015, openingCustomers: 1, churnAlpha: 0.3,
    churnBeta: 18, tokens: 75_000_000, expansion: 0.007, usageSpread: 0.9, usageVolatility: 0.06,
    outputShare: 0.23, cachedShare: 0.5, seats: 24, events: 22_000, successRate: 0.58,
    marketing: 25_000, marketingFrom: 5, supportCost: 480, usageEvents: 200, isPrepaid: false,
    offers: [Segment.Choice(offer: "company", share: 1, from: 0)])

  private static let developer = Segment(
    id: "developer", arrivals: 12, arrivalGrowth: 0.02, openingCustomers: 0, churnAlpha: 1,
    churnBeta: 13.5, tokens: 24_000_000, expansion: 0.01, usageSpread: 1.2, usageVolatility: 0.1,
    outputShare: 0.27, cachedShare: 0.28, seats: 1, events: 0, successRate: 0, marketing: 6_000,
    marketingFrom: 3, supportCost: 5, usageEvents: 46, isPrepaid: true,
    offers: [Segment.Choice(offer: "api", share: 1, from: 0)])
}
