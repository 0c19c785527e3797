import Ledger
import TestSupport
import Testing

@Suite struct MoneyTests {
  @Test("What is printed reads back as the same amount")
  func roundTrip() throws {
    var generator = SplitMix64(seed: 1)
    for currency in Currency.all {
      for _ in 0..<200 {
        let bits = Int.random(in: 1...86, using: &generator)
        let picos = Int128.random(in: -(1 << bits)...(1 << bits), using: &generator)
        let amount = Money(picos: picos, currency)
        #expect(try Money(parsing: amount.decimal, currency, field: "x") == amount)
        #expect(try Money(parsing: amount.description, fallback: .usd, field: "x") == amount)
      }
    }
  }

  @Test(
    "Text as people write it",
    arguments: [
      ("12", Currency.usd, "12.00 USD"), ("0.15", .cny, "0.15 CNY"), ("-3.5", .eur, "-3.50 EUR"),
      ("0.00015", .usd, "0.00015 USD"), ("1234", .jpy, "1234 JPY"), ("0.5", .jpy, "0.5 JPY"),
      ("0.000000000001", .usd, "0.000000000001 USD"), ("-0", .usd, "0.00 USD"),
    ] as [(String, Currency, String)])
  func text(_ written: String, _ currency: Currency, _ printed: String) throws {
    #expect(try Money(parsing: written, currency, field: "x").description == printed)
  }

  @Test(
    "Text that is no amount is refused, naming the field",
    arguments: [
      "", "-", ".", "1.", ".5", "1,5", "1e3", "+1", "--1", "1.0000000000001", "0x1", "１", "1 2",
      "NaN",
      "99999999999999999999999999",
    ])
  func refused(_ written: String) {
    do {
      _ = try Money(parsing: written, .usd, field: "credit")
      Issue.record("read \(written)")
    } catch {
      #expect(error.code == .invalidAmount && error.message.contains("credit"))
    }
  }

  @Test("A currency is read with the figure, and an unknown one is refused")
  func currencies() throws {
    #expect(try Money(parsing: "5 cny", fallback: .usd, field: "x") == Money(units: 5, .cny))
    #expect(try Money(parsing: "5EUR", fallback: .usd, field: "x") == Money(units: 5, .eur))
    #expect(try Money(parsing: "5", fallback: .usd, field: "x") == Money(units: 5, .usd))
    #expect(throws: LedgerError.self) { try Money(parsing: "5 XYZ", fallback: .usd, field: "x") }
    #expect(throws: LedgerError.self) { try Money(parsing: "USD", fallback: .usd, field: "x") }
    #expect(throws: LedgerError.self) { try Currency("US") }
    #expect(try Currency("usd") == .usd)
  }

  @Test("A quotient is floor, ceiling, or the nearest with ties to even", arguments: -13...13)
  func rounding(_ value: Int) {
    for divisor in 1...6 {
      let down = divide(Int128(value), by: Int128(divisor), rounding: .down)
      let up = divide(Int128(value), by: Int128(divisor), rounding: .up)
      let even = divide(Int128(value), by: Int128(divisor), rounding: .halfEven)
      #expect(Int(down) == Int((Double(value) / Double(divisor)).rounded(.down)))
      #expect(Int(up) == Int((Double(value) / Double(divisor)).rounded(.up)))
      #expect(Int(even) == Int((Double(value) / Double(divisor)).rounded(.toNearestOrEven)))
    }
  }

  @Test("Rounding at the ends of the range does not overflow")
  func extremes() {
    let (low, high) = (Int128.min, Int128.max)
    #expect(divide(low, by: high, rounding: .down) == -2)
    #expect(divide(low, by: high, rounding: .halfEven) == -1)
    #expect(divide(high, by: high, rounding: .up) == 1)
    #expect(divide(high - 1, by: high, rounding: .halfEven) == 1)
  }

  @Test("A product beyond the range throws, and one within is exact")
  func products() throws {
    let amount = Money(units: 3, .usd)
    #expect(try amount.multiplied(by: 1, over: 7, rounding: .down).picos == 428_571_428_571)
    #expect(try amount.multiplied(by: 1, over: 7, rounding: .up).picos == 428_571_428_572)
    #expect(try amount.multiplied(by: -2, rounding: .halfEven) == Money(units: -6, .usd))
    #expect(throws: LedgerError.self) {
      try Money(picos: .max, .usd).multiplied(by: 2, rounding: .down)
    }
  }

  @Test("Documents are rounded to the currency's coin")
  func minorUnit() {
    #expect(Money(picos: 1_005_000_000_000, .usd).roundedToMinorUnit(.halfEven).decimal == "1.00")
    #expect(Money(picos: 1_015_000_000_000, .usd).roundedToMinorUnit(.halfEven).decimal == "1.02")
    #expect(Money(picos: 1_500_000_000_000, .jpy).roundedToMinorUnit(.halfEven).decimal == "2")
    #expect(Money(picos: -1_001_000_000_000, .usd).roundedToMinorUnit(.down).decimal == "-1.01")
    #expect(Money(picos: 123_456_789_012, .usd).rounded(digits: 4) == "0.1235")
  }

  @Test("Amounts of two currencies are never added or compared")
  func mixed() async {
    await #expect(processExitsWith: .failure) { _ = Money(units: 1, .usd) + Money(units: 1, .cny) }
    await #expect(processExitsWith: .failure) { _ = Money(units: 1, .usd) < Money(units: 1, .cny) }
  }
}

extension Currency {
  /// Has no minor unit.
  fileprivate static let jpy = all.first { $0.code == "JPY" }!
}
