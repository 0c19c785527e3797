/// What someone is to reach, and by which metric. A metric that can be gamed (tickets closed,
/// sign-ups) needs a guard: a second metric that falls when it is.
package struct Objective: Sendable, Hashable, Codable {
  package var id: String
  package var name: String
  package var owner: String
  package var metric: String
  package var target: Double
  /// `2027-06-30`.
  package var date: String
  package var canBeGamed: Bool
  package var guardMetric: String
  /// Share of the owner's bonus that hangs on it, 0...1.
  package var bonus: Double

  /// Paid by a number that can be moved without moving the matter (Goodhart's law).
  package var isUnguarded: Bool { canBeGamed && guardMetric.isEmpty }
}
