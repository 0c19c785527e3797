import Inference
import Synchronization

/// How the own engine's model is to call tools in one request.
struct ToolPlan: Sendable {
  let format: ToolCallFormat
  private let offer: ToolOffer

  /// Nil when the model may not call any.
  init?(_ offer: ToolOffer, _ format: ToolCallFormat) {
    guard offer.isActive else { return nil }
    self.offer = offer
    self.format = format
  }

  /// - Throws: 400 naming the part of a function's schema that cannot be kept.
  func grammar(_ cache: GrammarCache) throws(GatewayError) -> CompiledGrammar? {
    try cache.grammar(key) { () throws(GatewayError) in
      do throws(GrammarError) {
        return try ToolGrammar.grammar(
          tools: offer.definitions, choice: choice, parallel: offer.parallel, format: format)
      } catch {
        throw refusal(error)
      }
    }
  }

  private var choice: ToolChoice {
    switch offer.choice {
    case .none: .none
    case .auto: .auto
    case .required: .required
    case .named(let name): .named(name)
    }
  }

  private var key: String {
    var parts = ["tools", "\(format)", "\(offer.choice)", "\(offer.parallel)"]
    for function in offer.functions { parts += [function.name, function.parameters ?? ""] }
    return parts.joined(separator: "\0")
  }

  /// The engine names the tool and the place in its parameters: `tool f: #/properties/a`.
  private func refusal(_ error: GrammarError) -> GatewayError {
    guard let mark = error.place.firstIndex(of: "#"),
      let function = offer.functions.first(where: {
        error.place.hasPrefix("tool \($0.name): ")
      })
    else { return .invalid("tools", "tools: \(error)", code: "invalid_json_schema") }
    return GrammarError(error.code, at: String(error.place[mark...]), error.message)
      .inRequest(at: function.place + ".parameters")
  }
}

/// Names of one answer's calls: in order, so that a replay has the same.
final class CallNames: Sendable {
  private let prefix: String
  private let count = Atomic(0)

  init(_ prefix: String) { self.prefix = prefix }

  func next() -> String { "\(prefix)_\(count.wrappingAdd(1, ordering: .relaxed).oldValue)" }
}
