import ArgumentParser
import Foundation
import Ledger
import Store

/// `breakeven demo --year`: books of a simulated year, made in seconds, without a model or a port.
struct DemoYear {
  let folder: String
  let months: Int
  let start: String?
  let seed: UInt64

  func run(json: Bool) async throws {
    let zone = Workspace.localZone
    guard let timeZone = TimeZone(identifier: zone) else {
      throw CommandError(
        "the time zone '\(zone)' is not known; set TZ to one such as Asia/Shanghai")
    }
    let calendar = try YearCalendar(
      start: start, months: months, now: SystemTime().now(), zone: timeZone)
    let space = try Workspace.create(
      path: folder, currency: .cny, timeZone: zone, modelFile: nil)
    let clock = YearClock(calendar.boundaries[0])
    let books = try SQLiteBooks(path: space.database, time: clock)
    defer { books.close() }
    var demo = try YearDemo(
      books: books, clock: clock, calendar: calendar, truth: .customerService, seed: seed)
    try await demo.run()
    let file = space.folder.appending(path: "truth.json")
    try write(demo.truth, to: file)
    // The founders' plan of the same venture, as they wrote it before the first month.
    try PlanCommand.New.write(
      to: PlanFolder(path: folder), isExample: true, language: .system, start: calendar.names[0])
    let summary = try await YearSummary(
      workspace: folder, truthFile: file.path, demo: demo, books: books, calendar: calendar)
    if json { try Output.json(summary) } else { try summary.print() }
  }

  private func write(_ truth: YearTruth, to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    do {
      try encoder.encode(truth).write(to: file, options: .atomic)
    } catch {
      throw CommandError("cannot write \(file.path): \(error.localizedDescription)")
    }
  }
}
