package import Forecast
package import Ledger

/// One of the team: what they can do, how much of their time there is, and what they cost.
package struct Person: Sendable {
  package var id: String
  package var name: String
  package var role: String
  /// Share of full time, 0...1.
  package var share: Double
  /// Level by capability's id.
  package var levels: [String: Double]
  package var account: Account
  /// Pay a month at full time, before the employer's on-cost.
  package var salary: FieldHandle
  package var onCost: FieldHandle
  package var growth: FieldHandle
}

/// People to be hired: a line of the hiring plan.
package struct PlannedHire: Sendable {
  package var id: String
  package var name: String
  package var account: Account
  package var month: FieldHandle
  package var count: FieldHandle
  /// One more for so many customers, beyond `count`.
  package var customersEach: FieldHandle?
  package var salary: FieldHandle
  package var onCost: FieldHandle
  package var growth: FieldHandle
  package var recruiting: FieldHandle
  package var ramp: FieldHandle
  /// What each of them will bring; they count towards the needs of the stage.
  package var stage: Capability.Stage
  package var levels: [String: Double]
}
