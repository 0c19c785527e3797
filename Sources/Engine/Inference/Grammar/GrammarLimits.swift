/// The bounds of a grammar: each refuses a text before it costs memory or time.
enum GrammarLimits {
  /// Of a schema or GBNF text. OpenAI's own limit on a schema's strings is 120,000 characters.
  static let sourceBytes = 512 << 10
  /// Nested values of a schema's JSON, groups of a GBNF text or of a pattern.
  static let sourceDepth = 128
  static let rules = 1 << 16
  static let nodes = 1 << 18
  static let edges = 1 << 20
  /// Of a repetition such as `{m,n}`, `maxLength` or `maxItems`.
  static let repetitions = 1 << 16
  /// Calls that are open at once while text is matched: one or two a level of a JSON text. Parsers
  /// with a limit read 512 levels (Foundation) or some 1,000 (Python).
  static let stackDepth = 500
  /// Configurations and stacks looked at for one mask or one token.
  static let work = 4_000_000
  /// States, and stacks in them, after which an automaton is left for a new one.
  static let states = 1 << 14
  static let stacks = 1 << 21
  /// Of the masks that a grammar keeps.
  static let maskBytes = 16 << 20
}
