/// Who may call, at what price, and what each call costs and earns. `Billing` holds the price book,
/// customers and keys, admission against credit, rating, and the entries that each event posts.
///
/// It declares the storage it needs (`BillingStore` for what changes the books, `BooksReader` for
/// what only reads them); only `Store` knows SQL. Start at `Admission` (step 2 of a request), then
/// `Settlement` and `Posting` (steps 5 and 6), then `BreakEven`.
package enum Billing {
  /// How long an `Idempotency-Key` is honoured.
  package static let idempotencySeconds: Int64 = 24 * 3600
}
