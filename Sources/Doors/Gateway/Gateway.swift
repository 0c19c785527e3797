/// # Gateway
///
/// The service's front door: OpenAI's and Anthropic's routes over HTTP. It recognises the caller's
/// key, asks `Billing` to admit the request (which holds its worst case against credit), runs it on the
/// own engine (`LocalModel`) or on an upstream service, and settles it with `Billing` before the
/// answer's last byte, so that an answer that was read whole is on the books.
///
/// Each API is a `Dialect`. Its reader (`MessagesReader`, `ResponsesReader`) rewrites the body as the
/// chat that it means, which is also what upstreams speak; its `AnswerWriter` writes the same
/// `AnswerEvent`s in its own form, whoever answered.
///
/// Start at `GatewayService+Completions` (the flow of a request), then `CompletionRequest` (what
/// callers may ask), `LocalRun` and `UpstreamClient` (who answers), and `GatewayServer` (limits on
/// connections). `JSON/` reads and writes bodies without building trees, since the road to an
/// upstream is measured in microseconds.
///
/// ## What a request that did not end well costs
/// - Refused before it ran (any 4xx of ours, a full queue, an upstream that could not be reached or
///   answered with an error status): nothing. Its hold is released.
/// - The caller went away: the generation stops at the next step and the caller pays for the tokens
///   generated until then (`aborted`). The machine's time is booked in full.
/// - The own engine failed: a caller who got nothing pays for no tokens; one who was streaming pays
///   for what was streamed (`failed`). The machine's time is booked in full.
/// - An upstream answered without usage, timed out, or was cut off before reporting usage: unrated
///   (usage unknown), never zero; the owner decides.
/// - The books could not be written at the end: a buffered answer is withheld (503), a stream ends
///   with an error event instead of `[DONE]`; nothing is charged.
package enum Gateway {}
