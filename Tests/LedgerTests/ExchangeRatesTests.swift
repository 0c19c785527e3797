import Ledger
import Testing

@Suite struct ExchangeRatesTests {
  let rates: ExchangeRates

  init() throws {
    rates = try ExchangeRates(base: .usd, rates: [(.cny, "0.14"), (.eur, "1.08")])
  }

  @Test("A stated rate converts exactly, both ways and across")
  func exact() {
    #expect(rates.convert(Money(units: 50, .cny), to: .usd) == Money(units: 7, .usd))
    #expect(rates.convert(Money(units: 7, .usd), to: .cny) == Money(units: 50, .cny))
    #expect(rates.convert(Money(units: 14, .eur), to: .cny) == Money(units: 108, .cny))
    #expect(rates.convert(Money(units: -50, .cny), to: .usd) == Money(units: -7, .usd))
  }

  @Test("One third is rounded once, half to even, at the last unit")
  func rounded() throws {
    let thirds = try ExchangeRates(base: .usd, rates: [(.cny, "3")])
    #expect(thirds.convert(Money(units: 1, .usd), to: .cny)?.picos == 333_333_333_333)
  }

  @Test("A missing rate gives nothing, never one to one")
  func missing() {
    #expect(rates.convert(Money(units: 1, .gbp), to: .usd) == nil)
    #expect(rates.convert(Money(units: 1, .usd), to: .gbp) == nil)
    #expect(rates.convert(Money(units: 1, .gbp), to: .gbp) == Money(units: 1, .gbp))
    #expect(rates.convert(Money(picos: .max, .eur), to: .usd) == nil)
  }

  @Test(
    "A rate that is none is refused", arguments: ["0", "-1", "x", "1e3", "0.0000000001", "1000001"])
  func refused(_ text: String) {
    #expect(throws: LedgerError.self) { try ExchangeRates(base: .usd, rates: [(.cny, text)]) }
  }
}

extension Currency {
  fileprivate static let gbp = all.first { $0.code == "GBP" }!
}
