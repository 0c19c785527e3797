import Billing
import Ledger
import TestSupport
import Testing

@Suite struct PostingTests {
  func admission(_ terms: Customer.Terms = .prepaid, upstream: Upstream? = nil) -> Admission {
    Admission(
      request: "r1", customer: Sample.customer(terms: terms, plan: "basic"), key: Sample.key(),
      model: "small", price: Sample.price(), upstream: upstream, hold: Sample.money("1"),
      outputTokens: 10, admitted: Sample.start)
  }

  func lines(_ transaction: Transaction?) -> [String] {
    (transaction?.entries ?? []).map { "\($0.account.rawValue) \($0.amount.decimal)" }
  }

  @Test(
    "Paid credit or receivable bears the charge; what neither can is bad debt",
    arguments: [
      (Customer.Terms.prepaid, "0", ["customer_credit 2.00", "usage -2.00"]),
      (.prepaid, "0.5", ["customer_credit 1.50", "bad_debt 0.50", "usage -2.00"]),
      (.prepaid, "2", ["bad_debt 2.00", "usage -2.00"]),
      (.onAccount, "0", ["unbilled_receivable 2.00", "usage -2.00"]),
    ] as [(Customer.Terms, String, [String])])
  func charge(_ terms: Customer.Terms, _ uncollected: String, _ expected: [String]) throws {
    let transaction = try Posting.usage(
      Sample.settlement(admission(terms)), charge: Sample.money("2"),
      uncollected: Sample.money(uncollected), computeCost: nil, upstreamCost: nil, at: Sample.start)
    #expect(lines(transaction) == expected)
    #expect(transaction?.id == "use_r1")
  }

  @Test("Compute is booked against the machine with its time, upstream cost against the vendor")
  func costs() throws {
    let upstream = Sample.upstream()
    let settlement = Sample.settlement(
      admission(upstream: upstream), compute: ComputeShare(machine: "m1", nanoseconds: 9))
    let transaction = try #require(
      try Posting.usage(
        settlement, charge: nil, uncollected: Sample.money("0"),
        computeCost: Sample.money("3", .cny),
        upstreamCost: Sample.money("1"), at: Sample.start))
    #expect(
      lines(transaction) == [
        "compute_used 3.00", "machine_capacity -3.00", "upstream_models 1.00",
        "payable_to_vendors -1.00",
      ])
    #expect(transaction.entries.map(\.nanoseconds) == [9, nil, nil, nil])
    #expect(transaction.entries.map(\.dimensions.machine) == ["m1", "m1", nil, nil])
    #expect(
      transaction.entries.allSatisfy {
        $0.dimensions.vendor == upstream.name && $0.dimensions.request == "r1"
      })
  }

  @Test("Nothing earned and nothing spent books nothing")
  func nothing() throws {
    let zero = Sample.money("0")
    let transaction = try Posting.usage(
      Sample.settlement(admission(), usage: nil), charge: nil, uncollected: zero, computeCost: nil,
      upstreamCost: nil, at: Sample.start)
    #expect(transaction == nil)
    let closing = try Posting.closing(
      machine: "m1", shares: [], idle: ComputeShare(machine: "m1", nanoseconds: 0), idleCost: zero,
      accrued: zero, closed: Sample.start, at: Sample.start)
    #expect(closing == nil)
  }
}
