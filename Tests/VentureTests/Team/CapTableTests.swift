import Forecast
import Testing

@testable import Venture

@Suite struct CapTableTests {
  private let plan = EquityPlan(
    founders: [
      .init(holder: "lin", name: "Lin", shares: 5_100_000, vesting: Vesting()),
      .init(holder: "chen", name: "Chen", shares: 3_400_000, vesting: Vesting()),
    ], pool: 0.15, grants: [.init(holder: "wu", name: "Wu", shares: 300_000, vesting: Vesting())],
    terms: [.init(round: "a", pool: 0.2, preference: 1.5, isParticipating: false)])
  private let rounds = [
    CapTable.Round(id: "a", name: "A", month: 18, amount: 10e6, equity: 0.2),
    CapTable.Round(id: "seed", name: "Seed", month: 3, amount: 2e6, equity: 0.1),
  ]

  @Test func everyTableSumsToOne() throws {
    let table = try plan.capTable(rounds: rounds)
    #expect(table.steps.map(\.round) == ["", "seed", "a"], "by month, not by place")
    for step in table.steps {
      let sum = [CapTable.Holder.Kind.founder, .grant, .pool, .investor]
        .reduce(0) { $0 + step.share(of: $1) }
      #expect(abs(sum - 1) < 1e-12)
    }
  }

  @Test func theFoundingPoolIsItsShareOfTheCompany() throws {
    let step = try plan.capTable(rounds: []).steps[0]
    #expect(abs(step.shares - 10_000_000) < 1e-6)
    #expect(abs(step.share(of: .pool) + step.share(of: .grant) - 0.15) < 1e-12)
  }

  @Test func aRoundSellsItsShareAndFillsItsPool() throws {
    let steps = try plan.capTable(rounds: rounds).steps
    #expect(abs(steps[1].share(of: "seed") - 0.1) < 1e-12)
    #expect(abs(steps[1].share(of: "lin") - 0.51 * 0.9) < 1e-12, "no pool terms: all dilute alike")
    #expect(abs(steps[2].share(of: "a") - 0.2) < 1e-12)
    #expect(abs(steps[2].share(of: .pool) - 0.2) < 1e-12)
    #expect(steps[2].preMoney == 40e6 && steps[2].postMoney == 50e6)
    #expect(abs(steps[2].sharePrice * steps[2].shares - 50e6) < 1e-3)
    let investor = steps[2].holders.first { $0.id == "a" }
    #expect(investor?.preference == 15e6)
    for (before, after) in zip(steps, steps.dropFirst()) {
      #expect(after.share(of: .founder) < before.share(of: .founder))
    }
  }

  @Test func aFullPoolIsNotEmptied() throws {
    var plan = plan
    plan.terms = [.init(round: "a", pool: 0.01, preference: 1, isParticipating: false)]
    let steps = try plan.capTable(rounds: [rounds[0]]).steps
    #expect(abs(steps[1].share(of: .pool) - steps[0].share(of: .pool) * 0.8) < 1e-12)
  }

  @Test(arguments: [0.0, -0.1, 0.8, 1.0])
  func aRoundThatLeavesNothingIsRefused(equity: Double) {
    #expect(throws: ForecastError.self) {
      try plan.capTable(rounds: [.init(id: "a", name: "A", month: 1, amount: 1, equity: equity)])
    }
  }

  @Test(arguments: [
    (-1, 0.0), (0, 0.0), (11, 0.0), (12, 0.25), (13, 13.0 / 48), (48, 1.0), (480, 1.0),
  ])
  func nothingVestsBeforeTheCliff(month: Int, share: Double) {
    #expect(abs(Vesting(cliff: 12, months: 48).vested(at: month) - share) < 1e-12)
  }

  @Test func vestingNeverFalls() {
    for vesting in [
      Vesting(start: -6, cliff: 0, months: 0), Vesting(start: 4, cliff: 6, months: 36),
    ] {
      let shares = (-10...70).map { vesting.vested(at: $0) }
      #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 })
      #expect(shares.allSatisfy { (0...1).contains($0) })
    }
  }
}

@Suite struct ExitWaterfallTests {
  private func step(_ fixture: RiskFixture.Exit) -> CapTable.Step {
    let holders = fixture.classes.enumerated().map { index, item in
      CapTable.Holder(
        id: "\(index)", name: "", kind: item.preference > 0 ? .investor : .founder,
        shares: item.shares, vesting: nil, preference: item.preference,
        isParticipating: item.isParticipating)
    }
    return CapTable.Step(
      round: "", month: 0, holders: holders, preMoney: 0, postMoney: 0, sharePrice: 0)
  }

  @Test func paysAsTheEquilibriumOfConversionsDoes() throws {
    let fixture = try RiskFixture.load().exit
    let step = step(fixture)
    for row in fixture.exits {
      let paid = step.waterfall(value: row.value, month: 0).payments.map(\.amount)
      for (found, expected) in zip(paid, row.paid) { #expect(abs(found - expected) < 1e-3) }
      #expect(abs(paid.reduce(0, +) - row.value) < 1e-3)
    }
  }

  @Test func noOneGetsLessOfALargerPrice() throws {
    let step = step(try RiskFixture.load().exit)
    var before = [Double](repeating: 0, count: step.holders.count)
    for value in stride(from: 0.0, through: 80e6, by: 0.5e6) {
      let paid = step.waterfall(value: value, month: 0).payments.map(\.amount)
      for (low, high) in zip(before, paid) { #expect(high >= low - 1e-6) }
      before = paid
    }
  }

  @Test func whatHasNotVestedIsNotPaid() {
    let holders = [
      CapTable.Holder(
        id: "a", name: "", kind: .founder, shares: 50, vesting: Vesting(), preference: 0,
        isParticipating: false),
      CapTable.Holder(
        id: "b", name: "", kind: .founder, shares: 50, vesting: nil, preference: 0,
        isParticipating: false),
      CapTable.Holder(
        id: "pool", name: "", kind: .pool, shares: 100, vesting: nil, preference: 0,
        isParticipating: false),
    ]
    let step = CapTable.Step(
      round: "", month: 0, holders: holders, preMoney: 0, postMoney: 0, sharePrice: 0)
    let paid = step.waterfall(value: 90, month: 24).payments
    #expect(paid.map(\.holder) == ["a", "b"])
    #expect(paid.map(\.amount) == [30, 60])
  }
}
