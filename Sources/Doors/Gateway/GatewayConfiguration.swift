/// The gateway's limits and times. Every one has a default that works.
package struct GatewayConfiguration: Sendable, Equatable {
  /// The name under which the own machine's time is booked.
  package var machine = "local"
  /// The largest request body.
  package var maximumBodyBytes = 4 << 20
  /// Requests that may run at once; those beyond get 503.
  package var maximumRequests = 512
  /// Requests of one customer that may run at once; those beyond get 429.
  package var maximumCustomerRequests = 256
  /// A plan's part of the own engine where customers compete; 1 for plans that are not named.
  package var planWeights: [String: Int] = [:]
  /// How long a request may wait for the own engine before it gets 503; nil: as long as it takes.
  package var maximumQueueSeconds: Int?
  /// Connections that may be open at once; those beyond are answered 503 and closed.
  package var maximumConnections = 1024
  /// From connecting (or the request before) to the end of a request's head.
  package var headerTimeoutSeconds = 20
  /// Between two pieces of a request's body.
  package var bodyTimeoutSeconds = 20
  /// How long a connection may stay open between requests.
  package var keepAliveSeconds = 75
  /// Completions of one request: prompts × `n`.
  package var maximumChoices = 16
  /// Texts of one request for embeddings, as many as OpenAI allows.
  package var maximumEmbeddingInputs = 2048
  /// Completion tokens of a choice from an upstream when the caller names no limit.
  package var defaultUpstreamOutput = 4096
  /// The most completion tokens of a choice that may be asked of an upstream.
  package var maximumUpstreamOutput = 131_072
  package var upstreamConnectSeconds = 5
  /// Without a byte from the upstream.
  package var upstreamIdleSeconds = 120
  /// How long an upstream's stream may go on for a caller who has left: long enough to learn the
  /// usage of an answer that was as good as done, so that leaving just before the end does not make
  /// it free.
  package var upstreamLingerSeconds = 2
  /// The largest buffered answer taken from an upstream.
  package var maximumUpstreamBytes = 32 << 20
  /// Connections kept to each upstream on each event loop.
  package var upstreamConnections = 64
  /// After this long an unsettled hold lapses.
  package var holdSeconds: Int64 = 3600
  /// How long running requests may go on after shutdown was asked for.
  package var drainSeconds = 20
  /// How often lapsed holds are swept and the machine's clock is closed.
  package var sweepSeconds = 30
  package var clockSeconds = 5
  /// The largest answer kept for an `Idempotency-Key`.
  package var maximumStoredResponseBytes = 8 << 20

  package init() {}
}
