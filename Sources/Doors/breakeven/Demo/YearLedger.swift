import Billing
import Forecast
import Ledger
import Store

/// What the owner of the simulated year books: fees, collections, orders, pay, capital.
struct YearLedger {
  let books: SQLiteBooks
  let clock: YearClock
  let prices: PriceList
  let truth: YearTruth
  let currency: Currency
  /// Billed at the last month's end and not yet paid, by customer.
  private var owed: [String: (unbilled: Money, receivable: Money)] = [:]

  init(
    books: SQLiteBooks, clock: YearClock, prices: PriceList, truth: YearTruth, currency: Currency
  ) {
    self.books = books
    self.clock = clock
    self.prices = prices
    self.truth = truth
    self.currency = currency
  }

  private func money(_ amount: Double) -> Money { Money(units: Int(amount.rounded()), currency) }

  private func book(_ id: String, _ entries: [Entry]) async throws {
    guard entries.contains(where: { !$0.amount.isZero }) else { return }
    try await books.book(
      Transaction(id: id, kind: .manual, date: clock.now(), entries: entries))
  }

  private func book(
    _ id: String, debit: Account, credit: Account, _ amount: Money, _ about: Dimensions = .init()
  ) async throws {
    try await book(id, [.debit(debit, amount, about), .credit(credit, amount, about)])
  }

  // MARK: Capital

  mutating func openMonth(_ name: String, _ month: Int) async throws {
    if month == 0 {
      try await book(
        "capital-\(name)", debit: .cash, credit: .paidIn, money(truth.openingCapital))
    }
    if month == truth.laterCapitalMonth {
      try await book("round-\(name)", debit: .cash, credit: .paidIn, money(truth.laterCapital))
    }
  }

  // MARK: Customers

  /// The statements of offers that no request charges, by the price list; and what is to be
  /// collected.
  mutating func bill(
    _ name: String, _ customers: [YearCustomer], usage: [MeteredUsage]
  ) async throws {
    for (customer, usage) in zip(customers, usage) {
      guard let offer = prices.offer(customer.offer), !offer.items.contains(where: \.isCharged)
      else { continue }
      let place = YearPrices.stream(of: offer.id)
      let about = Dimensions(
        customer: customer.customer.id, plan: customer.customer.plan, stream: place.stream)
      let lines = try prices.rate(usage, offer: offer.id)
      let sum = lines.total(currency)
      try await book(
        "fees-\(name)-\(customer.customer.id)",
        [.debit(.receivable, sum, about)] + lines.map { .credit(place.account, $0.amount, about) })
      let zero = Money.zero(currency)
      owed[customer.customer.id, default: (zero, zero)].receivable += sum
    }
    for balance in try await books.customers() {
      for unbilled in balance.unbilled where !unbilled.isZero {
        let zero = Money.zero(currency)
        owed[balance.customer.id, default: (zero, zero)].unbilled = unbilled
      }
    }
  }

  /// Last month's bills are paid, to the coin, less the provider's fee.
  mutating func collect(_ name: String) async throws {
    for (customer, bill) in owed.sorted(by: { $0.key < $1.key }) {
      let about = Dimensions(customer: customer)
      let exact = bill.unbilled + bill.receivable
      let paid = exact.roundedToMinorUnit(.halfEven)
      let points = Int((truth.paymentFee * 10_000).rounded())
      let fee = ChargeModel.share(points, of: paid).roundedToMinorUnit(.halfEven)
      try await book(
        "payment-\(name)-\(customer)",
        [
          .debit(.cash, paid - fee, about), .debit(.paymentFees, fee, about),
          .debit(.rounding, exact - paid, about),
          .credit(.unbilledReceivable, bill.unbilled, about),
          .credit(.receivable, bill.receivable, about),
        ])
    }
    owed = [:]
  }

  // MARK: Orders and costs

  mutating func order(
    _ name: String, _ month: Int, using generator: inout RandomStream
  ) async throws {
    for order in truth.orders where order.from <= month {
      let about = Dimensions(stream: order.stream)
      for number in 0..<generator.poisson(order.rate) {
        let price = money(generator.lognormal(mean: order.price, spread: order.priceSpread))
        let id = "\(order.stream)-\(name)-\(number + 1)"
        try await book(id, debit: .cash, credit: try account(order.account), price, about)
        guard let name = order.costAccount else { continue }
        let cost = ChargeModel.share(Int((order.costShare * 10_000).rounded()), of: price)
        try await book("\(id)-cost", debit: try account(name), credit: .cash, cost, about)
      }
    }
  }

  func pay(_ name: String, _ month: Int, _ customers: [YearCustomer]) async throws {
    for cost in truth.costs
    where cost.isOneOff ? cost.from == month : cost.from <= month {
      var amount = cost.amount
      for _ in cost.from..<month { amount *= 1 + cost.growth }
      try await book(
        "\(cost.name)-\(name)", debit: try account(cost.account), credit: .cash, money(amount))
    }
    for (index, segment) in truth.segments.enumerated() {
      let about = Dimensions(plan: segment.id)
      if segment.marketingFrom <= month {
        try await book(
          "marketing-\(name)-\(segment.id)", debit: .marketing, credit: .cash,
          money(segment.marketing), about)
      }
      let count = customers.count { $0.segment == index }
      try await book(
        "support-\(name)-\(segment.id)", debit: .support, credit: .cash,
        money(segment.supportCost * Double(count)), about)
    }
  }

  /// The cloud's bill for the month before.
  func payMachines(_ name: String, from: Timestamp, to: Timestamp) async throws {
    let totals = try await books.totals(from: from, to: to, by: .none)
    let due = totals.filter { $0.account == .accruedInfrastructure && $0.amount.isNegative }
    for total in due {
      let bill = (-total.amount).roundedToMinorUnit(.down)
      try await book("machines-\(name)", debit: .accruedInfrastructure, credit: .cash, bill)
    }
  }

  private func account(_ name: String) throws -> Account {
    try Account(option: "account", name)
  }
}
