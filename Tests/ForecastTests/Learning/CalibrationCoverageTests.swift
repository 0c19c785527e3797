import Foundation
import Testing

@testable import Forecast

/// Law: a calibration whose model is right is honest.
@Suite struct CalibrationCoverageTests {
  /// How often each driver's 90% interval held the truth.
  private static func coverage(
    _ venture: SyntheticVenture, ventures: Int, months: Int
  ) async throws -> [String: Int] {
    var options = Calibration.Options()
    options.widening = 1
    options.discount = 1
    options.processDegrees = nil
    let fixed = options
    let model = venture.model()
    let key = RandomStream.Key(seed: 7, name: "coverage")
    return try await withThrowingTaskGroup(of: [String: Int].self) { group in
      for part in 0..<2 {
        group.addTask {
          var hits: [String: Int] = [:]
          for index in stride(from: part, to: ventures, by: 2) {
            // Each with particles of its own: the same ones would err alike everywhere.
            var options = fixed
            options.seed = UInt64(index)
            var random = RandomStream(key, path: index, index: 0)
            let truth = venture.truth(&random)
            let ledger = venture.ledger(truth, months: months, &random)
            let result = try Calibration.run(model: model, actuals: ledger, options: options)
            for (name, value) in zip(venture.names, truth) {
              guard let driver = result.drivers.first(where: { $0.slot == name }) else { continue }
              let interval = driver.posterior
              hits[name, default: 0] += interval.low <= value && value <= interval.high ? 1 : 0
            }
          }
          return hits
        }
      }
      return try await group.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    }
  }

  @Test func intervalsOf90PercentHoldTheTruthIn88To92PercentOf2000Ventures() async throws {
    let hits = try await Self.coverage(.plain, ventures: 2_000, months: 12)
    for name in SyntheticVenture.names {
      let share = Double(hits[name] ?? 0) / 2_000
      #expect((0.88...0.92).contains(share), "\(name): \(share)")
    }
  }

  @Test func aFewUnlikeCustomersAreNotLearntByWatchingThemLong() async throws {
    var venture = SyntheticVenture.plain
    venture.usageSpread = 1
    venture.spend = 900
    let hits = try await Self.coverage(venture, ventures: 600, months: 12)
    let share = Double(hits["tokens"] ?? 0) / 600
    #expect((0.86...0.94).contains(share), "\(share)")
  }

  @Test func particlesAreHonestWhereThreeDriversShareTheirData() async throws {
    let hits = try await Self.coverage(.funnel, ventures: 2_000, months: 12)
    for name in ["click", "visit", "close"] {
      let share = Double(hits[name] ?? 0) / 2_000
      #expect((0.88...0.92).contains(share), "\(name): \(share)")
    }
  }
}
