import Forecast
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing
import Venture

@testable import Dashboard

@Suite struct ForecastPageTests {
  static let pages = ["/plan", "/plan/streams", "/plan/decisions", "/plan/learning"]
  static let parts =
    ["/plan/streams/mix", "/plan/learning/drivers"]
    + DecisionPart.allCases.map { "/plan/decisions/\($0.rawValue)" }

  private static func address(_ path: String) -> String { "\(path)?\(ForecastSetup.few)" }

  /// Keys and places that were not filled, styles and scripts that the policy forbids.
  private func expectSound(_ html: String, _ path: String) {
    #expect(!html.contains("plan_"), "\(path) shows a key")
    #expect(html.firstMatch(of: /\{[a-z_]+\}/) == nil, "\(path) has an unfilled place")
    #expect(!html.contains(" style=") && !html.contains("<style"), "\(path)")
    #expect(html.firstMatch(of: /<script(?! defer src=)/) == nil, "\(path)")
    #expect(html.firstMatch(of: #/ on[a-z]+=/#) == nil, "\(path)")
    #expect(html.firstMatch(of: />[^<]*\b(nan|inf)\b/) == nil, "\(path) shows no number")
  }

  @Test(arguments: ["en", "zh-CN"], [false, true])
  func `every page is complete in both languages, with books and without`(
    language: String, hasBooks: Bool
  ) async throws {
    let setup =
      try hasBooks
      ? ForecastSetup.withBooks(language)
      : ForecastSetup(PlanExample.venture(language: language))
    try await setup.test { client in
      for path in Self.pages + Self.parts {
        let response = try await setup.page(client, Self.address(path), language)
        #expect(response.status == .ok, "\(path)")
        expectSound(response.text, path)
        #expect(response.text.contains("class=\"answer\""))
      }
    }
  }

  @Test func `names of the plan are text and never markup`() async throws {
    var text = PlanExample.venture(language: "en")
    for name in [
      "Zhida, answers for shops", "Shop packages", "Only packages and API", "Shop package",
      "Pay by the resolved conversation", "Share resolved without a person",
    ] {
      for written in ["\"\(name)\"", name] {
        text = text.replacing(
          "name: \(written)", with: "name: \"<i>\(name.prefix(4))</i> & co\"")
        text = text.replacing(
          "label: \(written)\n", with: "label: \"<i>\(name.prefix(4))</i> & co\"\n")
      }
    }
    try #require(text.contains("<i>Zhid"))
    let setup = try ForecastSetup(text)
    try await setup.test { client in
      for path in Self.pages + Self.parts {
        let html = try await setup.page(client, Self.address(path)).text
        #expect(!html.contains("<i>"), "\(path)")
      }
      let redrawn = try await setup.page(client, Self.address("/plan/redraw")).text
      #expect(!redrawn.contains("<i>"))
      let streams = try await setup.page(client, Self.address("/plan/streams")).text
      #expect(streams.contains("&lt;i&gt;Shop&lt;/i&gt; &amp; co"))
    }
  }

  @Test(arguments: pages) func `a broken plan is answered with its problems`(
    path: String
  )
    async throws
  {
    let text = PlanExample.venture(language: "en").replacing("smb_churn:", with: "smb_chrun:")
    let setup = try ForecastSetup(text)
    try await setup.test { client in
      let response = try await setup.page(client, path)
      #expect(response.status == .ok)
      #expect(response.text.contains("This page needs a plan that can be read"))
      #expect(response.text.contains("smb_churn"))
    }
  }

  @Test func `the forecast opens with its chance, and each driver with its line`() async throws {
    let setup = try ForecastSetup(PlanExample.venture(language: "en"))
    try await setup.test { client in
      let html = try await setup.page(client, "/plan?paths=3000").text
      let answer = try #require(html.firstMatch(of: /<p class="answer">(.*?)<\/p>/)).1
      #expect(answer.contains("#chances") && answer.contains("60 months"))
      #expect(html.matches(of: /type="range"/).count == 9)
      #expect(html.contains("/plan/file#L"))
      #expect(html.matches(of: /<svg class="drawing"/).count == 5)
      #expect(html.contains("3,000 paths"))
    }
  }

  @Test func `scenario, basis and paths stay in the address of the form`() async throws {
    let setup = try ForecastSetup.withBooks()
    try await setup.test { client in
      let html = try await setup.page(
        client, "/plan?paths=300&scenario=market_path&basis=plan&x.smb_churn=0.5"
      ).text
      #expect(html.contains("<option value=\"market_path\" selected>"))
      #expect(html.contains("<option value=\"plan\" selected>"))
      #expect(html.contains("name=\"x.smb_churn\" value=\"0.5\""))
      #expect(html.contains("300 paths"))
      let calibrated = try await setup.page(client, "/plan?paths=300").text
      #expect(calibrated.contains("<option value=\"calibrated\" selected>"))
      #expect(calibrated.contains("ledger at position"))
    }
  }

  @Test(arguments: [
    ("/plan/decisions/learn", "/plan/decisions"), ("/plan/streams/mix", "/plan/streams"),
  ]) func `a part comes alone for the script, and as a page without it`(
    part: String, page: String
  )
    async throws
  {
    let setup = try ForecastSetup(PlanExample.venture(language: "en"))
    try await setup.test { client in
      let whole = try await setup.page(client, Self.address(page)).text
      #expect(whole.contains("data-fragment=\"\(part)?part=1&amp;paths=200\""))
      let alone = try await setup.page(client, "\(part)?paths=200&part=1").text
      #expect(alone.contains("<table") && !alone.contains("<html"))
      let own = try await setup.page(client, "\(part)?paths=200").text
      #expect(own.contains("<table") && own.contains("<html"))
    }
  }

  @Test func `an unknown part is not found`() async throws {
    let setup = try ForecastSetup(PlanExample.venture(language: "en"))
    try await setup.test { client in
      for path in ["/plan/decisions/nothing", "/plan/learning/nothing"] {
        let response = try await setup.page(client, path)
        #expect(response.status == .notFound)
      }
    }
  }

  @Test func `every kind of stream, meter, charge, goal, note and verdict has its words`() throws {
    let text = try TextCatalogue(language: .chinese)
    var keys = RevenueStream.Kind.allCases.map { "plan_stream_\($0.rawValue)" }
    keys += StreamClass.allCases.map { "plan_class_\($0.rawValue)" }
    for innovation in StreamInnovation.allCases {
      keys += ["", "_note"].map { "plan_innovation_\(innovation.rawValue)\($0)" }
    }
    keys += RevenueStream.Meter.allCases.map { "plan_meter_\($0.rawValue)" }
    for goal in PlanGoal.allCases {
      keys += ["", "_words"].map { "plan_goal_\(goal.rawValue)\($0)" }
    }
    keys += DecisionPart.allCases.map { "plan_decision_\($0.rawValue)" }
    keys += LearningPart.allCases.map { "plan_learning_\($0.rawValue)" }
    for factor in Variance.Factor.allCases {
      keys += ["", "_words"].map { "plan_factor_\(factor.rawValue)\($0)" }
    }
    keys += Calibration.Note.allCases.map { "plan_note_\($0.rawValue)" }
    keys += Fleet.Mode.allCases.map { "plan_fleet_\($0.rawValue)" }
    keys += PlanDesk.Request.Basis.allCases.map { "plan_basis_\($0.rawValue)" }
    for measure in PlanPages.learntMeasures {
      keys += ["plan_\(measure.rawValue)_title", "plan_column_\(measure.rawValue)"]
    }
    for verdict in ["kept", "too_narrow", "too_wide"] {
      keys += ["plan_band_\(verdict)", "plan_backtest_\(verdict)"]
    }
    for key in keys { #expect(text.texts[key] != nil, "\(key)") }
  }
}
