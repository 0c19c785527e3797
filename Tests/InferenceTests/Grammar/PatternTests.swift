import Foundation
import Testing

@testable import Inference

struct PatternTests {
  private func string(_ text: String) -> String {
    String(decoding: JSONGrammar.literal(text), as: UTF8.self)
  }

  @Test(arguments: [
    "^abc$", "abc", "^a", "b$", "a|b", "^(a|bc)+$", "^a{2,3}$", "^a{2,}b?$", "[^a-c]", "^[a\\-z]$",
    "^\\d+\\.\\d{2}$", "^\\w*$", "^.$", "^(?:x|y)z$", "^a*?b$", "\\$", "^[\\]\\[]$", "^$",
    "^\\x41\\u0042$", "^(?<year>[0-9]{4})$", "^a|^b$|c", "^[^\\s\"\\\\]+$",
  ])
  func `a pattern fits what a regular expression engine finds`(pattern: String) throws {
    let escaped = string(pattern)
    let grammar = try CompiledGrammar(schema: #"{"type":"string","pattern":\#(escaped)}"#)
    let expression = try NSRegularExpression(pattern: pattern)
    var random = SplitMix(seed: 9)
    let alphabet = Array("abcxyz01.-$[]AB \"\\_2")
    var texts = ["", "abc", "a", "bb", "1.25", "2024", "AB", "$", "xz", "aaab", "c", "]"]
    for _ in 0..<300 {
      texts.append(
        String(
          (0..<Int.random(in: 0...5, using: &random)).map { _ in
            alphabet.randomElement(using: &random) ?? "a"
          }))
    }
    for text in texts {
      let found = expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text))
      #expect(grammar.accepts(string(text)) == (found != nil), "\(pattern) \(text)")
    }
  }

  @Test func `control characters are escaped in one way`() throws {
    let grammar = try CompiledGrammar(schema: #"{"type":"string","pattern":"^[\\n\\x01\\/]$"}"#)
    #expect(grammar.accepts(#""\n""#) && grammar.accepts(#""\u0001""#) && grammar.accepts("\"/\""))
    #expect(!grammar.accepts("\"\n\"") && !grammar.accepts(#""\u000a""#))
  }

  @Test func `formats`() throws {
    let cases: [(String, fits: [String], not: [String])] = [
      (
        "date", ["2024-02-29", "2000-02-29", "1999-12-31"],
        ["2023-02-29", "1900-02-29", "2024-13-01", "2024-04-31", "0000-01-01", "24-1-1"]
      ),
      ("time", ["23:59:59Z", "00:00:00.5+02:30"], ["24:00:00Z", "12:00Z", "12:60:00Z"]),
      ("date-time", ["2024-02-29T12:00:00Z"], ["2024-02-29 12:00:00Z", "2024-02-29"]),
      ("uuid", ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567e89b12d3a456426614174000"]),
      ("ipv4", ["0.0.0.0", "255.249.99.1"], ["256.1.1.1", "1.1.1", "01.1.1.1"]),
      ("ipv6", ["2001:db8:0:0:0:0:0:1"], ["1:2"]),
      ("email", ["a.b+c@example.com"], ["a@b", "@example.com", "a..b@example.com"]),
      ("hostname", ["a-b.example.com"], ["-a.com", "a-.com"]),
      ("duration", ["P1Y2M3D", "PT5M", "P3DT4H", "P2W"], ["P", "PT", "1D", "P1YT"]),
      ("uri", ["https://example.com/a/b?c=d"], ["example.com", "https://"]),
    ]
    for (format, fits, not) in cases {
      let grammar = try CompiledGrammar(schema: #"{"type":"string","format":"\#(format)"}"#)
      for text in fits { #expect(grammar.accepts(string(text)), "\(format) \(text)") }
      for text in not { #expect(!grammar.accepts(string(text)), "\(format) \(text)") }
    }
    #expect(cases.count == StringFormat.patterns.count)
  }
}
