import Foundation
import Testing

@testable import Forecast

/// Bounds on a customer's whole bill.
struct OfferTests {
  private func model(least: Double, most: Double?, spread: Double?) -> Model {
    var model = AnalysisModel.make(months: 12)
    model.streams[0].offer.append(.init(meter: .seats, curve: .perUnit(30)))
    model.streams[0].offerMinimum = least
    model.streams[0].offerMaximum = most
    model.segments[0].usageSpread = spread.map { model.parameters.constant($0, name: "spread") }
    return model
  }

  /// What a customer pays in the first month of a path whose machines serve all.
  private func bills(_ model: Model) throws -> [(bill: Double, mean: Double)] {
    var model = model
    model.fleet.minimum = model.parameters.constant(1000, name: "machines")
    let simulation = try Simulation(model)
    return (0..<20).map { path in
      let trace = simulation.trace(path: path, seed: 5)
      let each = trace["streams.usage.revenue"][0] / trace["streams.usage.quantity"][0]
      return (each, trace.slots[model.segments[0].tokens.index])
    }
  }

  @Test func aBillIsNeverUnderTheMinimumNorOverTheMaximum() throws {
    for (bill, _) in try bills(model(least: 1e7, most: nil, spread: 1.1)) {
      #expect(bill.isApproximately(1e7))
    }
    for (bill, _) in try bills(model(least: 0, most: 31, spread: 1.1)) {
      #expect(bill > 30 && bill <= 31 * (1 + 1e-12))
    }
  }

  @Test func withoutSpreadTheBoundsAreOnTheOneBill() throws {
    for (bill, tokens) in try bills(model(least: 400, most: 900, spread: nil)) {
      #expect(bill.isApproximately(min(max(tokens * 60e-6 + 30, 400), 900), 1e-9))
    }
  }

  @Test func withSpreadTheBillIsTheMeanOfBoundedBills() throws {
    for (bill, tokens) in try bills(model(least: 400, most: 900, spread: 0.7)) {
      var (sum, weights) = (0.0, 0.0)
      for node in -40_000...40_000 {
        let z = Double(node) * 2e-4
        let weight = exp(-z * z / 2)
        let usage = tokens * exp(0.7 * z - 0.245)
        sum += weight * min(max(usage * 60e-6 + 30, 400), 900)
        weights += weight
      }
      #expect(abs(bill - sum / weights) < 1e-3 * bill)
    }
  }

  @Test func boundsThatNeverBindChangeNothing() throws {
    let free = try bills(model(least: 0, most: nil, spread: 0.7))
    let bound = try bills(model(least: 1e-9, most: 1e12, spread: 0.7))
    for (one, other) in zip(free, bound) { #expect(one.bill.isApproximately(other.bill, 1e-6)) }
  }
}
