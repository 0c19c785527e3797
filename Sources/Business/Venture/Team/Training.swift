package import Forecast

/// A course for some of the team: what it costs and the level it leads to.
package struct Training: Sendable {
  package var id: String
  package var name: String
  package var people: [String]
  package var capability: String
  /// The level that they have afterwards (never below the one they had).
  package var level: Double
  package var cost: FieldHandle
  package var month: FieldHandle
}
