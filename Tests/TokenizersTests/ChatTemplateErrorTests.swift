import Testing

@testable import Tokenizers

@Suite struct ChatTemplateErrorTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let source: String
    let code: ChatTemplateError.Code
    let line: Int
    let mentions: String
    var testDescription: String { source }
  }

  @Test(
    "An error says its line, what is wrong and what is supported",
    arguments: [
      Fault(source: "a\n{% unknown %}", code: .unsupported, line: 2, mentions: "macro"),
      Fault(source: "\n\n{{ 'a'|nofilter }}", code: .unsupported, line: 3, mentions: "tojson"),
      Fault(source: "{{ 1 is notest }}", code: .unsupported, line: 1, mentions: "defined"),
      Fault(source: "{% if x %}\n{{ 1 }}", code: .syntax, line: 1, mentions: "endif"),
      Fault(source: "a\n{{ 1 + }}", code: .syntax, line: 2, mentions: "expected an expression"),
      Fault(source: "\n{{ nowhere.x }}", code: .undefined, line: 2, mentions: "'nowhere'"),
      Fault(source: "\n\n{{ {'a': 1}.b.c }}", code: .undefined, line: 3, mentions: "'b'"),
      Fault(source: "{{ 1 + 'a' }}", code: .type, line: 1, mentions: "'~'"),
      Fault(source: "{{ [].append(1) }}", code: .unsupported, line: 1, mentions: "immutable"),
      Fault(source: "x\n{{ raise_exception('no roles') }}", code: .raised, line: 2, mentions: ""),
      Fault(
        source: "{% for x in [1] recursive %}{% endfor %}", code: .unsupported, line: 1,
        mentions: "macro"),
      Fault(source: "{{ strftime_now('%Q') }}", code: .unsupported, line: 1, mentions: "%Y"),
      Fault(source: "{{ range(10 ** 12) }}", code: .limit, line: 1, mentions: "100000"),
      Fault(
        source: "{% set s = 'a'\n %}{# \n #}{{ s.x.y }}", code: .undefined, line: 3,
        mentions: "'x'"),
    ])
  func faults(fault: Fault) throws {
    let error = #expect(throws: ChatTemplateError.self) {
      try ChatTemplateFixture.render(fault.source)
    }
    let found = try #require(error)
    #expect(found.code == fault.code)
    #expect(found.line == fault.line)
    #expect(found.message.contains(fault.mentions) || fault.mentions.isEmpty, "\(found.message)")
    #expect(found.description.contains("line \(fault.line)"))
  }

  @Test("raise_exception gives exactly the template's message")
  func raised() {
    #expect(throws: ChatTemplateError(.raised, "roles must alternate", line: 1)) {
      try ChatTemplateFixture.render("{{ raise_exception('roles must alternate') }}")
    }
  }
}
