extension CompiledGrammar {
  /// Any JSON object, as `response_format: json_object` asks for.
  package static var json: CompiledGrammar {
    get throws(GrammarError) { try json(whitespace: .flexible) }
  }

  package static func json(
    whitespace: Whitespace
  ) throws(GrammarError) -> CompiledGrammar {
    var json = JSONGrammar(whitespace: whitespace)
    let root = try json.rules.declare("#")
    json.rules.define(root, try json.object())
    json.rules.root = root
    return try CompiledGrammar(rules: json.rules, keyTracking: .everywhere)
  }

  /// A JSON value that fits a schema.
  ///
  /// - Parameter schema: the schema's JSON text.
  /// - Throws: `GrammarError` with the JSON pointer of the part at fault.
  package convenience init(
    schema: String, whitespace: Whitespace = .flexible
  ) throws(GrammarError) {
    var compiler = SchemaCompiler(try SchemaDocument(schema), whitespace: whitespace)
    let rules = try compiler.rules()
    try self.init(rules: rules, keyTracking: compiler.hasFreeKeys ? .everywhere : .none)
  }
}
