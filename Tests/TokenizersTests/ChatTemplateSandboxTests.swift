import Foundation
import Synchronization
import Testing

@testable import Tokenizers

@Suite struct ChatTemplateSandboxTests {
  private static func nested(
    _ open: String, _ inner: String, _ close: String, _ count: Int
  )
    -> String
  {
    String(repeating: open, count: count) + inner + String(repeating: close, count: count)
  }

  /// A loop that puts `step` into `ns.s` again and again.
  private static func growing(
    _ start: String, _ step: String, turns: Int = 99, then end: String = ""
  ) -> String {
    "{% set ns = namespace(s=\(start)) %}{% for i in range(\(turns)) %}"
      + "{% set ns.s = \(step) %}{% endfor %}\(end)"
  }

  static let hostile: [String] = [
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
    "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}",
    "{{ range(10**12)|list }}",
    "{{ range(-9223372036854775807, 9223372036854775807)|list }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "{{ 'a' * 10**9 }}",
    "{{ 'a' * 9223372036854775807 }}",
    "{{ [1] * 10**9 }}",
    growing("'ab'", "ns.s + ns.s"),
    growing("'ab'", "ns.s ~ ns.s"),
    growing("[1]", "ns.s + ns.s"),
    growing("'a'", "ns.s|replace('a', 'aaaaaaaaaaaa')"),
    growing("'a'", "ns.s.join([ns.s, ns.s, ns.s])"),
    growing("'a'", "ns.s|tojson|tojson"),
    growing("'a\n'", "(ns.s * 9)|indent(200)"),
    growing("'a'", "'%s%s' % (ns.s, ns.s)"),
    growing("'a'", "'{0}{0}'.format(ns.s)"),
    growing("1", "[ns.s, ns.s]", turns: 50, then: "{{ ns.s }}"),
    growing("1", "[ns.s, ns.s]", turns: 50, then: "{{ ns.s|tojson(indent=4) }}"),
    "{% set ns = namespace(s=1, t=1) %}{% for i in range(50) %}{% set ns.s = [ns.s, ns.s] %}"
      + "{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.s == ns.t }}",
    growing("1", "[ns.s]", turns: 99999),
    growing("1", "{'a': ns.s}", turns: 99999),
    "{% for i in range(99999) %}{{ 'x' * 1000 }}{% endfor %}",
    "{% for i in range(99999) %}{% if ('a' * 1000000) in ('b' * 1000000) %}{% endif %}{% endfor %}",
    "{% for i in range(99999) %}{{ ('ab' * 1000000).split('b')|length }}{% endfor %}",
    "{{ '\\n' * 99999 | indent(256) | indent(256) }}{{ ('\\n' * 999999) | indent(256) }}",
    "{% set k = 'a' * 9999999 %}{% for i in range(99999) %}{{ {k: 1}[k] }}{% endfor %}",
    "{% set k = 'a' * 9999999 %}{% for i in range(99999) %}{{ k in {} }}{% endfor %}",
    "{% set k = 'a' * 9999999 %}{% for i in range(99999) %}{{ {}.get(k) }}{% endfor %}",
    "{{ " + nested("a", "", "", 300) + " }}",
    "{{ 9223372036854775807 + 1 }}",
    "{{ -9223372036854775807 - 2 }}",
    "{{ (-9223372036854775807 - 1) // -1 }}",
    "{{ (-9223372036854775807 - 1) * -1 }}",
    "{{ (-9223372036854775807 - 1)|abs }}",
    "{{ 10 ** 100 }}",
    "{{ 99999999999999999999 }}",
    nested("{% if 1 %}", "x", "{% endif %}", 5_000),
    nested("{% for a in [1] %}", "x", "{% endfor %}", 5_000),
    "{{ " + nested("(", "1", ")", 100_000) + " }}",
    "{{ " + nested("[", "1", "]", 100_000) + " }}",
    "{{ " + nested("{1:", "1", "}", 100_000) + " }}",
    "{{ " + nested("a(", "1", ")", 100_000) + " }}",
    "{{ " + nested("a[", "1", "]", 100_000) + " }}",
    "{{ " + nested("1 if 1 else ", "1", "", 50_000) + " }}",
    "{{ " + nested("not ", "1", "", 100_000) + " }}",
    "{{ " + nested("-", "1", "", 100_000) + " }}",
    "{{ " + nested("1 + ", "1", "", 100_000) + " }}",
    "{{ 1" + nested("|abs", "", "", 100_000) + " }}",
    "{{ a" + nested(".b", "", "", 100_000) + " }}",
    "{{ 1" + nested(" is eq 1", "", "", 100_000) + " }}",
    "{% set " + nested("(", "x", ")", 100_000) + " = 1 %}",
    String(repeating: "{{", count: 1 << 19),
    String(repeating: "{%", count: 1 << 19),
    String(repeating: "{#", count: 1 << 19),
    String(repeating: "{% raw %}", count: 100_000),
    String(repeating: "a", count: (1 << 20) + 1),
  ]

  @Test("A hostile template ends in an error", arguments: hostile.indices)
  func ends(index: Int) {
    // A tenth of the default steps: the bounds are the same and a debug build stays quick.
    var limits = ChatTemplate.Limits.default
    limits.maximumSteps = 400_000
    #expect(throws: ChatTemplateError.self, "\(Self.hostile[index].prefix(120))") {
      try ChatTemplateFixture.render(Self.hostile[index], limits: limits)
    }
  }

  /// Debug builds have the largest frames, and a thread of 1 MB is the smallest that serves.
  @Test("The deepest recursion that the bounds allow fits a small stack")
  func smallStack() throws {
    let outcomes = Mutex<[Bool]>([])
    let done = DispatchSemaphore(value: 0)
    let deepest = [
      "{% macro m() %}{% for i in [1] %}{% if i %}{{ [(m() ~ '')|upper][0]|trim if 1 else 2 }}"
        + "{% endif %}{% endfor %}{% endmacro %}{{ m() }}",
      "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}",
      "{{ " + Self.nested("(", "1", ")", 100) + " }}",
      "{{ " + Self.nested("[", "1", "]", 45) + " }}",
      "{{ " + Self.nested("x(a=", "1", ")", 45) + " }}",
      "{{ " + Self.nested("1 + ", "1", "", 98) + " }}",
      Self.nested("{% if 1 %}{% for a in [1] %}", "x", "{% endfor %}{% endif %}", 23),
    ]
    let thread = Thread {
      for source in deepest {
        _ = try? ChatTemplateFixture.render(source)
        outcomes.withLock { $0.append(true) }
      }
      done.signal()
    }
    thread.stackSize = 1 << 20
    thread.start()
    #expect(done.wait(timeout: .now() + 60) == .success)
    #expect(outcomes.withLock { $0.count } == deepest.count)
  }

  @Test("Values that hold themselves are freed")
  func circles() throws {
    weak var namespace: TemplateNamespace?
    do {
      let interpreter = TemplateInterpreter(limits: .default, now: { ChatTemplateFixture.now })
      let made = interpreter.makeNamespace()
      made.attributes[ByteKey(text: "me")] = .namespace(made)
      namespace = made
      #expect(namespace != nil)
    }
    #expect(namespace == nil)
  }

  @Test("A macro chain kept in a namespace is freed without recursion")
  func macroChain() throws {
    let text = try ChatTemplateFixture.render(
      "{% set ns = namespace(f=none) %}{% for i in range(30000) %}{% set old = ns.f %}"
        + "{% macro m() %}{% endmacro %}{% set ns.f = m %}{% endfor %}done")
    #expect(text == "done")
  }

  @Test(
    "Each bound is honoured",
    arguments: [
      ("steps", "{% for i in range(100) %}{% endfor %}"),
      ("output", "{{ 'a' * 60 }}{{ 'a' * 60 }}"),
      ("string", "{{ ('a' * 101)|length }}"), ("depth", "{{ [[[[[[[[[[[[1]]]]]]]]]]]] }}"),
      ("range", "{{ range(51) }}"),
    ])
  func bounds(name: String, source: String) throws {
    _ = try ChatTemplateFixture.render(source)
    var limits = ChatTemplate.Limits.default
    switch name {
    case "steps": limits.maximumSteps = 100
    case "output": limits.maximumOutputBytes = 100
    case "string": limits.maximumStringBytes = 100
    case "depth": limits.maximumDepth = 10
    default: limits.maximumRange = 50
    }
    let error = #expect(throws: ChatTemplateError.self) {
      try ChatTemplateFixture.render(source, limits: limits)
    }
    #expect(error?.code == .limit)
  }
}
