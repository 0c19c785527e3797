import Foundation
import Ledger
import Testing

@testable import Forecast

@Suite struct QuantitySheetTests {
  static func sheet(_ definitions: [(String, String)] = []) -> QuantitySheet {
    let sheet = QuantitySheet(currency: .cny, exchange: ["USD": 7])
    for (index, (name, text)) in definitions.enumerated() {
      sheet.define(name, text: text, label: name, line: index + 1)
    }
    return sheet
  }

  /// What a field's text alone becomes.
  static func slot(
    _ text: String, _ expects: QuantityDimension = .one
  ) throws -> ParameterTable.Slot {
    let sheet = sheet()
    let handle = sheet.field("f", text: text, label: "F", line: 7, expects: expects)
    let compiled = sheet.compile()
    if let problem = compiled.problems.first { throw problem.error }
    return compiled.table[compiled.parameter(handle)]
  }

  @Test(
    "Constants fold, and keep the unit in which they were written",
    arguments: [
      ("30 ¥/月", 30, "¥/月", 1), ("5%/year", 0.05 / 12, "%/year", 0.01 / 12),
      ("2 * 3 万元", 60_000, "万元", 10_000), ("¥3万", 30_000, "万¥", 10_000),
      ("8 ¥/M tokens", 8e-6, "¥/M tokens", 1e-6), ("$2/月", 14, "$/月", 7),
    ] as [(String, Double, String, Double)])
  func constants(text: String, value: Double, unit: String, scale: Double) throws {
    let expects: [QuantityDimension] = [.money, .moneyPerTime, .perTime, .moneyPerToken]
    let slot = try #require(expects.lazy.compactMap { try? Self.slot(text, $0) }.first)
    guard case .constant(let actual) = slot.content else { Issue.record("not constant"); return }
    expectClose(actual, value, 1e-14)
    #expect(slot.unit == unit)
    expectClose(slot.scale, scale, 1e-14)
    // The unit's text reads back.
    let again = try #require(
      expects.lazy.compactMap { try? Self.slot("\(value / scale) \(slot.unit)", $0) }.first)
    guard case .constant(let second) = again.content else { Issue.record("not constant"); return }
    expectClose(second, value, 1e-12)
  }

  @Test(
    "A text that is a distribution is that slot's law, in the model's units",
    arguments: [
      ("normal(5, 2)", .normal(mean: 5, deviation: 2)),
      ("normal(mean: 5, sd: 2)", .normal(mean: 5, deviation: 2)),
      ("normal(sd: 2, mean: 5)", .normal(mean: 5, deviation: 2)),
      ("normal(5%, 2%)", .normal(mean: 0.05, deviation: 0.02)),
      ("uniform(1, 2)", .uniform(low: 1, high: 2)),
      ("triangular(1, 2, 5)", .triangular(low: 1, mode: 2, high: 5)),
      ("pert(50, 80, 200)", .pert(low: 50, mode: 80, high: 200)),
      ("PERT(low: 50, mode: 80, high: 200)", .pert(low: 50, mode: 80, high: 200)),
      ("beta(2, 8)", .beta(alpha: 2, beta: 8, low: 0, high: 1)),
      ("beta(2, 8) %", .beta(alpha: 2, beta: 8, low: 0, high: 0.01)),
      ("beta(mean: 0.2, concentration: 10)", .beta(alpha: 2, beta: 8, low: 0, high: 1)),
      ("gamma(2, 3)", .gamma(shape: 2, scale: 3)), ("poisson(3)", .poisson(mean: 3)),
      ("poisson(3) customers", .poisson(mean: 3)),
      ("discrete(2: 0.7, 1: 0.3)", .discrete(values: [1, 2], weights: [0.3, 0.7])),
      ("discrete(10%: 30%, 20%: 70%)", .discrete(values: [0.1, 0.2], weights: [0.3, 0.7])),
      ("empirical(3, 1, 2)", .empirical([1, 2, 3])),
      ("lognormal(mu: 1, sigma: 0.5)", .lognormal(mu: 1, sigma: 0.5)),
      ("均匀（1，2）", .uniform(low: 1, high: 2)),
    ] as [(String, Distribution)])
  func laws(text: String, law: Distribution) throws {
    let slot = try Self.slot(text, .customers)
    #expect(slot.content == .uncertain(law))
    #expect(slot.line == 7 && slot.name == "f" && slot.label == "F")
  }

  @Test(
    "Every way to write an interval gives its 5th and 95th percentiles",
    arguments: [
      ("10 to 30 ¥", 10, 30), ("10 到 30 元", 10, 30), ("10到30元", 10, 30), ("10~30 ¥", 10, 30),
      ("10 ～ 30 ¥", 10, 30), ("10..30 ¥", 10, 30), ("10 至 30 元", 10, 30), ("¥10 to ¥30", 10, 30),
      ("¥10 to 30", 10, 30), ("10 ¥ to 30 ¥", 10, 30), ("10万到30万元", 1e5, 3e5),
      ("10 到 30万元", 1e5, 3e5), ("10k to 30k ¥", 1e4, 3e4), ("¥1万到3万", 1e4, 3e4),
      ("5千到1万元", 5e3, 1e4), ("-5 to 10 ¥", -5, 10), ("-10 to -5 ¥", -10, -5),
      ("(5 + 5) ¥ to 30 ¥", 10, 30), ("lognormal(p5: 10, p95: 30) ¥", 10, 30),
      ("normal(p5: 10, p95: 30) ¥", 10, 30), ("metalog(p5: 10, p50: 15, p95: 30) ¥", 10, 30),
      ("metalog(p5: 10, p50: 15, p95: 30, lower: 0) 元", 10, 30),
      ("metalog(p5: 10 ¥, p50: 15 ¥, p95: 30 ¥, lower: 0 ¥, upper: 90 ¥)", 10, 30),
    ] as [(String, Double, Double)])
  func intervals(text: String, low: Double, high: Double) throws {
    guard case .uncertain(let law) = try Self.slot(text, .money).content else {
      Issue.record("not a distribution: \(text)")
      return
    }
    expectClose(law.quantile(0.05), low, 1e-10, text)
    expectClose(law.quantile(0.95), high, 1e-10, text)
    if case .lognormal = law { #expect(low > 0) }
  }

  @Test(
    "Units stand once for both ends, also in shares and rates",
    arguments: [
      ("10% to 30%", QuantityDimension.one, 0.1, 0.3), ("10 to 30%", .one, 0.1, 0.3),
      ("2 to 4 %/month", .perTime, 0.02, 0.04), ("¥10 to 30/月", .moneyPerTime, 10, 30),
      ("¥10/月 to ¥30/月", .moneyPerTime, 10, 30), ("¥10万 to 30万/月", .moneyPerTime, 1e5, 3e5),
      ("2 to 4/month", .customersPerTime, 2, 4), ("24 to 48/年", .customersPerTime, 2, 4),
      ("10元/月到30元/月", .moneyPerTime, 10, 30),
      ("1 to 3 M tokens/customer/month", .tokensPerCustomerTime, 1e6, 3e6),
      ("100万到300万 tokens/客户/月", .tokensPerCustomerTime, 1e6, 3e6),
    ] as [(String, QuantityDimension, Double, Double)])
  func sharedUnits(text: String, expects: QuantityDimension, low: Double, high: Double) throws {
    guard case .uncertain(let law) = try Self.slot(text, expects).content else {
      Issue.record("not a distribution: \(text)")
      return
    }
    expectClose(law.quantile(0.05), low, 1e-12, text)
    expectClose(law.quantile(0.95), high, 1e-12, text)
  }

  @Test("A distribution inside of a formula has its own slot, before the formula's")
  func anonymous() throws {
    let sheet = Self.sheet([("hourly", "10 to 20 ¥/h")])
    let handle = sheet.field(
      "cost", text: "hourly * uniform(2, 4) + (1 to 2 ¥/h) / 2", label: "Cost", line: 4,
      expects: .moneyPerTime)
    let compiled = sheet.compile()
    #expect(compiled.problems.isEmpty)
    #expect(compiled.table.slots.map(\.name) == ["hourly", "cost#1", "cost#2", "cost"])
    try #require(compiled.table.uncertain == [0, 1, 2])
    let values = try compiled.table.values(uniforms: [0.5, 0.5, 0.5])
    let index = compiled.parameter(handle).index
    expectClose(values[index], 730 * (200.0.squareRoot() * 3 + 2.0.squareRoot() / 2), 1e-12)
    let means = try compiled.table.meanValues()
    let gpu = try #require(compiled.table.parameter(named: "hourly")).index
    guard case .uncertain(let law) = compiled.table.slots[gpu].content else { return }
    #expect(means[gpu] == law.mean)
    #expect(means[index] > values[index])
    expectClose(try compiled.table.medianValues()[index], values[index], 1e-9)
  }

  @Test("Names may be used before they are defined, in Chinese, dotted, or by a field's path")
  func order() throws {
    let sheet = Self.sheet([("c", "a + 价格.基本"), ("a", "2 * 价格.基本"), ("价格.基本", "3 ¥")])
    let handle = sheet.field("x.y", text: "c * z.w", label: "", line: 9, expects: .money)
    _ = sheet.field("z.w", text: "4", label: "", line: 10, expects: .one)
    let compiled = sheet.compile()
    #expect(compiled.problems.isEmpty)
    #expect(try compiled.table.meanValues()[compiled.parameter(handle).index] == 36)
    for (index, slot) in compiled.table.slots.enumerated() {
      guard case .formula(let operations) = slot.content else { continue }
      for case .slot(let used) in operations { #expect(used < index) }
    }
  }

  @Test("A formula follows a constant that is changed later")
  func overrides() throws {
    let sheet = Self.sheet([("a", "2"), ("b", "a * 3")])
    var table = sheet.compile().table
    let a = try #require(table.parameter(named: "a"))
    table[a].content = .constant(10)
    let b = try #require(table.parameter(named: "b"))
    #expect(try table.meanValues()[b.index] == 30)
  }

  @Test("A circle is reported once, with its names, at its line")
  func circle() throws {
    let problems = Self.sheet([("x", "1"), ("a", "b + x"), ("b", "c * 2"), ("c", "a"), ("e1", "a")])
      .compile().problems
    #expect(problems.count == 1)
    #expect(problems[0].error.code == .circular)
    #expect(problems[0].error.message.contains("a → b → c → a"))
    #expect(problems[0].line == 2)
    let alone = Self.sheet([("a", "a + 1")]).compile().problems
    #expect(alone.count == 1 && alone[0].error.message.contains("a → a"))
  }

  @Test("A long chain of names neither overflows nor slows down")
  func chain() throws {
    let sheet = Self.sheet()
    for index in 0..<5000 {
      sheet.define(
        "n\(index)", text: index == 4999 ? "1" : "n\(index + 1) + 1", label: "", line: index)
    }
    let compiled = sheet.compile()
    #expect(compiled.problems.isEmpty)
    let first = try #require(compiled.table.parameter(named: "n0"))
    #expect(try compiled.table.meanValues()[first.index] == 5000)
  }

  @Test(
    "Each problem is reported at its line, with a remedy",
    arguments: [
      ([("price", "3"), ("y", "prize * 2")], ForecastError.Code.unknownName, 2, "price"),
      ([("a", "1"), ("a", "2")], .invalid, 2, "already given in line 1"),
      ([("month", "1")], .invalid, 1, "is a unit"),
      ([("max", "1")], .invalid, 1, "word of formulas"),
      ([("3a", "1")], .invalid, 1, "cannot name"), ([("a-b", "1")], .invalid, 1, "cannot name"),
      ([("a", "discrete(1: 0.3, 2: 0.8)")], .range, 1, "sum to 1.1"),
      ([("a", "discrete(1: 1.3, 2: -0.3)")], .range, 1, "chance"),
      ([("a", "discrete(1, 2)")], .syntax, 1, "weight"),
      ([("a", "normal(1)")], .syntax, 1, "needs mean, sd"),
      ([("a", "normal(1, 2, 3)")], .syntax, 1, "normal(5, 2)"),
      ([("a", "normal(1, 0)")], .range, 1, "above 0"),
      ([("a", "lognormal(1, 2)")], .syntax, 1, "say what"),
      ([("a", "pert(3, 2, 1)")], .range, 1, "low < high"),
      ([("a", "30 to 10")], .range, 1, "smaller end first"),
      ([("a", "900 to 1.2k")], .range, 1, "both ends"),
      ([("a", "normal(1 ¥, 2 h)")], .dimension, 1, "same units"),
      ([("a", "10 ¥ to 30 h")], .dimension, 1, "same units"),
      ([("a", "beta(2 ¥, 3)")], .dimension, 1, "plain"),
      ([("a", "1 to 2"), ("b", "normal(a, 1)")], .invalid, 2, "cannot be uncertain"),
      ([("a", "metalog(p5: 1, q: 2)")], .syntax, 1, "knows no 'q'"),
      ([("a", "poisson(3 ¥)")], .dimension, 1, "counts"),
      ([("a", "empirical(x: 1)")], .syntax, 1, "values only"),
      ([("a", "normal(0, 1)"), ("b", "ln(a)")], .range, 2, "no finite value"),
      ([("a", "discrete(0: 0.5, 1: 0.5)"), ("b", "1 / a")], .range, 2, "bound its inputs"),
    ] as [([(String, String)], ForecastError.Code, Int, String)])
  func problems(definitions: [(String, String)], code: ForecastError.Code, line: Int, part: String)
  {
    let problems = Self.sheet(definitions).compile().problems
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.error.code == code, "\(problems)")
    #expect(problems.first?.line == line)
    #expect(problems.first?.error.message.contains(part) == true, "\(problems)")
  }

  @Test(
    "A field's dimension is checked, and a missing unit is suggested",
    arguments: [
      ("30 ¥", QuantityDimension.moneyPerTime, "¥/month is asked for"),
      ("30", .moneyPerTime, "such as ¥/month"),
      ("3 h", .one, "a plain number or % is asked for"), ("5%", .perTime, "such as %/month"),
      ("10", .tokensPerCustomerTime, "such as tokens/customer/month"),
      ("3 users", .customers, "customers is asked for"), ("10 to 30", .moneyPerToken, "¥/M tokens"),
    ])
  func fields(text: String, expects: QuantityDimension, part: String) {
    let error = #expect(throws: ForecastError.self) { try Self.slot(text, expects) }
    #expect(error?.code == .dimension)
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }

  @Test(
    "Counts may be left out, and 0 needs no unit",
    arguments: [
      ("30", QuantityDimension.customers), ("30 ¥/月", .moneyPerCustomerTime), ("0", .moneyPerTime),
      ("30 customers", .customers), ("3 %/月", .perTime), ("max(0, 3 ¥)", .money),
    ])
  func lenient(text: String, expects: QuantityDimension) throws { _ = try Self.slot(text, expects) }

  @Test("A broken name breaks what uses it silently, and fields still have a parameter")
  func placeholder() {
    let sheet = Self.sheet([("a", "3 wibbles"), ("b", "a + 1")])
    let handle = sheet.field("f", text: "b ^ 2", label: "", line: 3, expects: .money)
    let compiled = sheet.compile()
    #expect(compiled.problems.map(\.field) == ["a"])
    #expect(compiled.table[compiled.parameter(handle)].content == .constant(0))
  }

  @Test("Correlations join distributions by name; others are refused at their line")
  func correlations() throws {
    let sheet = Self.sheet([
      ("a", "1 to 2"), ("b", "3 to 4"), ("c", "5"), ("d1", "a + 1"), ("e", "1 to 9"),
    ])
    sheet.correlate("a", "b", rho: 0.5, line: 20)
    sheet.correlate("a", "c", rho: 0.5, line: 21)
    sheet.correlate("a", "d1", rho: 0.5, line: 22)
    sheet.correlate("a", "bb", rho: 0.5, line: 23)
    sheet.correlate("b", "a", rho: 0.5, line: 24)
    sheet.correlate("b", "e", rho: 1.5, line: 25)
    let compiled = sheet.compile()
    #expect(compiled.problems.map(\.line) == [21, 22, 23, 24, 25])
    #expect(compiled.table.correlations == [.init(first: 0, second: 1, rho: 0.5)])
  }

  @Test("Correlations that are possible only together are accepted, impossible ones are not")
  func together() {
    func problems(_ last: Double) -> [QuantityProblem] {
      let sheet = Self.sheet([("a", "1 to 2"), ("b", "3 to 4"), ("c", "5 to 6")])
      sheet.correlate("a", "b", rho: 0.9, line: 1)
      sheet.correlate("b", "c", rho: 0.9, line: 2)
      sheet.correlate("a", "c", rho: last, line: 3)
      return sheet.compile().problems
    }
    #expect(problems(0.8).isEmpty)
    #expect(problems(-0.8).map(\.line) == [3])
    #expect(problems(-0.8).first?.error.code == .correlation)
  }

  @Test("Slots can be added to a compiled sheet, and constants given to it")
  func additions() throws {
    let sheet = Self.sheet([("a", "2 to 4")])
    let seven = sheet.constant("seven", 7)
    var compiled = sheet.compile()
    let a = try #require(compiled.table.parameter(named: "a"))
    let product = compiled.product(of: a, by: compiled.parameter(seven), name: "p")
    let scaled = compiled.scaled(product, by: 0.5, name: "s")
    let values = try compiled.table.medianValues()
    expectClose(values[scaled.index], 8.0.squareRoot() * 3.5, 1e-9)
  }

  @Test("A plan has at most 10,000 quantities")
  func bound() {
    let sheet = Self.sheet()
    var handles: [FieldHandle] = []
    for index in 0...10_001 {
      handles.append(sheet.field("f\(index)", text: "1", label: "", line: 1, expects: .one))
    }
    let compiled = sheet.compile()
    #expect(compiled.problems.count == 1 && compiled.problems[0].error.code == .range)
    #expect(compiled.table.slots.count == 10_000)
    #expect(compiled.parameter(handles[10_001]).index == 0)
  }
}
