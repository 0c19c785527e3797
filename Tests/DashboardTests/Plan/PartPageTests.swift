import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing
import Venture

@testable import Dashboard

@Suite struct PartPageTests {
  static let pages = [
    "strategy", "opportunity", "team", "risks", "project", "cases", "file", "report",
  ]

  @Test(arguments: [("en", "en"), ("zh", "zh-CN")])
  func `each part of the example has its page in words of the reader's language`(
    plan: String, language: String
  ) async throws {
    let setup = try PartSetup(PlanExample.venture(language: plan))
    try await setup.test { client in
      for page in Self.pages {
        let response = try await client.execute(
          uri: "/plan/\(page)", method: .get, headers: setup.reader(language).headers)
        let text = response.text
        #expect(response.status == .ok, "\(page)")
        #expect(text.contains("<html lang=\"\(language)\""), "\(page)")
        #expect(text.contains("<p class=\"answer\">"), "\(page)")
        #expect(!text.contains("style=\"") && !text.contains("onclick"), "\(page)")
        let shown = Self.withoutSource(text)
        let key = shown.firstMatch(of: /[>" ](plan|report|account)_[a-z0-9_]{3,}[<" ]/)
        #expect(key == nil, "\(page): \(key?.output.0 ?? "")")
        let place = shown.firstMatch(of: /\{\{|\{[a-z_]+\}/)
        #expect(place == nil, "\(page): \(place?.output ?? "")")
      }
    }
  }

  /// The plan's own text may hold anything.
  private static func withoutSource(_ html: String) -> String {
    guard let start = html.range(of: "<ol class=\"source\""),
      let end = html.range(of: "</textarea>")
    else { return html }
    return String(html[..<start.lowerBound] + html[end.upperBound...])
  }

  @Test func `the first column of the parts leads to the plan's lines`() async throws {
    let text = PlanExample.venture(language: "en")
    let lines = PlanPages.lines(of: text)
    let setup = try PartSetup(text)
    let expected = [
      ("strategy", "vision:"), ("opportunity", "- id: service"), ("team", "- {id: chen,"),
      ("risks", "- id: outage"), ("project", "- {id: charter,"),
    ]
    try await setup.test { client in
      for (page, start) in expected {
        let number =
          try #require(
            lines.firstIndex { $0.drop { $0 == " " }.hasPrefix(start) }) + 1
        let response = try await client.execute(
          uri: "/plan/\(page)", method: .get, headers: setup.reader().headers)
        let near = [number, number + 1].contains {
          response.text.contains("<th scope=\"row\"><a href=\"/plan/file#L\($0)\"")
        }
        #expect(near, "\(page): line \(number)")
      }
    }
  }

  @Test func `text of the plan is never markup`() async throws {
    let attack = "<script>alert(1)</script>"
    let text = PlanExample.venture(language: "en")
      .replacingOccurrences(of: "name: Long outage on a sale day", with: "name: '\(attack)'")
      .replacingOccurrences(of: "name: Chen Yu", with: "name: '\(attack)'")
      .replacingOccurrences(of: "name: Small e-commerce shops", with: "name: '\(attack)'")
    #expect(text.components(separatedBy: attack).count == 4)
    let setup = try PartSetup(text)
    try await setup.test { client in
      for page in Self.pages {
        let response = try await client.execute(
          uri: "/plan/\(page)", method: .get, headers: setup.reader().headers)
        #expect(response.status == .ok, "\(page)")
        #expect(!response.text.contains(attack), "\(page)")
      }
      let risks = try await client.execute(
        uri: "/plan/risks", method: .get, headers: setup.reader().headers)
      #expect(risks.text.contains("&lt;script&gt;alert(1)"))
    }
  }

  @Test(arguments: pages) func `a page without its part says what to write`(
    page: String
  )
    async throws
  {
    let setup = try PartSetup(PlanExample.minimal)
    try await setup.test { client in
      let response = try await client.execute(
        uri: "/plan/\(page)", method: .get, headers: setup.reader().headers)
      #expect(response.status == .ok)
      #expect(response.text.contains("</html>"))
      if !["cases", "file", "report"].contains(page) {
        #expect(response.text.contains("Not in the plan yet"))
      }
    }
  }

  @Test func `another candidate is shown in full when asked for`() async throws {
    let setup = try PartSetup()
    try await setup.test { client in
      let response = try await client.execute(
        uri: "/plan/opportunity?candidate=quality", method: .get,
        headers: setup.reader().headers)
      #expect(response.text.contains("href=\"/plan/opportunity?candidate=service#indicators\""))
      #expect(!response.text.contains("href=\"/plan/opportunity?candidate=quality#indicators\""))
    }
  }

  @Test func `without a plan the pages say how to begin`() async throws {
    let setup = try PartSetup("breakeven: 1\nname: [\n")
    try await setup.test { client in
      for page in Self.pages {
        let response = try await client.execute(
          uri: "/plan/\(page)", method: .get, headers: setup.reader().headers)
        #expect(response.status == .ok, "\(page)")
        #expect(response.text.contains("/plan/file"), "\(page)")
      }
    }
  }
}
