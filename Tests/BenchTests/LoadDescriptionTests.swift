import Bench
import Ledger
import TestSupport
import Testing

@Suite struct LoadDescriptionTests {
  @Test func boundsReadSecondsAndMilliseconds() throws {
    let bounds = try LatencyBounds(
      parsing: "ttft:0.5s, tpot:50ms,itl:80,e2e:2s", option: "--goodput")
    #expect(bounds.timeToFirstToken == 500)
    #expect(bounds.timePerOutputToken == 50)
    #expect(bounds.interTokenLatency == 80)
    #expect(bounds.endToEnd == 2000)
  }

  @Test(arguments: ["", "ttft", "ttft:-1", "ttft:0", "ttft:inf", "latency:5ms", "ttft:5ms,x"])
  func aBadBoundIsRefusedByName(text: String) {
    let error = #expect(throws: BenchError.self) {
      try LatencyBounds(parsing: text, option: "--goodput")
    }
    #expect(error?.description.hasPrefix("--goodput") == true)
  }

  @Test func lengthsAreOneFigureOrARange() throws {
    #expect(try TokenLengths(parsing: "128", option: "o").range == 128...128)
    #expect(try TokenLengths(parsing: "64..256", option: "o").range == 64...256)
    #expect(try TokenLengths(parsing: "64 .. 256", option: "o").description == "64..256")
    for text in ["", "0", "a", "5..2", "1..", "1..2..3", "1000001", "-4"] {
      #expect(throws: BenchError.self, "\(text)") { try TokenLengths(parsing: text, option: "o") }
    }
  }

  @Test func drawnLengthsReachBothEnds() {
    var generator = SplitMix64(seed: 1)
    let lengths = TokenLengths(3...5)
    let drawn = Set((0..<100).map { _ in lengths.draw(using: &generator) })
    #expect(drawn == [3, 4, 5])
  }

  @Test(arguments: [
    ("3.6 CNY/h", "3.60 CNY"), ("48 USD/day", "2.00 USD"), ("730 EUR/month", "1.00 EUR"),
    ("0.5", "0.50 USD"), ("2.5CNY / h", "2.50 CNY"),
  ]) func aMachinesPriceIsByTheHour(text: String, expected: String) throws {
    let price = try MachinePrice(parsing: text, option: "--machine-price")
    #expect(price.rate.hourly.description == expected)
  }

  @Test(arguments: ["", "x", "5 CNY/year", "-1 CNY/h", "0", "5 XYZ/h", "/h"])
  func aBadPriceIsRefused(text: String) {
    #expect(throws: (any Error).self) { try MachinePrice(parsing: text, option: "--machine-price") }
  }

  @Test func poissonArrivalsHaveTheirRateAndConstantOnesTheirGap() {
    var generator = SplitMix64(seed: 7)
    let offsets = Arrivals.poisson.offsets(count: 20_000, rate: 50, using: &generator)
    #expect(offsets == offsets.sorted())
    let gaps = zip(offsets.dropFirst(), offsets).map { Double($0 - $1) / 1e9 }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    // An exponential's standard deviation is its mean; five standard errors of 20,000 draws.
    #expect(abs(mean * 50 - 1) < 0.036)
    #expect(abs(variance.squareRoot() / mean - 1) < 0.06)
    #expect(
      Arrivals.constant.offsets(count: 3, rate: 4, using: &generator) == [
        250_000_000, 500_000_000, 750_000_000,
      ])
  }

  @Test func theSameSeedAsksTheSame() {
    var one = SplitMix64(seed: 3)
    var two = SplitMix64(seed: 3)
    let text = PromptText.make(words: 40, using: &one)
    #expect(text == PromptText.make(words: 40, using: &two))
    #expect(text.split(separator: " ").count == 40)
    #expect(text != PromptText.make(words: 40, using: &one))
  }

  @Test func wordsAreCountedByWhatTheServiceReports() throws {
    // 12 tokens of template, 1.5 tokens a word.
    let rate = try #require(WordRate(words: (20, 100), tokens: (42, 162)))
    #expect(rate.overhead == 12)
    #expect(rate.words(forPrompt: 312) == 200)
    #expect(rate.words(forPrompt: 3) == 1)
    #expect(rate.words(forText: 300) == 200)
    #expect(WordRate(words: (20, 100), tokens: (42, 42)) == nil)
  }
}
