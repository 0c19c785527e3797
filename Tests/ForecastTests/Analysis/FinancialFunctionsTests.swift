import Foundation
import Testing

@testable import Forecast

@Suite struct FinancialFunctionsTests {
  let fixture = AnalysisFixture.shared.finance

  @Test("Net present values are numpy-financial's")
  func presentValue() {
    for entry in fixture.npv {
      let value = FinancialFunctions.netPresentValue(rate: entry.rate, flows: entry.flows)
      #expect(isClose(value, entry.value, 1e-11), "\(entry)")
    }
    let dated = fixture.dated
    let value = FinancialFunctions.datedNetPresentValue(
      yearlyRate: dated.rate, flows: dated.flows, years: dated.years)
    #expect(isClose(value, dated.value, 1e-13))
    #expect(FinancialFunctions.netPresentValue(rate: -1, flows: [1]).isNaN)
    #expect(FinancialFunctions.netPresentValue(rate: 0.1, flows: []) == 0)
  }

  @Test("Internal rates are numpy-financial's")
  func internalRate() throws {
    #expect(fixture.irr.count >= 8)
    for entry in fixture.irr {
      let rate = try #require(FinancialFunctions.internalRate(flows: entry.flows))
      #expect(isClose(rate, entry.value, 1e-11), "\(entry)")
    }
  }

  @Test("At each internal rate the value is zero, and all roots are listed")
  func severalRoots() {
    // (x − 1.1)(x − 1.5)(x − 2), x = 1 + rate.
    let flows = [1, -4.6, 6.85, -3.3]
    let roots = FinancialFunctions.internalRates(flows: flows)
    #expect(roots.count == 3)
    for (root, expected) in zip(roots, [0.1, 0.5, 1.0]) { #expect(isClose(root, expected, 1e-12)) }
    #expect(FinancialFunctions.internalRate(flows: flows) == roots[0])
  }

  @Test(
    "Flows that do not change sign have no internal rate",
    arguments: [[], [0, 0], [1, 2, 3], [-1, 0, -4], [-1, .nan]])
  func noRoot(_ flows: [Double]) {
    #expect(FinancialFunctions.internalRate(flows: flows) == nil)
  }

  @Test("Long and extreme rows find their rate", arguments: [-0.9, -0.5, -0.01, 0, 0.02, 3, 900])
  func extreme(_ rate: Double) throws {
    // An investment that a level row of 120 pays back at exactly this rate.
    let worth = FinancialFunctions.netPresentValue(
      rate: rate, flows: [0] + Array(repeating: 1, count: 120))
    let flows = [-worth] + Array(repeating: 1, count: 120)
    let found = try #require(FinancialFunctions.internalRate(flows: flows))
    #expect(isClose(found, rate, 1e-9))
  }

  @Test("The level payment is numpy-financial's, also at rates near zero")
  func payment() {
    for entry in fixture.payment {
      let payment = FinancialFunctions.annuityPayment(
        rate: entry.rate, periods: entry.periods, principal: entry.principal,
        balloon: entry.balloon)
      // Its own value loses digits at tiny rates.
      #expect(isClose(payment, entry.value, entry.rate < 1e-6 ? 1e-6 : 1e-12), "\(entry)")
    }
    let tiny = FinancialFunctions.annuityPayment(rate: 1e-13, periods: 60, principal: 6000)
    #expect(isClose(tiny, 100, 1e-11))
  }

  @Test("A payment pays the loan off", arguments: [0, 0.004, 0.05])
  func paysOff(_ rate: Double) {
    let payment = FinancialFunctions.annuityPayment(rate: rate, periods: 48, principal: 10_000)
    let left = (0..<48).reduce(10_000.0) { debt, _ in debt * (1 + rate) - payment }
    #expect(abs(left) < 1e-8)
  }

  @Test("Twelve months at the monthly rate make a year")
  func rates() {
    let monthly = FinancialFunctions.monthlyRate(yearlyRate: 0.1)
    #expect(isClose(pow(1 + monthly, 12), 1.1, 1e-15))
    #expect(isClose(FinancialFunctions.yearlyRate(monthlyRate: monthly), 0.1, 1e-15))
  }

  @Test(
    "Payback is when the sum stays above zero, not when it first touches it",
    arguments: [
      ([-100, 50, 100], 1.5), ([-100, 150, -100, 25, 50], 3.5), ([10, 5], 0), ([-10, 5], nil),
      ([-10, 10], 1), ([], nil),
    ] as [([Double], Double?)])
  func payback(_ flows: [Double], _ expected: Double?) {
    #expect(FinancialFunctions.payback(flows: flows) == expected)
  }

  @Test("Runway, burn multiple and the rule of 40, with their edges")
  func ratios() {
    #expect(FinancialFunctions.runway(cash: 120, monthlyBurn: 10) == 12)
    #expect(FinancialFunctions.runway(cash: 120, monthlyBurn: -1) == .infinity)
    #expect(FinancialFunctions.runway(cash: -1, monthlyBurn: 5) == 0)
    #expect(FinancialFunctions.burnMultiple(netBurn: 300, newRecurringRevenue: 200) == 1.5)
    #expect(FinancialFunctions.burnMultiple(netBurn: 300, newRecurringRevenue: 0) == .infinity)
    #expect(FinancialFunctions.burnMultiple(netBurn: -3, newRecurringRevenue: 0) == 0)
    let rule = FinancialFunctions.ruleOf40(revenue: 150, previousRevenue: 100, profit: -15)
    #expect(isClose(rule, 0.4, 1e-15))
    #expect(FinancialFunctions.ruleOf40(revenue: 5, previousRevenue: 0, profit: 1).isNaN)
  }
}
