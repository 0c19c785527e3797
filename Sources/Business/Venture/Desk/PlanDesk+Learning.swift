import Billing
package import Forecast
import Ledger

extension PlanDesk {
  /// What the ledger says since the plan's start, month by month.
  ///
  /// - Throws: `noLedger` without books; `ForecastError.noData` before the plan's first month.
  package func actuals() async throws -> Actuals {
    let (plan, hash) = try plan()
    guard let books = access.books else {
      throw DeskError(
        .noLedger,
        "there is no ledger beside the plan; make a workspace here with 'breakeven init', or a simulated year with 'breakeven demo --year'"
      )
    }
    let position = try await books.position()
    let now = try await known(books, now: access.now())
    // A minute's resolution keeps a live page from reading the whole year at each request.
    let key = "actuals|\(hash)|\(position)|\(now.seconds / 60)"
    if let known: Actuals = recall(key) { return known }
    let first = plan.start
    let count = try Self.months(from: first, to: now, offset: access.offsetSeconds)
    let actuals = try await Actuals.read(
      books: books, model: plan.model(), first: first,
      boundaries: Actuals.boundaries(
        from: first, count: count, offsetSeconds: access.offsetSeconds),
      conversion: conversion(for: plan), through: now)
    keep(key, actuals)
    return actuals
  }

  /// The workspace's exchange rates; where they say nothing, the plan's own.
  private func conversion(for plan: Plan) -> Conversion {
    let books = access.conversion(plan.currency)
    let exchange = plan.exchange
    let target = plan.currency
    return Conversion(target: target) { amount, _ in
      if let known = books(amount) { return known }
      guard let rate = exchange[amount.currency.code] else { return nil }
      // Millionths are finer than anybody quotes a rate.
      let millionths = Int128((rate * 1_000_000).rounded())
      return Money(
        picos: divide(amount.picos * millionths, by: 1_000_000, rounding: .halfEven), target)
    }
  }

  /// Until when the books tell: a ledger that stands still says nothing of the time after its last
  /// booking, and nobody is lost for that.
  private func known(_ books: any BooksReader, now: Timestamp) async throws -> Timestamp {
    var newest = UsageFilter()
    newest.limit = 1
    let settled = try await books.usageEvents(newest).first?.settled
    let closed = try await books.machines().map(\.closed).max()
    let last = min(now, [settled, closed].compactMap { $0 }.max() ?? now)
    // A month whose last day has bookings, and that is over, is whole.
    let day = last.advanced(bySeconds: 86_400)
    return Self.monthEnd(in: last...day, offset: access.offsetSeconds).map { min($0, now) } ?? last
  }

  /// The first instant of a month within the range, its start left out.
  private static func monthEnd(
    in range: ClosedRange<Timestamp>, offset: Int64
  ) -> Timestamp? {
    let date = CalendarDate(number: Int((range.lowerBound.seconds + offset) / 86_400)).parts
    let month = Month(year: date.0, month: date.1)
    let next = Actuals.boundaries(from: month.advanced(by: 1), count: 1, offsetSeconds: offset)[0]
    return next <= range.upperBound ? next : nil
  }

  private static func months(from first: Month, to now: Timestamp, offset: Int64) throws -> Int {
    var count = 1
    while count < Actuals.largestMonths,
      Actuals.boundaries(from: first, count: count, offsetSeconds: offset).last! < now
    { count += 1 }
    return count
  }

  /// The drivers moved by the ledger.
  package func calibration(scenario: String? = nil) async throws -> CalibrationResult {
    let (plan, hash) = try plan()
    let model = try scenario.map { try plan.model(scenario: $0) } ?? plan.model()
    return try await learn(model: model, key: "\(hash)|\(scenario ?? "")")
  }

  func learn(model: Model, key: String) async throws -> CalibrationResult {
    let actuals = try await actuals()
    var options = Calibration.Options()
    options.widening = try await founder().factor
    let last = actuals.months.last?.observedShare ?? 0
    let name = "learn|\(key)|\(actuals.position)|\(last)|\(options.widening)"
    return try await once(name) { [options] in
      try Calibration.run(model: model, actuals: actuals, options: options)
    }
  }

  /// How far the plan's own intervals were off: from forecasts frozen without a ledger, the first of
  /// each version of the plan, as far as they can be scored.
  package func founder() async throws -> EstimatorRecord {
    var record = EstimatorRecord()
    guard let store = access.forecasts else { return record }
    let actuals = try await actuals()
    var seen: Set<String> = []
    for frozen in try await store.list().reversed()
    where frozen.position == 0 && seen.insert(frozen.planHash).inserted {
      guard let card = try? Scorecard(frozen, actuals: actuals) else { continue }
      record.record(card)
    }
    return record
  }
}
