/// # Bench
///
/// The arithmetic of a load test: what is asked (`PromptText`, `TokenLengths`, `Arrivals`), what a
/// request did (`RequestRecord`), and what a level of load was (`LevelReport`), down to the cost
/// of a million tokens. It sends nothing and reads no clock: `breakeven bench` does.
///
/// ## Definitions
/// - **TTFT**: from the request being sent to its first piece of content.
/// - **ITL**: between two pieces of content that follow each other.
/// - **TPOT**: (last piece − first piece) ÷ (completion tokens − 1), one figure a request.
/// - **E2E**: from the request being sent to the end of its answer.
/// - **Tokens** are those of the answer's `usage`; without it a piece of content counts as one.
/// - A level's **duration** is from its first request sent to its last answer ended.
/// - **Goodput**: requests a second that met every bound; **attainment**: their share of all.
/// - Percentiles are interpolated linearly between order statistics (as NumPy's default).
///
/// Start at `LevelReport`.
package enum Bench {
  /// The most requests of one round.
  package static let maximumRequests = 100_000
  /// The most requests under way at once.
  package static let maximumConcurrency = 4096
  /// The most tokens asked for in a prompt or an answer.
  package static let maximumTokens = 1_000_000
}
