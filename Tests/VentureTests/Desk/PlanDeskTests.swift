import Billing
import Forecast
import Foundation
import Ledger
import Synchronization
import Testing

@testable import Venture

@Suite struct PlanDeskTests {
  /// A plan in memory.
  private final class File: Sendable {
    let text: Mutex<String>
    init(_ text: String) { self.text = Mutex(text) }
  }

  private static func desk(_ file: File) -> PlanDesk {
    PlanDesk(
      PlanAccess(
        load: { file.text.withLock { $0 } }, save: { new in file.text.withLock { $0 = new } },
        now: { Timestamp(seconds: 1_800_000_000) }, hash: { "\($0.hashValue)" }, books: nil,
        forecasts: nil, offsetSeconds: 0,
        conversion: { target in Conversion(target: target) { _, _ in nil } },
        facts: { ProjectState() }))
  }

  @Test func rentingAndBuyingAreComparedByTheScenariosThatSayWhatTheyCost() async throws {
    let desk = Self.desk(File(PlanExample.venture(language: "en")))
    let comparison = try await desk.compare(.fleet, request: .init(paths: 400))
    #expect(comparison.rows.map(\.id) == ["plan", "cloud_machines", "own_machines"])
    #expect(comparison.paths == 400)
    #expect(abs(comparison.rows.reduce(0) { $0 + $1.chanceBest } - 1) < 1e-9)
    // The cloud costs more an hour here and shrinks; the months differ in money.
    #expect(comparison.rows[0].expected != comparison.rows[1].expected)
  }

  @Test func noQuestionAboutDriversListsWhatNoMonthReads() async throws {
    let desk = Self.desk(File(PlanExample.venture(language: "en")))
    let result = try await desk.sensitivity(.init(paths: 400), goal: .netPresentValue)
    let names = Set(result.tornado.bars.map(\.name)).union(result.screening.drivers.map(\.name))
      .union(result.information?.drivers.map(\.name) ?? [])
    #expect(names.contains("smb_churn"))
    #expect(!names.contains { $0.hasPrefix("opportunities.") || $0.hasPrefix("strategy.") })
  }

  @Test func aFieldIsChangedAddedAndTakenOutAndAStaleWriterRefused() throws {
    let file = File(PlanExample.venture(language: "zh"))
    let desk = Self.desk(file)
    let before = try desk.state().hash
    try desk.set("forecast.capacity.maximum", to: "40 machines", over: before)
    #expect(try PlanText(desk.state().text).value(at: "forecast.capacity.maximum") != nil)
    #expect(throws: DeskError.self) {
      try desk.set("forecast.capacity.maximum", to: "50 machines", over: before)
    }
    try desk.set("forecast.capacity.maximum", to: nil, over: desk.state().hash)
    #expect(try PlanText(desk.state().text).value(at: "forecast.capacity.maximum") == nil)
    #expect(throws: (any Error).self) {
      try desk.set("horizon", to: "soon", over: desk.state().hash)
    }
  }
}
