package import Billing
package import Ledger

extension Actuals {
  /// At most ten years of months are read.
  package static let largestMonths = 120
  /// Id, name or plan of the customer through whom the house uses its own model: what that costs is in
  /// the costs, and nobody was won by it.
  package static let internalCustomer = "advisor"

  /// Reads the books month by month.
  ///
  /// A customer belongs to the segment that its plan names: by the segment's id, else by a stream's
  /// offer that a segment is charged by, else to the first segment. It is new in the month of its
  /// first usage or revenue, active until the last one, and lost in the first whole month after that;
  /// a gap between is no loss. Who was created a month or more before the first boundary and is
  /// active in the first month was there already, aged by its creation.
  ///
  /// - Parameters:
  ///   - boundaries: starts of the months in the books' time zone, and the end of the last:
  ///     ascending, one more than there are months.
  ///   - first: the month that starts at `boundaries[0]`.
  ///   - through: nothing later is counted; the month it falls into counts by its share.
  /// - Throws: `invalid` for boundaries that do not ascend or are too many, `noData` when `through`
  ///   is before the first; and what the books throw.
  package static func read(
    books: any BooksReader, model: Model, first: Month, boundaries: [Timestamp],
    conversion: Conversion, through: Timestamp
  ) async throws -> Actuals {
    try check(boundaries, through)
    let position = try await books.position()
    let balances = try await books.customers()
    var ledger = ActualsLedger(model: model, conversion: conversion)
    for balance in balances { ledger.place(balance.customer, boundaries) }
    try await ledger.open(books, boundaries[0])
    for index in 0..<(boundaries.count - 1) where boundaries[index] < through {
      let (from, to) = (boundaries[index], min(boundaries[index + 1], through))
      let share =
        Double(to.nanoseconds - from.nanoseconds)
        / Double(boundaries[index + 1].nanoseconds - from.nanoseconds)
      try await ledger.addMonth(books, first.advanced(by: index), share, from, to)
    }
    return Actuals(
      currency: conversion.target, months: ledger.finish(), position: position,
      unconverted: ledger.unconverted.sorted(), hasCapital: ledger.hasCapital)
  }

  /// Starts of `count` months from `first`, and the end of the last, in a zone `offsetSeconds` east
  /// of Greenwich the whole year.
  package static func boundaries(
    from first: Month, count: Int, offsetSeconds: Int64
  ) -> [Timestamp] {
    (0...max(0, count)).map { step in
      let month = first.advanced(by: step)
      let start = CalendarDate(year: month.year, month: month.month, day: 1)
      return Timestamp(seconds: Int64(start.number) * 86_400 - offsetSeconds)
    }
  }

  private static func check(
    _ boundaries: [Timestamp], _ through: Timestamp
  ) throws(ForecastError) {
    guard boundaries.count >= 2, boundaries.count - 1 <= largestMonths else {
      throw ForecastError(
        .invalid, "actuals: give the starts of 1 to \(largestMonths) months and the last one's end")
    }
    guard zip(boundaries, boundaries.dropFirst()).allSatisfy(<) else {
      throw ForecastError(.invalid, "actuals: the months' starts must ascend")
    }
    guard boundaries[0] < through else {
      throw ForecastError(
        .noData, "actuals: nothing has been booked yet: the first month begins after the time asked"
      )
    }
  }
}
