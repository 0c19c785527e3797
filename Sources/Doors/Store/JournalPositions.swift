import Ledger

/// Where a period lies in the journal. Booking dates grow with sequence numbers, so that a period is a
/// range of them, found by halving: about 20 look-ups in a million rows, and no index to keep.
struct JournalPositions {
  let state: BooksState
  private let database: OpaquePointer

  init(_ database: OpaquePointer) throws {
    self.database = database
    let sql = """
      SELECT books_version, catalogue_version, transactions, entries, usages, holds, last_date, head,
        projected_entries, projected_usages FROM state WHERE id = 1
      """
    guard let state = try RawStatement(database, sql).first(BooksState.init(row:)) else {
      throw UnreadableRow(column: 0, value: "no row in state")
    }
    self.state = state
  }

  /// The first entry booked at or after `date`; one past the last when there is none.
  func firstEntry(from date: Int64) throws -> Int64 {
    let statement = try RawStatement(
      database, "SELECT date, first_entry FROM transactions WHERE seq >= ?1 ORDER BY seq LIMIT 1")
    let sequence = try partition(1...state.transactions + 1, statement, date)
    statement.bind(1, sequence)
    return try statement.first { $0.integer(1) } ?? state.entries + 1
  }

  /// The first usage event settled at or after `date`; one past the last when there is none.
  func firstUsage(from date: Int64) throws -> Int64 {
    let statement = try RawStatement(
      database, "SELECT settled FROM usage WHERE seq >= ?1 ORDER BY seq LIMIT 1")
    return try partition(1...state.usages + 1, statement, date)
  }

  /// The smallest sequence number whose date is at least `date`.
  private func partition(
    _ range: ClosedRange<Int64>, _ statement: RawStatement, _ date: Int64
  ) throws -> Int64 {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      statement.bind(1, middle)
      let found = try statement.first { $0.integer(0) } ?? .max
      if found < date { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// A half-open period cut into what the quarter-hour projections hold whole and the edges that only
/// the rows themselves tell.
struct PeriodParts {
  /// Whole quarters of an hour; empty when the period has none.
  let buckets: Range<Int64>
  /// Sequence numbers to read row by row.
  let rows: [Range<Int64>]

  /// - Parameters:
  ///   - projected: the last row that the projection includes.
  ///   - first: the first row at or after an instant.
  init(from: Int64, to: Int64, projected: Int64, first: (Int64) throws -> Int64) throws {
    let start = try first(from)
    let end = try first(to)
    let low = from > 0 ? (from - 1) / Projection.bucket + 1 : 0
    let high = max(0, to) / Projection.bucket
    guard low < high, start < end else {
      buckets = 0..<0
      rows = start < end ? [start..<end] : []
      return
    }
    let (wholeStart, _) = low.multipliedReportingOverflow(by: Projection.bucket)
    let inner = try first(wholeStart)
    let innerEnd = try first(high * Projection.bucket)
    let unprojected = min(max(projected + 1, inner), innerEnd)
    buckets = low..<high
    rows = [start..<inner, unprojected..<end].filter { !$0.isEmpty }
  }
}
