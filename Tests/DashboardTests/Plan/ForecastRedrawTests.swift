import Forecast
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import Venture

@testable import Dashboard

@Suite struct ForecastRedrawTests {
  private struct Redrawn: Decodable {
    let answer: String
    let figures: String
    let years: String?
    let drawings: [String: String]
    let values: [String: String]
    let imprint: String
  }

  private static let price = "market.price_multiplier"

  @Test func `what is shown is drawn again, moved as the driver is`() async throws {
    let setup = try ForecastSetup(PlanExample.venture(language: "en"))
    try await setup.test { client in
      func redraw(_ query: String) async throws -> Redrawn {
        let response = try await setup.page(client, "/plan/redraw?paths=400\(query)")
        #expect(response.status == .ok)
        #expect(response.headers[.contentType]?.hasPrefix("application/json") == true)
        return try JSONDecoder().decode(Redrawn.self, from: Data(response.text.utf8))
      }
      let still = try await redraw("")
      #expect(Set(still.drawings.keys) == ["cash", "revenue", "profit", "chances", "streams"])
      #expect(still.drawings.values.allSatisfy { $0.hasPrefix("<svg") && $0.hasSuffix("</svg>") })
      let moved = try await redraw("&x.\(Self.price)=1&x.smb_churn=-0.5")
      #expect(moved.drawings["revenue"] != still.drawings["revenue"])
      #expect(moved.figures != still.figures)
      #expect(still.years == nil && moved.years == nil)
      let atRest = try await redraw("&rest=1")
      #expect(atRest.years?.contains("<table") == true && atRest.drawings == still.drawings)
      #expect(moved.values[Self.price] == "2")
      #expect(moved.values["smb_churn"]?.contains("%") == true)
      let again = try await redraw("&x.\(Self.price)=0")
      #expect(again.drawings == still.drawings && again.answer == still.answer)
    }
  }

  @Test(arguments: [
    ("x.smb_churn=lots", "x.smb_churn"), ("x.smb_churn=1.5", "-1 to 1"),
    ("x.smb_churn=nan", "x.smb_churn"), ("x.nobody=0.5", "nobody"), ("paths=0", "paths"),
    ("paths=1000000000", "paths"), ("scenario=nowhere", "market_path"), ("basis=hope", "basis"),
  ]) func `nonsense is refused with its field and the remedy`(
    query: String, words: String
  )
    async throws
  {
    let setup = try ForecastSetup(PlanExample.venture(language: "en"))
    try await setup.test { client in
      let response = try await setup.page(client, "/plan/redraw?\(query)")
      #expect(response.status == .badRequest)
      let answer = try JSONDecoder().decode(
        [String: String].self, from: Data(response.text.utf8))
      #expect(answer["error"]?.contains(words) == true, "\(answer)")
      let page = try await setup.page(client, "/plan?\(query)")
      #expect(page.text.contains(words))
    }
  }

  @Test func `nobody who is not signed in gets a forecast`() async throws {
    let setup = try ForecastSetup(PlanExample.venture(language: "en"))
    try await setup.test { client in
      let redraw = try await client.execute(uri: "/plan/redraw", method: .get)
      #expect(redraw.status == .unauthorized)
      for path in ForecastPageTests.pages + ForecastPageTests.parts {
        #expect(try await client.execute(uri: path, method: .get).status == .seeOther)
      }
    }
  }

  @Test func `the sliders are the same while one of them is moved`() async throws {
    let setup = try ForecastSetup(PlanExample.venture(language: "en"))
    try await setup.test { client in
      func names(_ query: String) async throws -> [String] {
        try await setup.page(client, "/plan?paths=400\(query)").text
          .matches(of: /type="range" id="([^"]+)"/).map { String($0.1) }
      }
      let still = try await names("")
      #expect(still.first == "x.\(Self.price)")
      #expect(try await names("&\(still[1])=1&\(still[2])=-1") == still)
    }
  }
}
