import Foundation
import Testing

@testable import Forecast

@Suite struct ValueOfInformationTests {
  /// E[max(0, N(mean, deviation))] − max(0, mean).
  static func closedForm(_ mean: Double, _ deviation: Double) -> Double {
    let z = mean / deviation
    let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    return deviation * density + mean * Normal.cumulative(z) - max(0, mean)
  }

  static let count = 20_000

  @Test(
    "A linear choice between going and not is worth what the closed form says",
    arguments: [(2.0, 3.0, 1.0), (-1, 2, 2), (0, 1, 0.5)])
  func linear(_ mean: Double, _ b: Double, _ c: Double) throws {
    let (x, z, idle) = (
      normals("x", Self.count), normals("z", Self.count), normals("idle", Self.count)
    )
    let luck = normals("luck", Self.count)
    let go = x.indices.map { mean + b * x[$0] + c * z[$0] + 1.5 * luck[$0] }
    let information = try ValueOfInformation(
      values: [go.map { _ in 0 }, go],
      drivers: [(7, "idle", idle), (8, "x", x.map { exp($0) }), (9, "z", z)])
    let everything = Self.closedForm(mean, (b * b + c * c + 2.25).squareRoot())
    #expect(abs(information.perfect - everything) < 4 * information.perfectError + 0.01)
    for driver in information.drivers {
      let known = Self.closedForm(mean, ["x": b, "z": c, "idle": 1e-9][driver.name]!)
      #expect(abs(driver.value - known) < 0.05, "\(driver)")
      #expect(driver.lower <= known + 4 * driver.standardError, "\(driver)")
      #expect(driver.lower > known - 4 * driver.standardError - 0.02, "\(driver)")
      #expect(driver.value <= information.perfect + 0.02)
    }
    #expect(information.bestNow == (mean > 0 ? 1 : 0) || mean == 0)
    if b > c { #expect(information.drivers[0].name == "x") }
  }

  @Test("Knowledge that turns the choice both ways is seen, though it correlates with nothing")
  func turning() throws {
    let x = normals("x", Self.count)
    let bend = x.map { $0 * $0 - 1 }
    let information = try ValueOfInformation(
      values: [bend.map { _ in 0 }, bend], drivers: [(0, "x", x)])
    // E[max(0, x² − 1)] = 2 φ(1).
    #expect(abs(information.drivers[0].value - 2 * 0.24197) < 0.03)
    #expect(abs(Statistics.correlation(x, bend)) < 0.05)
  }

  @Test("A driver of two values, and one that never varies, are taken as they are")
  func discrete() throws {
    let coin = normals("coin", 2_000).map { $0 > 0 ? 1.0 : 0 }
    let go = coin.map { $0 == 1 ? 4.0 : -6 }
    let information = try ValueOfInformation(
      values: [go.map { _ in 0 }, go],
      drivers: [(0, "coin", coin), (1, "constant", coin.map { _ in 3 })])
    let share = Statistics.mean(coin)
    #expect(isClose(information.drivers[0].value, 4 * share, 1e-9))
    #expect(isClose(information.perfect, 4 * share, 1e-12))
    #expect(information.drivers[1].value == 0 && information.drivers[1].lower == 0)
  }

  @Test("One decision, or too few paths, have no value of information")
  func refused() {
    let x = normals("x", 300)
    #expect(throws: ForecastError.self) { try ValueOfInformation(values: [x], drivers: []) }
    let few = Array(x.prefix(100))
    #expect(throws: ForecastError.self) {
      try ValueOfInformation(values: [few, few], drivers: [])
    }
  }
}
