import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing
import Venture

@testable import Dashboard

@Suite struct PlanFileTests {
  private static let path = "assumptions.smb_churn.value"

  private func post(
    _ client: any TestClientProtocol, _ setup: PartSetup, _ address: String,
    _ fields: [String: String], token: String? = nil, language: String = "en"
  ) async throws -> TestResponse {
    let reader = setup.reader(language)
    var fields = fields
    fields["form_token"] = token ?? reader.token
    return try await client.execute(
      uri: address, method: .post, headers: reader.headers, body: PartSetup.form(fields))
  }

  @Test func `a value is changed in its place and every comment stays`() async throws {
    let setup = try PartSetup()
    let before = setup.file.text
    try await setup.test { client in
      let response = try await post(
        client, setup, "/plan/file/value",
        ["path": Self.path, "value": "3 to 9 %/month", "hash": PartSetup.hash(before)])
      #expect(response.status == .seeOther)
      let address = try #require(response.headers[.location])
      #expect(address.hasPrefix("/plan/file?saved=value#v"))
      let page = try await client.execute(
        uri: "/plan/file?saved=value", method: .get, headers: setup.reader().headers)
      #expect(page.text.contains("value=\"3 to 9 %/month\""))
      #expect(page.text.contains("role=\"status\""))
    }
    let (old, new) = (PlanPages.lines(of: before), PlanPages.lines(of: setup.file.text))
    #expect(old.count == new.count)
    #expect(zip(old, new).count { $0 != $1 } == 1)
    #expect(setup.file.text.contains("3 to 9 %/month"))
  }

  @Test func `a figure of an element without a name of its own is changed by its id`() async throws
  {
    let setup = try PartSetup()
    let before = setup.file.text
    try await setup.test { client in
      let response = try await post(
        client, setup, "/plan/file/value",
        [
          "path": "forecast.streams[analysis].price", "value": "1 to 2 k ¥/customer/month",
          "hash": PartSetup.hash(before),
        ])
      #expect(response.status == .seeOther, "\(response.text.prefix(200))")
    }
    #expect(setup.file.text.contains("1 to 2 k ¥/customer/month"))
    #expect(before.count { $0 == "#" } == setup.file.text.count { $0 == "#" })
  }

  @Test(arguments: [("en", "Not saved"), ("zh-CN", "未保存")])
  func `a wrong value is refused with its line and field, and shown again`(
    language: String, words: String
  ) async throws {
    let setup = try PartSetup()
    let before = setup.file.text
    try await setup.test { client in
      let response = try await post(
        client, setup, "/plan/file/value",
        ["path": Self.path, "value": "900 \"bananas\"", "hash": PartSetup.hash(before)],
        language: language)
      #expect(response.status == .unprocessableContent)
      #expect(response.text.contains(words))
      #expect(response.text.contains("value=\"900 &quot;bananas&quot;\""))
      #expect(response.text.contains("aria-invalid=\"true\""))
      let line =
        try #require(
          PlanPages.lines(of: before).firstIndex { $0.hasPrefix("  smb_churn:") }) + 2
      #expect(response.text.contains("line \(line): "))
      #expect(response.text.contains("smb_churn"))
    }
    #expect(setup.file.text == before)
  }

  @Test func `a change over another's change is refused and kept for the reader`() async throws {
    let setup = try PartSetup()
    let seen = PartSetup.hash(setup.file.text)
    let other = setup.file.text + "# by somebody else\n"
    setup.file.text = other
    try await setup.test { client in
      let value = try await post(
        client, setup, "/plan/file/value",
        ["path": Self.path, "value": "4 to 5 %/month", "hash": seen])
      #expect(value.status == .unprocessableContent)
      #expect(value.text.contains("value=\"4 to 5 %/month\""))
      let mine = "breakeven: 1\nname: <mine>\n"
      let text = try await post(
        client, setup, "/plan/file/text", ["text": mine, "hash": seen])
      #expect(text.status == .unprocessableContent)
      #expect(text.text.contains("name: &lt;mine&gt;"))
      #expect(text.text.contains("by somebody else"))
      #expect(setup.file.text == other)
      // The page carries the new hash: saving again is a decision.
      #expect(text.text.contains(PartSetup.hash(other)))
    }
  }

  @Test func `the whole text is saved as typed, with errors too, and they are shown`() async throws
  {
    let setup = try PartSetup()
    let typed = "breakeven: 1\r\nname: Shop # mine\r\nnonsense: 3\r\n"
    try await setup.test { client in
      let response = try await post(
        client, setup, "/plan/file/text",
        ["text": typed, "hash": PartSetup.hash(setup.file.text)])
      #expect(response.status == .seeOther)
      #expect(setup.file.text == "breakeven: 1\nname: Shop # mine\nnonsense: 3\n")
      let page = try await client.execute(
        uri: "/plan/file", method: .get, headers: setup.reader().headers)
      #expect(page.text.contains("<li id=\"L3\">"))
      #expect(page.text.contains("nonsense: is not a field of the plan"))
      let team = try await client.execute(
        uri: "/plan/team", method: .get, headers: setup.reader().headers)
      #expect(team.text.contains("nonsense"))
    }
  }

  @Test(arguments: ["/plan/file/text", "/plan/file/value"])
  func `nothing is changed without the session's token`(address: String) async throws {
    let setup = try PartSetup()
    let before = setup.file.text
    try await setup.test { client in
      let fields = [
        "path": Self.path, "value": "1 to 2 %/month", "text": "x",
        "hash": PartSetup.hash(before),
      ]
      for token in ["", "wrong"] {
        let response = try await post(client, setup, address, fields, token: token)
        #expect(response.status == .forbidden)
      }
      let stranger = try await client.execute(
        uri: address, method: .post, body: PartSetup.form(fields))
      #expect(stranger.status == .seeOther)
      #expect(stranger.headers[.location]?.hasPrefix("/signin") == true)
      var foreign = setup.reader()
      foreign.headers[.fetchSite] = "cross-site"
      var signed = fields
      signed["form_token"] = foreign.token
      let forged = try await client.execute(
        uri: address, method: .post, headers: foreign.headers, body: PartSetup.form(signed))
      #expect(forged.status == .forbidden)
    }
    #expect(setup.file.text == before)
  }

  @Test func `a form beyond its bound is refused, a plan beyond its bound is kept`() async throws {
    let setup = try PartSetup()
    let before = setup.file.text
    try await setup.test { client in
      let hash = PartSetup.hash(before)
      let beyond = try await post(
        client, setup, "/plan/file/text",
        ["text": String(repeating: "a", count: PlanPages.largestForm), "hash": hash])
      #expect(beyond.status == .contentTooLarge)
      let large = String(repeating: "b", count: PlanPages.largestText + 1)
      let kept = try await post(client, setup, "/plan/file/text", ["text": large, "hash": hash])
      #expect(kept.status == .unprocessableContent)
      #expect(kept.text.contains(large))
    }
    #expect(setup.file.text == before)
  }

  // MARK: Report

  @Test func `the report is shown alone in a sandbox or saved under its name`() async throws {
    let setup = try PartSetup(reports: { format, language in
      ReportFile(
        bytes: Array("\(format.rawValue) \(language.rawValue)".utf8),
        type: format == .html ? "text/html; charset=utf-8" : "application/\(format.rawValue)",
        name: "知答.\(format.rawValue)")
    })
    try await setup.test { client in
      let headers = setup.reader("zh-CN").headers
      let page = try await client.execute(uri: "/plan/report", method: .get, headers: headers)
      for format in ReportFormat.allCases {
        #expect(page.text.contains("/plan/report/\(format.rawValue)?"), "\(format)")
      }
      let shown = try await client.execute(
        uri: "/plan/report/html?language=en", method: .get, headers: headers)
      #expect(shown.text == "html en")
      let policy = try #require(shown.headers[.contentSecurityPolicy])
      #expect(policy.contains("sandbox") && policy.contains("style-src 'unsafe-inline'"))
      #expect(!policy.contains("script-src") && policy.contains("default-src 'none'"))
      #expect(shown.headers[.contentDisposition]?.hasPrefix("inline") == true)
      let saved = try await client.execute(
        uri: "/plan/report/pdf?download=1", method: .get, headers: headers)
      #expect(saved.text == "pdf zh-Hans")
      #expect(
        saved.headers[.contentDisposition]
          == "attachment; filename=\"business-plan.pdf\"; filename*=UTF-8''%E7%9F%A5%E7%AD%94.pdf")
      let unknown = try await client.execute(
        uri: "/plan/report/exe", method: .get, headers: headers)
      #expect(unknown.status == .notFound)
      let stranger = try await client.execute(uri: "/plan/report/pdf", method: .get)
      #expect(stranger.status == .seeOther)
    }
  }

  @Test func `where no report can be made the page says the command`() async throws {
    let setup = try PartSetup()
    try await setup.test { client in
      let page = try await client.execute(
        uri: "/plan/report", method: .get, headers: setup.reader().headers)
      #expect(page.text.contains("breakeven plan report"))
      #expect(!page.text.contains("/plan/report/pdf"))
    }
  }
}
