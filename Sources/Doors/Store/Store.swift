/// The books on SQLite. `Store` keeps what `Billing` declares (`BillingStore`, `BooksReader`) in one
/// file that several processes may open: a server, and the command line beside it.
///
/// Start at `SQLiteBooks`; then `GroupCommit` (how many callers share one commit and one disk flush),
/// `Session` (the writer's own view: each operation checks before it writes), `Migrations` (the
/// tables) and `Verification` (every law, checked from the rows alone).
package enum Store {}
