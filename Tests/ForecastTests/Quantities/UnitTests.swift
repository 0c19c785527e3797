import Foundation
import Ledger
import Testing

@testable import Forecast

@Suite struct UnitTests {
  static let units = UnitTable(currency: .cny, exchange: ["USD": 7.2])

  /// Value in the model's units and dimension of a text.
  static func read(_ text: String) throws -> (value: Double, dimension: QuantityDimension) {
    let syntax = try QuantityParser.parse(text, units: units)
    let compiler = ExpressionCompiler(
      units: units, resolve: { _ in nil },
      addSlot: { (_, _) throws(ForecastError) in throw ForecastError(.invalid, "no slots here") })
    let expression = try compiler.compile(syntax)
    return (try #require(expression.constant), expression.dimension)
  }

  @Test(
    "Units are read in English and Chinese, into money, months and tokens",
    arguments: [
      ("30", 30, "1"), ("5%", 0.05, "1"), ("3 ‰", 0.003, "1"), ("3万", 30_000, "1"),
      ("1.2k", 1200, "1"), ("2M", 2e6, "1"), ("1亿", 1e8, "1"), ("3 百万", 3e6, "1"),
      ("2千万", 2e7, "1"), ("1.5 万亿", 1.5e12, "1"), ("7 B", 7e9, "1"), ("1_000", 1000, "1"),
      ("1e6", 1e6, "1"), ("2.5e-3", 0.0025, "1"), (".5", 0.5, "1"),
      ("30 ¥", 30, "money"), ("30 元", 30, "money"), ("30 CNY", 30, "money"),
      ("30 rmb", 30, "money"),
      ("￥30", 30, "money"), ("¥3万", 30_000, "money"), ("$2", 14.4, "money"),
      ("2 USD", 14.4, "money"),
      ("2 美元", 14.4, "money"), ("3万元", 30_000, "money"), ("-¥5", -5, "money"), ("¥-5", -5, "money"),
      ("1 month", 1, "time"), ("1 年", 12, "time"), ("730 h", 1, "time"), ("2628000 s", 1, "time"),
      ("43800 min", 1, "time"), ("2 周", 336.0 / 730, "time"), ("3 天", 72.0 / 730, "time"),
      ("3 个月", 3, "time"), ("6 months", 6, "time"), ("730000 ms", 730.0 / 2_628_000, "time"),
      ("30 ¥/月", 30, "money/time"), ("¥30/月", 30, "money/time"), ("$1.5万/年", 9000, "money/time"),
      ("30 元/人/月", 30, "money/person/time"), ("2 ¥/小时", 1460, "money/time"),
      ("10 tokens/s", 26_280_000, "token/time"), ("8 ¥/M tokens", 8e-6, "money/token"),
      ("8 元/百万词元", 8e-6, "money/token"), ("8 ¥ per M tokens", 8e-6, "money/token"),
      ("8 ¥/Mtokens", 8e-6, "money/token"), ("5%/month", 0.05, "1/time"),
      ("12 %/年", 0.01, "1/time"), ("6/年", 0.5, "1/time"), ("(2 + 4) / 年", 0.5, "1/time"),
      ("2 M tokens/customer/month", 2e6, "token/customer/time"),
      ("3万 tokens/客户/月", 30_000, "token/customer/time"), ("30 万 元 / 年", 25_000, "money/time"),
      ("1.8 元/台时", 1314, "money/machine/time"), ("900 元/人天", 27_375, "money/person/time"),
      ("2 人·月", 2, "person*time"), ("30 家", 30, "customer"), ("30 个客户", 30, "customer"),
      ("4 GPUs", 4, "machine"), ("12 席位", 12, "seat"), ("9 seats", 9, "seat"),
      ("700 会话/月", 700, "conversation/time"), ("3 单/天", 3 * 730 / 24, "order/time"),
      ("5 projects", 5, "project"), ("100 请求", 100, "request"), ("8 users", 8, "user"),
      ("（3 + 4） × 2 元", 14, "money"), ("6 ÷ 4", 1.5, "1"), ("2 − 5", -3, "1"),
    ] as [(String, Double, String)])
  func reads(text: String, value: Double, dimension: String) throws {
    let (actual, measured) = try Self.read(text)
    expectClose(actual, value, 1e-14, text)
    #expect(measured == QuantityDimension(dimension))
  }

  @Test(
    "Arithmetic follows the usual precedence, and units multiply",
    arguments: [
      ("1 + 2 * 3", 7, "1"), ("(1 + 2) * 3", 9, "1"), ("10 - 2 - 3", 5, "1"),
      ("12 / 2 / 3", 2, "1"),
      ("2 ^ 3 ^ 2", 512, "1"), ("-2 ^ 2", -4, "1"), ("2 ^ -1", 0.5, "1"), ("--3", 3, "1"),
      ("min(3, 1, 2)", 1, "1"), ("max(3 ¥, 4 ¥)", 4, "money"), ("max(0, 3 ¥)", 3, "money"),
      ("exp(0)", 1, "1"), ("ln(exp(2))", 2, "1"), ("sqrt(9)", 3, "1"), ("SQRT(16)", 4, "1"),
      ("3 ¥/月 * 2 年", 72, "money"), ("100 ¥ / 4 customers", 25, "money/customer"),
      ("2 ¥ / 1000 tokens", 0.002, "money/token"), ("(2 h) ^ 2", 4 / 730.0 / 730, "time*time"),
      ("sqrt(9 h * 1 h)", 3 / 730.0, "time"), ("3 customers + 2", 5, "customer"),
      ("50% * 3 ¥", 1.5, "money"), ("1 ¥ + 2 $", 15.4, "money"), ("(3 + 4) 元/月", 7, "money/time"),
    ] as [(String, Double, String)])
  func arithmetic(text: String, value: Double, dimension: String) throws {
    let (actual, measured) = try Self.read(text)
    expectClose(actual, value, 1e-14, text)
    #expect(measured == QuantityDimension(dimension))
  }

  @Test(
    "Each mistake has its code, place and remedy",
    arguments: [
      ("", "syntax", nil, "empty"), ("1,000", "syntax", 2, "1_000"),
      ("max(1,000)", "syntax", 6, "1_000"),
      ("3 furlongs", "unknown_unit", 2, "unknown unit"), ("3 tokns", "unknown_unit", 2, "tokens"),
      ("3 €", "unknown_unit", 2, "exchange"), ("£3", "unknown_unit", 0, "exchange"),
      ("3 ¥ + 2 h", "dimension", 4, "same units"), ("3 ¥ + 2", "dimension", 4, "same units"),
      ("3 customers + 2 users", "dimension", 12, "same units"),
      ("2 ^ (1 ¥)", "dimension", nil, "exponent"),
      ("(2 ¥) ^ 0.5", "dimension", 6, "whole number"), ("exp(3 ¥)", "dimension", 0, "divide"),
      ("sqrt(3 ¥)", "dimension", 0, "square root"), ("(1 + 2", "syntax", 6, ") is missing"),
      ("1 + 2)", "syntax", 5, "no ("), ("1 2", "syntax", 2, "operator"),
      ("month", "syntax", 0, "number"),
      ("3 *", "syntax", 3, "too early"), ("* 3", "syntax", 0, "missing"),
      ("frob(3)", "unknown_name", 0, "function"),
      ("1 / 0", "range", 2, "finite"), ("ln(0)", "range", 0, "finite"),
      ("1e999", "range", 0, "large"),
      ("3 ; 4", "syntax", 2, "no meaning"), ("¥30 元", "syntax", 4, "write /"),
      ("min(3)", "syntax", 0, "two"), ("ln(1, 2)", "syntax", 0, "one"),
      ("1 to 2 to 3", "syntax", 7, "two ends"),
      ("¥ x", "syntax", 2, "number is missing"), ("nope", "unknown_name", 0, "unknown name"),
    ] as [(String, String, Int?, String)])
  func mistakes(text: String, code: String, offset: Int?, part: String) throws {
    let error = #expect(throws: ForecastError.self) { try Self.read(text) }
    #expect(error?.code.name == code, "\(text): \(error?.message ?? "")")
    if let offset { #expect(error?.offset == offset, "\(text): \(error?.message ?? "")") }
    #expect(error?.message.contains(part) == true, "\(text): \(error?.message ?? "")")
    if part == "exchange" { #expect(error?.field == "exchange") }
  }

  @Test("What is too long or too deep is refused")
  func bounds() throws {
    for text in [
      String(repeating: "1", count: 4001), String(repeating: "(", count: 3000),
      String(repeating: "2^", count: 1500) + "2", String(repeating: "exp(", count: 900),
      String(repeating: "1¥*", count: 300) + "1",
    ] {
      #expect(throws: ForecastError.self) { try Self.read(text) }
    }
    let nested = String(repeating: "(", count: 60) + "1" + String(repeating: ")", count: 60)
    #expect(try Self.read(nested).value == 1)
    #expect(try Self.read(String(repeating: "1+", count: 1900) + "1").value == 1901)
  }

  @Test("No text traps the parser")
  func fuzz() {
    let parts = [
      "1", "30", ".", "..", ",", "(", ")", "+", "-", "*", "/", "^", " ", "to", "到", "至", "~", "%",
      "¥", "$", "US$", "万", "亿", "元", "月", "/月", "tokens", "M", "k", "per", "每", "·", "normal(",
      "pert(", "discrete(", "metalog(", "p5:", "mean:", ":", "x", "价格", "a.b", "_", "e", "E5", "1e",
      "max(", "ln(", "beta(", "empirical(", "\u{0}", "\u{301}", "👩‍👩‍👧", "é", "　", "（", "：", "‰", "#",
      "\n",
    ]
    var stream = RandomStream(.init(seed: 99, name: "fuzz"), path: 0, index: 0)
    for _ in 0..<20_000 {
      let count = 1 + Int(stream.uniform() * 14)
      let text = (0..<count).map { _ in parts[Int(stream.uniform() * Double(parts.count))] }
        .joined()
      let sheet = QuantitySheet(currency: .cny, exchange: [:])
      sheet.define("x", text: "3 to 4", label: "", line: 1)
      let field = sheet.field("f", text: text, label: "", line: 2, expects: .one)
      let compiled = sheet.compile()
      #expect(compiled.table.slots.indices.contains(compiled.parameter(field).index))
      for problem in compiled.problems {
        if let offset = problem.error.offset { #expect((0...text.count).contains(offset)) }
      }
    }
  }

  @Test(
    "A dimension's own text reads back, and its unit's text measures it",
    arguments: [
      QuantityDimension.one, .money, .time, .tokens, .perTime, .moneyPerTime, .tokensPerTime,
      .moneyPerToken,
      .moneyPerCustomerTime, .tokensPerMachineTime, .moneyPerPersonTime, .seatsPerCustomer, .people,
    ])
  func roundTrip(dimension: QuantityDimension) throws {
    #expect(QuantityDimension("\(dimension)") == dimension)
    guard !dimension.isOne else { return }
    let text = Self.units.text(of: dimension)
    #expect(try Self.read("3 \(text)").dimension == dimension)
  }

  @Test("Counted things may be left out, strict ones not")
  func fits() throws {
    #expect(QuantityDimension.moneyPerTime.fits(.moneyPerCustomerTime))
    #expect(!QuantityDimension.moneyPerCustomerTime.fits(.moneyPerTime))
    #expect(!QuantityDimension.moneyPerPersonTime.fits(.moneyPerCustomerTime))
    #expect(!QuantityDimension.money.fits(.moneyPerTime))
    #expect(QuantityDimension.one.fits(.customers) && !QuantityDimension.one.fits(.tokens))
    #expect(QuantityDimension("money/banana") == nil && QuantityDimension("") == nil)
  }

  @Test("The yen keeps the yuan's sign in a plan in yen")
  func yen() throws {
    let units = UnitTable(currency: try Currency("JPY"), exchange: [:])
    #expect(units.rate(of: "CNY") == 1 && units.rate(of: "USD") == nil)
  }
}
