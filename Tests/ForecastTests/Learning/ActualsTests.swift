import Billing
import Ledger
import Testing

@testable import Forecast

@Suite struct ActualsTests {
  private static let first = Month(year: 2027, month: 1)
  private static let bounds = Actuals.boundaries(from: first, count: 4, offsetSeconds: 8 * 3_600)

  private static func at(_ month: Int, day: Int64 = 3) -> Timestamp {
    bounds[month].advanced(bySeconds: day * 86_400)
  }

  private static func customer(_ id: String, plan: String?, created: Timestamp) -> Customer {
    Customer(
      id: id, name: id, currency: .usd, terms: .onAccount, plan: plan, created: created)
  }

  private static func usage(_ month: Int, _ customer: String) -> FakeBooks.Usage {
    FakeBooks.Usage(
      time: at(month), customer: customer, requests: 10, input: 600, cached: 100, output: 300)
  }

  private static func read(
    _ books: FakeBooks, through: Timestamp = bounds[4], rates: ExchangeRates? = nil
  ) async throws -> Actuals {
    var model = SyntheticVenture.plain.model()
    var second = model.segments[0]
    second.id = "large"
    model.segments.append(second)
    let one = try #require(model.parameters.parameter(named: "one"))
    var stream = model.streams[0]
    stream.id = "membership"
    stream.offerID = "gold"
    stream.volume = .customers(segment: 1, attach: one)
    model.streams.append(stream)
    return try await Actuals.read(
      books: books, model: model, first: first, boundaries: bounds,
      conversion: Conversion(target: .usd) { _, _ in nil }, through: through)
  }

  @Test func boundariesAreTheMonthsOfTheZone() {
    // 2027-01-01T00:00+08:00 and 2027-03-01T00:00+08:00.
    #expect(Self.bounds[0].seconds == 1_798_732_800)
    #expect(Self.bounds[2].seconds - Self.bounds[0].seconds == 59 * 86_400)
    let leap = Actuals.boundaries(from: Month(year: 2028, month: 2), count: 1, offsetSeconds: 0)
    #expect(leap[1].seconds - leap[0].seconds == 29 * 86_400)
  }

  @Test func customersComeStayAndAreLostAfterAWholeMonth() async throws {
    var books = FakeBooks()
    let start = Self.bounds[0]
    books.people = [
      Self.customer("a", plan: "all", created: start),
      Self.customer("b", plan: "all", created: start),
      Self.customer("old", plan: "all", created: start.advanced(bySeconds: -100 * 86_400)),
    ]
    // a: months 0, 2, 3 (a gap is no loss); b: months 1 and 2; old: there before, month 0 only.
    books.usages = [
      Self.usage(0, "a"), Self.usage(2, "a"), Self.usage(3, "a"), Self.usage(1, "b"),
      Self.usage(2, "b"), Self.usage(0, "old"),
    ]
    let months = try await Self.read(books).months.map { $0.bySegment["all"] ?? SegmentActuals() }
    #expect(months.map(\.newCustomers) == [1, 1, 0, 0])
    #expect(months.map(\.lost) == [0, 1, 0, 1])
    #expect(months.map(\.active) == [2, 2, 2, 1])
    #expect(months[0].activeByAge == [1, 0, 0, 1])
    #expect(months[1].activeByAge == [1, 1])
    #expect(months[3].activeByAge == [0, 0, 0, 1])
    for index in 1..<4 {
      #expect(
        months[index].active
          == months[index - 1].active + months[index].newCustomers - months[index].lost)
    }
    #expect(months[0].tokens == 2_000)
    #expect(months[0].cachedTokens == 200)
  }

  @Test func aRunningMonthCountsByItsShareAndLosesNobody() async throws {
    var books = FakeBooks()
    books.people = [Self.customer("a", plan: "all", created: Self.bounds[0])]
    books.usages = [Self.usage(0, "a"), Self.usage(1, "a")]
    let actuals = try await Self.read(
      books, through: Self.bounds[2].advanced(bySeconds: 31 * 43_200))
    #expect(actuals.months.count == 3)
    #expect(actuals.months[2].observedShare == 0.5)
    #expect(!actuals.months[2].isComplete)
    #expect(actuals.months[2].bySegment["all"]?.lost == 0)
    #expect(actuals.months[2].bySegment["all"]?.active == 1)
    #expect(actuals.complete.count == 2)
  }

  @Test func plansNameTheSegmentByIdOrOffer() async throws {
    var books = FakeBooks()
    books.people = [
      Self.customer("a", plan: "large", created: Self.at(0)),
      Self.customer("b", plan: "gold", created: Self.at(0)),
      Self.customer("c", plan: "unheard", created: Self.at(0)),
      Self.customer("d", plan: nil, created: Self.at(0)),
    ]
    books.usages = ["a", "b", "c", "d"].map { Self.usage(0, $0) }
    let month = try await Self.read(books).months[0]
    #expect(month.bySegment["large"]?.newCustomers == 2)
    #expect(month.bySegment["all"]?.newCustomers == 2)
  }

  @Test func theHouseItselfIsNoCustomer() async throws {
    var books = FakeBooks()
    books.people = [
      Self.customer("a", plan: "all", created: Self.at(0)),
      Self.customer("advisor", plan: nil, created: Self.at(0)),
      Self.customer("own", plan: "advisor", created: Self.at(0)),
    ]
    books.usages = ["a", "advisor", "own"].map { Self.usage(0, $0) }
    books.postings = [
      FakeBooks.Posting(
        time: Self.at(0), customer: "a", stream: nil, account: .computeUsed,
        amount: Money(units: 1, .usd), nanoseconds: 2_000_000_000)
    ]
    let month = try await Self.read(books).months[0]
    #expect(month.bySegment["all"]?.newCustomers == 1)
    #expect(month.tokens == 1_000)
    // The machines worked for all three.
    #expect(month.tokensPerSecond == 1_500)
  }

  @Test func moneyIsSignedAsPeopleReadIt() async throws {
    var books = FakeBooks()
    books.people = [Self.customer("a", plan: "all", created: Self.at(0))]
    func post(
      _ account: Account, _ units: Int, customer: String? = nil, stream: String? = nil
    )
      -> FakeBooks.Posting
    {
      FakeBooks.Posting(
        time: Self.at(1), customer: customer, stream: stream, account: account,
        amount: Money(units: units, .usd))
    }
    books.postings = [
      post(.usage, -100, customer: "a", stream: "api"), post(.subscription, -40, customer: "a"),
      post(.refunds, 15, customer: "a"), post(.people, 60), post(.cash, 80), post(.paidIn, -500),
      post(.unbilledReceivable, 70), post(.customerCredit, -25), post(.accruedInfrastructure, -20),
      FakeBooks.Posting(
        time: Self.at(1), customer: nil, stream: nil, account: .computeUsed,
        amount: Money(units: 7, .usd), nanoseconds: 2_000_000_000),
      FakeBooks.Posting(
        time: Self.bounds[0].advanced(bySeconds: -5), customer: nil, stream: nil, account: .cash,
        amount: Money(units: 300, .usd)),
      FakeBooks.Posting(
        time: Self.at(1), customer: "a", stream: nil, account: .usage,
        amount: Money(units: -9, .eur)),
    ]
    books.usages = [Self.usage(1, "a")]
    let actuals = try await Self.read(books)
    let month = actuals.months[1]
    #expect(month.revenue == 125)
    #expect(month.byStream.values.reduce(0, +) == 140)
    #expect(month.byStream["subscription"] == 40)
    #expect(month.bySegment["all"]?.revenue == 125)
    #expect(month.costs == ["people": 60, "compute_used": 7])
    #expect(month.profit == 58)
    #expect(month.cashChange == 80)
    #expect(month.cashAtEnd == 380)
    #expect(month.receivableAtEnd == 45)
    #expect(month.payableAtEnd == 20)
    #expect(month.tokensPerSecond == 500)
    #expect(actuals.hasCapital)
    #expect(actuals.unconverted == ["EUR"])
    #expect(actuals.position == 12)
  }

  @Test func badBoundariesAreNamed() async throws {
    await #expect(throws: ForecastError.self) {
      try await Actuals.read(
        books: FakeBooks(), model: SyntheticVenture.plain.model(), first: Self.first,
        boundaries: [Self.bounds[1], Self.bounds[0]],
        conversion: Conversion(target: .usd) { _, _ in nil }, through: Self.bounds[4])
    }
    await #expect(throws: ForecastError.self) {
      try await Self.read(FakeBooks(), through: Self.bounds[0])
    }
  }
}
