import Ledger
import TestSupport
import Testing

@Suite struct MachineRateTests {
  @Test("Law 5: any split of an interval costs as much as the whole", arguments: 1...20)
  func telescoping(_ seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let rate = try MachineRate(
      hourly: Money(picos: Int128.random(in: 0...1_000_000_000_000_000, using: &generator), .usd))
    let before = Int64.random(in: 0...1_000_000_000_000_000, using: &generator)
    var booked = before
    var sum = Money.zero(.usd)
    for _ in 0..<500 {
      let part = Int64.random(in: 0...10_000_000_000, using: &generator)
      sum += rate.cost(of: part, after: booked)
      booked += part
    }
    #expect(sum == rate.cost(of: booked - before, after: before))
  }

  @Test("An hour costs the hourly cost, and a century at the dearest rate fits")
  func scale() throws {
    let rate = try MachineRate(hourly: Money(units: 1_000_000, .usd))
    #expect(rate.cost(of: 3_600_000_000_000, after: 77) == rate.hourly)
    let century: Int64 = 100 * 365 * 24 * 3_600_000_000_000
    #expect(rate.cost(of: century, after: 0) == Money(units: 1_000_000 * 24 * 365 * 100, .usd))
  }

  @Test("A negative or absurd cost an hour is refused")
  func refused() {
    for units in [-1, 1_000_001] {
      #expect(throws: LedgerError.self) { try MachineRate(hourly: Money(units: units, .usd)) }
    }
  }
}
