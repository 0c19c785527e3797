import Billing
import Forecast
import Ledger
import Store

/// A simulated year on real books: customers come, use and leave; every usage event goes through
/// admission, rating and settlement at its simulated time; the owner books the rest.
struct YearDemo {
  let books: SQLiteBooks
  let clock: YearClock
  let calendar: YearCalendar
  let prices: PriceList
  let currency: Currency
  private(set) var truth: YearTruth
  private(set) var requests = 0

  private var population: YearPopulation
  private var ledger: YearLedger
  private var people: RandomStream
  private var traffic: RandomStream
  private var orders: RandomStream
  private var machines = 0

  /// - Parameter clock: that `books` were opened with, before the first month's end.
  init(
    books: SQLiteBooks, clock: YearClock, calendar: YearCalendar, truth: YearTruth, seed: UInt64
  ) throws {
    prices = try YearPrices.list()
    currency = prices.currency
    var truth = truth
    truth.seed = seed
    truth.currency = currency.code
    truth.months = calendar.names
    self.truth = truth
    self.books = books
    self.clock = clock
    self.calendar = calendar
    population = YearPopulation(truth: truth)
    ledger = YearLedger(
      books: books, clock: clock, prices: prices, truth: truth, currency: currency)
    people = Self.stream("people", seed)
    traffic = Self.stream("traffic", seed)
    orders = Self.stream("orders", seed)
  }

  private static func stream(_ name: String, _ seed: UInt64) -> RandomStream {
    RandomStream(RandomStream.Key(seed: seed, name: "year." + name), path: 0, index: 0)
  }

  mutating func run() async throws {
    for month in 0..<calendar.count { try await run(month) }
  }

  private mutating func run(_ month: Int) async throws {
    let (start, end) = (calendar.boundaries[month], calendar.boundaries[month + 1])
    let name = calendar.names[month]
    clock.move(to: start)
    if month == 0 { try await setPrices(at: start) }
    population.step(to: month, start: start, using: &people)
    for customer in population.arrived {
      try await books.createCustomer(customer.customer)
      try await books.createKey(customer.key, credit: nil)
    }
    let customers = population.active
    let plan = YearTraffic(
      truth: truth, customers: customers, month: month, seconds: calendar.seconds(of: month),
      using: &traffic)
    try await openMachines(for: plan, seconds: calendar.seconds(of: month), at: start)
    try await topUp(customers, plan, name)
    try await ledger.openMonth(name, month)
    let runner = YearRunner(books: books, clock: clock, customers: customers)
    var next = plan.events.startIndex
    for day in 0..<calendar.days(of: month) {
      try await ownerDay(day, month, name)
      try await runDay(day, month, plan, runner, from: &next, name)
      try await closeMachines(at: calendar.instant(month, seconds: Int64(day + 1) * 86_400))
    }
    clock.move(to: Timestamp(seconds: end.seconds - 1))
    try await bill(customers, plan, name)
    requests += plan.events.count
  }

  private func setPrices(at start: Timestamp) async throws {
    // By plan; what is not sold by the token is served at nothing and billed by the month.
    for segment in truth.segments {
      guard let offer = prices.offer(segment.offers[0].offer) else { continue }
      try await books.setPrice(
        PriceVersion(
          id: "price_\(segment.id)_1", model: YearPrices.model, plan: segment.id, offer: offer,
          effective: start, created: start))
    }
  }

  // MARK: Days

  private mutating func ownerDay(_ day: Int, _ month: Int, _ name: String) async throws {
    guard [9, 14, 24].contains(day) else { return }
    clock.move(to: calendar.instant(month, seconds: Int64(day) * 86_400 + 36_000 - 3_600))
    switch day {
    case 9:
      try await ledger.collect(name)
      if month > 0 {
        try await ledger.payMachines(
          name, from: calendar.boundaries[month - 1], to: calendar.boundaries[month])
      }
    case 14: try await ledger.order(name, month, using: &orders)
    default: try await ledger.pay(name, month, population.active)
    }
  }

  /// The events of a day, an hour's together.
  private func runDay(
    _ day: Int, _ month: Int, _ plan: YearTraffic, _ runner: YearRunner, from next: inout Int,
    _ name: String
  ) async throws {
    let isLast = day == calendar.days(of: month) - 1
    while next < plan.events.endIndex {
      let seconds = plan.events[next].seconds
      guard isLast || seconds < Int64(day + 1) * 86_400 else { return }
      let start = next
      while next < plan.events.endIndex, plan.events[next].seconds == seconds, next - start < 256 {
        next += 1
      }
      clock.move(to: calendar.instant(month, seconds: seconds))
      try await runner.run(
        plan.events[start..<next], name: "req_\(name)", machines: machines)
    }
  }

  // MARK: Machines

  private func rate() throws -> MachineRate {
    try MachineRate(hourly: Money(units: Int(truth.machine.hourlyCost.rounded()), currency))
  }

  private mutating func openMachines(
    for plan: YearTraffic, seconds: Int64, at start: Timestamp
  ) async throws {
    let load = Double(plan.nanoseconds) / (Double(seconds) * 1e9 * truth.machine.targetLoad)
    let needed = max(1, machines, Int(load.rounded(.up)))
    for number in machines..<needed {
      try await books.closeMachine("gpu-\(number + 1)", rate: rate(), shares: [], until: start)
    }
    machines = needed
  }

  private func closeMachines(at instant: Timestamp) async throws {
    clock.move(to: instant)
    for number in 0..<machines {
      try await books.closeMachine("gpu-\(number + 1)", rate: rate(), shares: [], until: instant)
    }
  }

  // MARK: Customers

  /// Who pays ahead has credit for the month.
  private func topUp(
    _ customers: [YearCustomer], _ plan: YearTraffic, _ name: String
  ) async throws {
    var credits: [String: Money] = [:]
    for row in try await books.customers() {
      credits[row.customer.id] = row.balances.first { $0.balance.currency == currency }?.balance
    }
    let catalogue = books.catalogue()
    for (index, customer) in customers.enumerated()
    where truth.segments[customer.segment].isPrepaid {
      guard
        let price = catalogue.price(
          model: YearPrices.model, plan: customer.customer.plan, currency: currency,
          at: clock.now())
      else { continue }
      let credit = credits[customer.customer.id] ?? .zero(currency)
      let lack = plan.charge(of: index, at: price) - credit
      guard lack > .zero(currency) else { continue }
      // In tens, as people buy it.
      let tens = divide(lack.picos, by: 10 * Money.picosPerUnit, rounding: .up)
      try await books.topUp(
        customer: customer.customer.id,
        amount: Money(picos: tens * 10 * Money.picosPerUnit, currency),
        id: "credit-\(name)-\(customer.customer.id)")
    }
  }

  /// Conversations are counted, fees and outcomes rated and booked.
  private mutating func bill(
    _ customers: [YearCustomer], _ plan: YearTraffic, _ name: String
  ) async throws {
    var conversations = truth.segments.map { _ in 0 }
    var resolved = conversations
    var usage: [MeteredUsage] = []
    for customer in customers {
      let segment = truth.segments[customer.segment]
      let count = traffic.poisson(segment.events * customer.size)
      let outcomes = traffic.binomial(count, segment.successRate)
      conversations[customer.segment] += count
      resolved[customer.segment] += outcomes
      usage.append(
        try MeteredUsage([.seats: segment.seats, .events: count, .outcomes: outcomes]))
    }
    try await ledger.bill(name, customers, usage: usage)
    let segments = truth.segments.enumerated().map { index, segment in
      YearTruth.RealisedSegment(
        id: segment.id,
        new: population.arrived.count { $0.segment == index && $0.since >= 0 },
        lost: population.lost[index], customers: customers.count { $0.segment == index },
        tokens: plan.tokens[index], conversations: conversations[index],
        resolved: resolved[index])
    }
    truth.realised.append(
      YearTruth.RealisedMonth(month: name, segments: segments, machines: machines))
  }
}
