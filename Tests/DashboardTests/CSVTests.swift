import Hummingbird
import HummingbirdTesting
import Ledger
import Testing

@testable import Dashboard

@Suite struct CSVTests {
  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
    ("two\r\nlines", "\"two\r\nlines\""),
    ("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("-2+3", "'-2+3"), ("@sum", "'@sum"), ("\tx", "'\tx"),
    ("=a,\"b\"", "\"'=a,\"\"b\"\"\""), ("-12.5", "-12.5"), ("深圳", "深圳"), ("", ""),
  ])
  func `a field cannot break out of its column or start a formula`(text: String, field: String) {
    #expect(CSV.field(text) == field)
  }

  @Test func `the ledger's download holds every entry with its exact amount, and adds up to zero`()
    async throws
  {
    let setup = try Setup(Setup.month())
    let rows = setup.books.change { $0.rows }
    try await setup.test { client in
      let response = try await client.execute(
        uri: "/ledger.csv?range=custom&from=2026-11-01&to=2026-11-30", method: .get,
        headers: setup.signedIn())
      #expect(response.headers[.contentType] == "text/csv; charset=utf-8")
      #expect(
        response.headers[.contentDisposition]?.contains("ledger-2026-11-01-2026-11-30.csv") == true)
      let lines = response.text.split(separator: "\r\n").dropFirst()
      #expect(lines.count == rows.count)
      var sums: [String: Int128] = [:]
      for line in lines {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        let currency = try Currency(String(fields[7]))
        sums[currency.code, default: 0] += try Money(
          parsing: String(fields[8]), currency, field: "amount"
        ).picos
      }
      #expect(sums.values.allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: ["requests", "customers", "models", "statements"])
  func `each download has a header and rows of the same width`(name: String) async throws {
    let setup = try Setup(Setup.month())
    try await setup.test { client in
      let text = try await client.execute(
        uri: "/\(name).csv", method: .get, headers: setup.signedIn()
      ).text
      #expect(text.hasPrefix("\u{FEFF}"))
      let widths = Set(
        text.split(separator: "\r\n").map {
          $0.split(separator: ",", omittingEmptySubsequences: false).count
        })
      #expect(widths.count == 1)
      #expect(text.split(separator: "\r\n").count > 2)
    }
  }
}
