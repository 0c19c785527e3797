import Forecast
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Ledger
import NIOCore
import Testing
import Venture

@testable import Dashboard

@Suite struct LearningPageTests {
  @Test func `freezing needs the form's token, keeps one forecast, and lists it`() async throws {
    let setup = try ForecastSetup(PlanExample.venture(language: "en"))
    let session = setup.session()
    let headers = setup.headers(session)
    let body = ByteBuffer(string: "form_token=\(setup.routes.sessions.formToken(session))")
    try await setup.test { client in
      let bare = try await client.execute(uri: "/plan/freeze", method: .post, headers: headers)
      #expect(bare.status == .forbidden)
      let wrong = try await client.execute(
        uri: "/plan/freeze", method: .post, headers: headers,
        body: ByteBuffer(string: "form_token=0"))
      #expect(wrong.status == .forbidden)
      #expect(try await setup.forecasts.list().isEmpty)
      let empty = try await client.execute(uri: "/plan/learning", method: .get, headers: headers)
      #expect(empty.text.contains("No forecast is frozen yet"))
      let frozen = try await client.execute(
        uri: "/plan/freeze", method: .post, headers: headers, body: body)
      #expect(frozen.status == .seeOther)
      #expect(frozen.headers[.location] == "/plan/learning#frozen")
      let kept = try await setup.forecasts.list()
      #expect(kept.count == 1)
      let page = try await client.execute(uri: "/plan/learning", method: .get, headers: headers)
      #expect(page.text.contains(String(kept[0].hash.prefix(12))))
    }
  }

  @Test func `a broken plan is not frozen`() async throws {
    let setup = try ForecastSetup("breakeven: 1\nname: x\n")
    let session = setup.session()
    let body = ByteBuffer(string: "form_token=\(setup.routes.sessions.formToken(session))")
    try await setup.test { client in
      _ = try await client.execute(
        uri: "/plan/freeze", method: .post, headers: setup.headers(session), body: body)
      #expect(try await setup.forecasts.list().isEmpty)
    }
  }

  @Test func `the books' months are held against the plan, and their parts add up`() async throws {
    let setup = try ForecastSetup.withBooks()
    try await setup.test { client in
      let html = try await setup.page(client, "/plan/learning").text
      #expect(html.contains("From Sep 2026 to Oct 2026"))
      for id in ["revenue", "profit", "customers", "variance", "months", "frozen"] {
        #expect(html.contains("id=\"\(id)\""), "\(id)")
      }
      #expect(html.contains("<circle"))
      let months = try #require(html.range(of: "id=\"months\"")).upperBound
      let table = html[months...].prefix { $0 != "§" }
      #expect(table.contains("Sep 2026") && table.contains("Oct 2026"))
      #expect(!table.prefix(20_000).contains("Nov 2026"))
    }
  }

  @Test func `without books it says what to do`() async throws {
    let setup = try ForecastSetup(PlanExample.venture(language: "en"))
    try await setup.test { client in
      let html = try await setup.page(client, "/plan/learning").text
      #expect(html.contains("breakeven demo --year"))
    }
  }

  @Test func `an interval's picture has a thin and a thick bar for each driver`() {
    let picture = IntervalPicture(
      title: "t",
      rows: [
        .init(
          name: "a", prior: .init(low: 1, median: 2, high: 4),
          posterior: .init(low: 1.5, median: 2, high: 2.5), note: "50%")
      ])
    let svg = picture.drawing.svg
    #expect(svg.contains("line-muted") && svg.contains("line-accent"))
    #expect(svg.contains("stroke-width=\"6\""))
  }

  @Test func `steps end where the actual figure is`() throws {
    let svg = StepPicture(
      title: "t", format: FigureFormat(language: .english, currency: .cny), from: ("plan", 100),
      steps: [("a", -30), ("b", 10)], to: ("actual", 80)
    ).drawing.svg
    let boxes = svg.matches(
      of: /<path class="fill-(\w+)" d="M([\d.]+) ([\d.]+)L[\d.]+ ([\d.]+)L([\d.]+) ([\d.]+)/)
    #expect(boxes.map { String($0.1) } == ["muted", "loss", "gain", "accent"])
    // The last step ends at the height of the last bar.
    #expect(boxes[2].3 == boxes[3].3)
  }
}
