/// # Inference
///
/// Turns a loaded model into answers, and time into a bill of seconds.
/// `LoadedModel` holds weights, tokenizer and chat template. `Engine` runs one thread that steps a
/// batch of sequences through the model: `Scheduler` (a synchronous state machine) decides which
/// tokens each step computes and which KV pages hold them (`PagePool`, with a prefix cache),
/// `Sampler` picks each next token, `TextAssembler` turns tokens into text and finds stop strings,
/// and `CostClock` shares every step's wall time among the requests in it, in whole nanoseconds,
/// so that shares + idle time = elapsed time, exactly. It knows neither HTTP nor money: it reports
/// seconds, never prices.
///
/// A request may bind its answer to a grammar (`CompiledGrammar`: a JSON Schema, any JSON object, a
/// GBNF text, or calls of tools by `ToolGrammar`): then `Sampler` picks only among the tokens that
/// its `GrammarMatcher` allows.
///
/// Start at `Engine.submit(_:)`, then `EngineCore.step()`, then `Scheduler.schedule()`.
package enum Inference {
  /// The most alternatives a request may ask for beside each token.
  package static let maximumTopLogprobs = 20
  /// The most tokens a request may bias.
  package static let maximumLogitBiases = 1024
  /// The most stop strings of a request, and the most bytes of one.
  package static let maximumStopStrings = 16
  package static let maximumStopBytes = 256
}
