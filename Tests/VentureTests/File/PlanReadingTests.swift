import Forecast
import Foundation
import Testing

@testable import Venture

@Suite struct PlanReadingTests {
  static let minimal = PlanExample.minimal

  /// One change of the minimal plan, the line of its problem, and a word of its message.
  static let mistakes: [(from: String, to: String, line: Int, word: String)] = [
    (
      "usage: 2 to 6 M tokens/customer/month",
      "usage: other * 2\n  other: usage + 1 tokens/customer/month", 8, "circle"
    ),
    ("2 to 6 M tokens/customer/month", "2 to 6 bananas/customer/month", 8, "unit"),
    ("churn: 3 to 6 %/month", "churn: 130 %/month", 15, "100%"),
    ("churn: 3 to 6 %/month", "churn: 30 ¥/month", 15, "month"),
    ("cash: 600 k ¥", "cash: 600 k ¥\n    income_tax: 120%", 26, "0 to 1"),
    ("amount: 25 k ¥/month", "amount: -25 k ¥/month", 23, "negative"),
    ("amount: 25 k ¥/month", "amount: 25 k ¥/month, from: 40 months", 23, "horizon"),
    ("churn:", "chrun:", 15, "did you mean 'churn'"),
    ("segment: shops", "segment: shop", 18, "not a segment"),
    ("price: 299 ¥/customer/month", "offer: none", 18, "price list"),
    ("currency: CNY", "currency: CNX", 3, "not known"),
    ("start: 2027-01", "start: 2027-13", 4, "not a month"),
    ("name: Answers by subscription\n", "name: a\nname: b\n", 2, "twice"),
    ("name: Answers by subscription", "name: &x a", 2, "anchor"),
    ("horizon: 36", "horizon: 9000", 5, "600"),
  ]

  @Test(arguments: mistakes)
  func aMistakeIsToldAtItsLine(from: String, to: String, line: Int, word: String) throws {
    let text = Self.minimal.replacing(from, with: to)
    #expect(text != Self.minimal)
    let reading = Plan.read(text: text)
    #expect(reading.plan == nil)
    #expect(
      reading.problems.contains {
        $0.severity == .error && $0.line == line
          && "\($0.field) \($0.message)".localizedCaseInsensitiveContains(word)
      }, "\(reading.problems)")
  }

  @Test func weightsThatDoNotSumAreToldAtTheirLine() {
    let text = PlanExample.venture(language: "en")
      .replacing("weight: 0.30, rating: 4", with: "weight: 0.45, rating: 4")
    let reading = Plan.read(text: text)
    #expect(reading.plan == nil)
    #expect(reading.problems.contains { $0.message.contains("sum to 1.15") && $0.line > 1 })
  }

  @Test func anImpossibleCorrelationOffersTheNearest() throws {
    let text = Self.minimal.replacing(
      "forecast:\n",
      with: """
        correlations:
          - a ~ b: 0.9
          - b ~ c: 0.9
          - a ~ c: -0.9
        forecast:

        """
    ).replacing(
      "  usage:", with: "  a: 1 to 2\n  b: 1 to 2\n  c: 1 to 2\n  usage:")
    let reading = Plan.read(text: text)
    let problem = try #require(reading.problems.first { $0.severity == .error })
    #expect((11...16).contains(problem.line), "\(problem)")
    #expect(problem.message.contains("nearest"), "\(problem)")
  }

  @Test func allProblemsAreFoundInOnePass() {
    var text = Self.minimal
    for (from, to, _, _) in Self.mistakes[1...2] { text = text.replacing(from, with: to) }
    text = text.replacing("start: 2027-01", with: "start: soon")
    #expect(Plan.read(text: text).problems.filter { $0.severity == .error }.count >= 3)
  }

  @Test(arguments: [
    String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 50_000),
    String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 50_000),
    "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "a: !t &a [x]\n", "\u{FEFF}breakeven: 1\n",
    "? [a, b]\n: 1\n", "", "- 1\n", "%YAML 1.1\n---\na: 1\n...\n---\nb: 2\n", "a: \u{0}\n",
    "\u{2028}a: 1\u{85}b: 2", "a: 'x", "*a", "a: \"\\uD800\"",
    (0..<40).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
    String(repeating: "x", count: 1_200_000),
  ])
  func hostileTextIsRefused(text: String) {
    let reading = Plan.read(text: text)
    #expect(reading.plan == nil)
    #expect(!reading.problems.isEmpty)
  }

  @Test func randomDamageNeverTraps() throws {
    var generator = Sequence64(state: 3)
    let pieces = [
      "[", "]", "{", "}", ":", "- ", "\n", "  ", "\"", "'", "#", "&a", "*a", "|", ">", "~", "to",
      "%", "¥", "1e309", "NaN", "-", "\t", "0", "\u{0}", "万", "^", "(", ")",
    ]
    let texts = [Self.minimal, PlanExample.venture(language: "zh")]
    for round in 0..<250 {
      var scalars = Array(texts[round % 10 == 0 ? 1 : 0].unicodeScalars)
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = Int.random(in: 0..<scalars.count, using: &generator)
        let count = min(Int.random(in: 0...8, using: &generator), scalars.count - place)
        let piece = try #require(pieces.randomElement(using: &generator))
        scalars.replaceSubrange(place..<place + count, with: piece.unicodeScalars)
      }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars)
      let reading = Plan.read(text: String(text))
      if let plan = reading.plan { #expect(plan.model().months == plan.horizon) }
      #expect(reading.plan != nil || reading.problems.contains { $0.severity == .error })
    }
  }
}
