/// The books. `Ledger` says what a journal is: exact money, the chart of accounts, balanced
/// transactions, the hash chain over their entries, and how a machine's seconds become its cost.
/// It knows neither HTTP nor SQL nor models: storage is declared by `Billing` and kept by `Store`.
///
/// Start at `Money`, then `Transaction` (law 1: every transaction sums to zero in each currency),
/// then `HashChain` (an edit shows) and `MachineRate` (law 5: the clock balances).
package enum Ledger {
  /// Version of the canonical form that `HashChain` hashes; a change of form is a new version.
  package static let canonicalVersion = 1
}
