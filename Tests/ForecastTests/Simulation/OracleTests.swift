import Foundation
import Testing

@testable import Forecast

struct OracleTests {
  @Test func erlangCOfTenServersAtEight() {
    #expect(abs(Queue.erlangC(servers: 10, load: 8) - 0.40918) < 5e-6)
    #expect(Queue.erlangC(servers: 1, load: 0.3).isApproximately(0.3))
  }

  @Test(arguments: [(3, 2.0), (40, 35), (500, 470), (9000, 8900)])
  func erlangCBySumEqualsTheRecurrence(servers: Int, load: Double) {
    var blocked = 1.0
    for n in 1...servers { blocked = load * blocked / (Double(n) + load * blocked) }
    let expected = Double(servers) * blocked / (Double(servers) - load * (1 - blocked))
    #expect(Queue.erlangC(servers: servers, load: load).isApproximately(expected))
  }

  @Test func theTableGivesTheLeastMachinesThatKeepTheWait() {
    let queue = Queue(slots: 4, serviceSeconds: 8, variation: 1.5, waitSeconds: 3)
    let table = QueueTable(slots: 4, serviceSeconds: 8, variation: 1.5, waitSeconds: 3)
    for load in stride(from: 0.05, to: 30, by: 0.37) {
      let k = Int(table.machines(for: load))
      #expect(queue.late(servers: k * 4, load: load * 4) <= 0.05 + 1e-9)
      if k > 1 {
        #expect(queue.late(servers: (k - 1) * 4, load: min(load, Double(k - 1)) * 4) > 0.05)
      }
    }
    #expect(table.machines(for: 0) == 0)
    #expect(table.machines(for: 5000) >= 5000)
  }

  static let curves: [ChargeCurve] = [
    ChargeCurve(pieces: [.init(from: 0, base: 0, slope: 2)]),
    ChargeCurve(
      pieces: [
        .init(from: 0, base: 0, slope: 0), .init(from: 10, base: 0, slope: 3),
        .init(from: 40, base: 60, slope: 1),
      ]),
    ChargeCurve(pieces: [.init(from: 0, base: 0, slope: 3), .init(from: 20, base: 40, slope: 2)]),
    ChargeCurve(
      pieces: [.init(from: 0, base: 0, slope: 3), .init(from: 20, base: 40, slope: 2)], minimum: 30),
    ChargeCurve(
      pieces: [.init(from: 0, base: 5, slope: 0)], package: .init(free: 6, size: 4, price: 9)),
    ChargeCurve(
      pieces: [.init(from: 0, base: 0, slope: 0.5)], package: .init(free: 0, size: 0.5, price: 2),
      minimum: 25),
  ]

  /// By quadrature over the normal score: 200,001 points.
  private func quadrature(_ charge: (Double) -> Double, mean: Double, spread: Double) -> Double {
    var (sum, weights) = (0.0, 0.0)
    for i in -100_000...100_000 {
      let z = Double(i) * 8e-5
      let weight = exp(-z * z / 2)
      sum += weight * charge(mean * exp(spread * z - spread * spread / 2))
      weights += weight
    }
    return sum / weights
  }

  @Test(arguments: curves.indices, [0.1, 0.9, 1.8])
  func theMeanChargeEqualsQuadrature(curve: Int, spread: Double) throws {
    let exact = try ExpectedCharge(Self.curves[curve], field: "test")
    for mean in [2.0, 11, 55] {
      let expected = quadrature(exact.charge, mean: mean, spread: spread)
      #expect(abs(exact.mean(mean, spread: spread) - expected) < 2e-4 * expected + 1e-6)
    }
  }

  @Test(arguments: curves.indices, [0.1, 0.9, 1.8])
  func theTabulatedMeanChargeIsWithinAMillionthOfTheExact(curve: Int, spread: Double) throws {
    let exact = try ExpectedCharge(Self.curves[curve], field: "test")
    guard let table = ChargeTable(exact, spread: spread) else {
      #expect(exact.isLinear)
      return
    }
    for step in 0..<4000 {
      let logMean = -6 + Double(step) * 0.004
      let expected = exact.mean(exp(logMean), spread: spread)
      let scale = max(expected, 1e-4)
      #expect(abs(table.mean(logMean: logMean) - expected) < 1e-6 * scale, "at \(exp(logMean))")
    }
  }

  @Test func elementaryFunctionsAgreeWithLibm() {
    for step in -3000...3000 {
      let x = Double(step) * 0.013 + 0.0007
      #expect(FastMath.exp(Lanes(repeating: x))[3].isApproximately(Foundation.exp(x), 1e-14))
      let y = Foundation.exp(x)
      let log = FastMath.log(Lanes(repeating: y))[5]
      #expect(abs(log - Foundation.log(y)) <= 4e-16 * abs(x) + 4e-16)
    }
  }
}

extension Double {
  func isApproximately(_ other: Double, _ tolerance: Double = 1e-12) -> Bool {
    abs(self - other) <= tolerance * max(abs(self), abs(other))
  }
}
