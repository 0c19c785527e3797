import Inference
import Synchronization

/// The grammars of the last formats that were asked for: what one request learns about a grammar
/// serves the next.
final class GrammarCache: Sendable {
  private static let capacity = 128
  /// Longer sources are compiled for each request.
  private static let maximumBytes = 64 << 10

  private struct State {
    var grammars: [String: (grammar: CompiledGrammar, used: UInt64)] = [:]
    var clock: UInt64 = 0
  }
  private let state = Mutex(State())

  /// The grammar of an answer's form; nil for free text.
  ///
  /// - Throws: 400 naming the part of the schema at fault as the caller would reach it.
  func grammar(_ format: OutputFormat) throws(GatewayError) -> CompiledGrammar? {
    guard let key = format.key else { return nil }
    return try grammar(key) { () throws(GatewayError) in try Self.compile(format) }
  }

  /// - Parameters:
  ///   - key: all that the grammar is made from.
  ///   - make: gives nil where the answer is free.
  func grammar(
    _ key: String, _ make: () throws(GatewayError) -> CompiledGrammar?
  ) throws(GatewayError) -> CompiledGrammar? {
    if let known = known(key) { return known }
    guard let grammar = try make() else { return nil }
    if key.utf8.count <= Self.maximumBytes { keep(grammar, key) }
    return grammar
  }

  private func known(_ key: String) -> CompiledGrammar? {
    state.withLock { state in
      state.clock += 1
      state.grammars[key]?.used = state.clock
      return state.grammars[key]?.grammar
    }
  }

  private func keep(_ grammar: CompiledGrammar, _ key: String) {
    state.withLock { state in
      if state.grammars.count >= Self.capacity,
        let oldest = state.grammars.min(by: { $0.value.used < $1.value.used })
      {
        state.grammars[oldest.key] = nil
      }
      state.grammars[key] = (grammar, state.clock)
    }
  }

  private static func compile(_ format: OutputFormat) throws(GatewayError) -> CompiledGrammar {
    do throws(GrammarError) {
      switch format {
      case .text, .json: return try .json
      case .schema(let text, _): return try CompiledGrammar(schema: text)
      case .grammar(let text): return try CompiledGrammar(gbnf: text)
      }
    } catch {
      guard case .schema(_, let place) = format else {
        throw .invalid("grammar", "grammar: \(error)", code: "invalid_grammar")
      }
      throw error.inRequest(at: place)
    }
  }
}

extension GrammarError {
  /// The error with its place as the caller would reach it, below the schema's own.
  func inRequest(at schema: String) -> GatewayError {
    let steps = place.split(separator: "/").dropFirst().map { step in
      String(step).replacing("~1", with: "/").replacing("~0", with: "~")
    }
    let param = ([schema] + steps).joined(separator: ".")
    return .invalid(param, "\(param): \(message)", code: "invalid_json_schema")
  }
}
