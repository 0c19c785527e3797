/// The owner's pages: does this business make money, and when will it. Server-rendered in English
/// and 简体中文, behind a sign-in; every figure opens what it is made of, down to the journal.
///
/// It reads only `Billing.BooksReader` and knows neither SQL nor engines: live figures come in as a
/// closure. A request becomes a `Visit`; a page in `Pages` reads the books and computes plain view
/// models with pure functions (`Economics`, `Answer`, `TableView`); Mustache lays them out. Start
/// at `DashboardRoutes`, then `OverviewPage`, `Economics` and `Answer`.
package enum Dashboard {
  /// Bounds of what one page or file reads from the books.
  package static let rowsPerPage = 50
  package static let newestRequests = 8
  package static let csvRows = 200_000
  package static let csvBatch = 1_000
}

/// What the engines do at this moment; injected by the program, which knows them.
package struct LiveFigures: Hashable, Sendable {
  /// Sequences that are being generated.
  package var running: Int
  /// Requests admitted and not yet started.
  package var waiting: Int
  /// Completion tokens of the last second.
  package var tokensPerSecond: Double
  package var requestsPerSecond: Double

  package init(running: Int, waiting: Int, tokensPerSecond: Double, requestsPerSecond: Double) {
    self.running = running
    self.waiting = waiting
    self.tokensPerSecond = tokensPerSecond
    self.requestsPerSecond = requestsPerSecond
  }

  package static let none = LiveFigures(
    running: 0, waiting: 0, tokensPerSecond: 0, requestsPerSecond: 0)
}
