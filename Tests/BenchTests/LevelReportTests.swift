import Bench
import Ledger
import Testing

private let millisecond: Int64 = 1_000_000

@Suite struct LevelReportTests {
  /// Sent at `start` ms; pieces at the given ms after it.
  private func record(
    _ start: Int64, _ pieces: [Int64], prompt: Int = 10, tokens: Int? = nil, failure: String? = nil
  ) -> RequestRecord {
    RequestRecord(
      sent: start * millisecond, pieces: pieces.map { (start + $0) * millisecond },
      end: (start + (pieces.last ?? 0) + 1) * millisecond, promptTokens: prompt,
      completionTokens: tokens, failure: failure)
  }

  @Test func aRequestsFiguresFollowTheirDefinitions() {
    let one = record(5, [100, 120, 160], tokens: 5)
    #expect(one.timeToFirstToken == 100)
    #expect(one.interTokenLatencies == [20, 40])
    // 60 ms between first and last over the four tokens after the first.
    #expect(one.timePerOutputToken == 15)
    #expect(one.endToEnd == 161)
  }

  @Test func withoutUsageAPieceIsAToken() {
    #expect(record(0, [10, 20, 30]).completionTokens == 3)
    #expect(record(0, [10, 20, 30]).timePerOutputToken == 10)
  }

  @Test func onePieceSaysNothingOfThePace() {
    #expect(record(0, [10], tokens: 8).timePerOutputToken == nil)
    #expect(record(0, [], failure: "empty").timeToFirstToken == nil)
  }

  @Test func tokensOfFailedRequestsAreNotServed() throws {
    let report = try LevelReport(rounds: [
      [
        record(0, [100, 999], tokens: 2), record(0, [50], tokens: 1, failure: "timeout"),
        record(0, [], failure: "503"), record(1, [], failure: "503"),
      ]
    ])
    #expect(report.requests == 4)
    #expect(report.completed == 1)
    #expect(report.failures.map(\.kind) == ["503", "timeout"])
    #expect(report.failures.map(\.count) == [2, 1])
    #expect(report.promptTokens == 10)
    #expect(report.completionTokens == 2)
    #expect(report.seconds == 1)
    #expect(report.completionTokensPerSecond == 2)
    #expect(report.totalTokensPerSecond == 12)
  }

  @Test func pausesBetweenRoundsAreNotCounted() throws {
    let rounds = [[record(0, [999], tokens: 4)], [record(50_000, [1999], tokens: 4)]]
    let report = try LevelReport(rounds: rounds)
    #expect(report.seconds == 3)
    #expect(report.roundCompletionRates == [4, 2])
    #expect(report.roundTotalRates == [14, 7])
  }

  @Test func goodputCountsOnlyWhatMetEveryBound() throws {
    let bounds = try LatencyBounds(parsing: "ttft:100ms,tpot:20ms", option: "--goodput")
    let round = [
      record(0, [100, 120]), record(0, [101, 110]), record(0, [50, 90]),
      record(0, [10, 899], failure: "timeout"),
    ]
    let report = try LevelReport(rounds: [round], bounds: bounds)
    #expect(report.good == 1)
    #expect(report.attainment == 0.25)
    #expect(abs(report.goodput - 1 / 0.9) < 1e-9)
  }

  @Test func costIsTheMachinesTimeOverItsTokens() throws {
    let price = try MachinePrice(parsing: "3.6 CNY/h", option: "--machine-price")
    let round = [record(0, [100, 999], prompt: 300, tokens: 100)]
    let cost = try #require(try LevelReport(rounds: [round], price: price).cost)
    // A second costs 0.001 CNY: 0.001 ÷ 400 × 10⁶.
    #expect(cost.perMillion == (try Money(parsing: "2.5", .cny, field: "")))
    #expect(cost.perMillionCompletion == Money(units: 10, .cny))
    #expect(cost.perMillionPrompt?.rounded(digits: 4) == "3.3333")
    #expect(try LevelReport(rounds: [[record(0, [], failure: "503")]], price: price).cost == nil)
  }

  @Test func theCheapestLevelKeepsTheBound() throws {
    let bounds = try LatencyBounds(parsing: "e2e:1.5s", option: "--goodput")
    let slow = try LevelReport(rounds: [[record(0, [999], tokens: 5)]], bounds: bounds)
    let fast = try LevelReport(rounds: [[record(0, [999], tokens: 50)]], bounds: bounds)
    let late = try LevelReport(rounds: [[record(0, [1999], tokens: 500)]], bounds: bounds)
    #expect([slow, fast, late].cheapest(attainment: 0.95) == 1)
    #expect([slow, fast, late].cheapest(attainment: 0) == 2)
    #expect([late].cheapest(attainment: 0.95) == nil)
  }
}
