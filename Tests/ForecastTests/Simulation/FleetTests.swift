import Testing

@testable import Forecast

/// The three ways to have machines, and the vendor's share.
struct FleetTests {
  /// Customers that all leave after a while, so that demand rises and falls.
  private func model(
    _ mode: Fleet.Mode, lead: Double = 2, _ change: (inout Model) -> Void = { _ in }
  )
    -> Model
  {
    var model = AnalysisModel.make(months: 30)
    func constant(_ value: Double) -> Parameter {
      model.parameters.constant(value, name: "fleet.\(model.parameters.slots.count)")
    }
    model.segments[0].channels[0].to = constant(12)
    model.segments[0].churn = constant(0.2)
    model.fleet.mode = mode
    model.fleet.lead = constant(lead)
    change(&model)
    return model
  }

  private func trace(_ model: Model, path: Int = 3) throws -> PathTrace {
    try Simulation(model).trace(path: path, seed: 8)
  }

  @Test(arguments: 0..<10)
  func rentedAndOwnedMachinesAreTheMostThatTheCloudEverHad(path: Int) throws {
    let cloud = try trace(model(.cloud), path: path)["fleet.machines"]
    let rented = try trace(model(.rented), path: path)["fleet.machines"]
    let owned = try trace(model(.owned), path: path)["fleet.machines"]
    #expect(zip(rented, rented.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(rented == owned)
    var highest = 0.0
    for month in cloud.indices {
      highest = max(highest, cloud[month])
      #expect(rented[month] == highest)
    }
  }

  @Test func cloudMachinesAreGivenBackWhenDemandFalls() throws {
    let shrinks = try (0..<10).filter { path in
      let machines = try trace(model(.cloud), path: path)["fleet.machines"]
      return zip(machines, machines.dropFirst()).contains { $0 > $1 }
    }
    #expect(shrinks.count >= 5)
  }

  @Test(arguments: Fleet.Mode.allCases)
  func onlyOwnedMachinesAreBoughtAndWrittenOff(mode: Fleet.Mode) throws {
    let model = model(mode)
    let trace = try trace(model)
    let bought = trace["cash.purchases"].reduce(0, +)
    guard mode == .owned else {
      #expect(bought == 0 && trace["fleet.depreciation"].allSatisfy { $0 == 0 })
      return
    }
    let price = trace.slots[model.fleet.purchase.index]
    #expect(bought.isApproximately(trace["fleet.machines"].max()! * price))
    let written = trace["fleet.depreciation"].reduce(0, +)
    #expect((bought - written).isApproximately(trace["hardware"][29], 1e-9))
  }

  @Test(arguments: [0.0, 0.35, 1])
  func theVendorServesItsShareAndWhatMachinesCannot(share: Double) throws {
    let trace = try trace(
      model(.cloud) { model in
        model.fleet.overflow = model.parameters.constant(2e-5, name: "vendor")
        model.fleet.upstreamShare = model.parameters.constant(share, name: "share")
      })
    for month in 0..<30 {
      let (demand, vendor) = (trace["fleet.demand"][month], trace["fleet.vendor"][month])
      #expect(vendor >= share * demand * (1 - 1e-12))
      #expect((trace["fleet.served"][month] + vendor).isApproximately(demand, 1e-9))
      #expect(trace["fleet.missed"][month] == 0)
      #expect(
        trace["costs.upstream_models"][month].isApproximately(
          vendor * 2e-5 * trace["token_price_index"][month], 1e-9))
    }
    if share == 1 { #expect(trace["fleet.served"].allSatisfy { $0 == 0 }) }
  }

  @Test func withoutAVendorWhatIsNotServedIsMissedAndUnpaid() throws {
    let trace = try trace(
      model(.cloud) { model in
        model.fleet.minimum = model.parameters.constant(0, name: "least")
        model.fleet.maximum = model.parameters.constant(0, name: "most")
      })
    #expect(trace["fleet.missed"].allSatisfy { $0 == 1 })
    #expect(trace["streams.usage.revenue"].allSatisfy { $0 == 0 })
  }

  /// The same number on each path, written as a constant or as a distribution too narrow to matter,
  /// takes two roads through the kernel.
  @Test func theRoadsForCommonAndForVaryingInputsAgree() throws {
    let common = model(.cloud)
    var varying = common
    for index in varying.parameters.slots.indices {
      guard case .constant(let value) = varying.parameters.slots[index].content, value > 0
      else { continue }
      varying.parameters.slots[index].content = .uncertain(
        .uniform(low: value * (1 - 1e-15), high: value))
    }
    let (one, other) = (try trace(common), try trace(varying))
    for name in ["cash", "revenue", "fleet.machines", "profit", "receivable"] {
      for month in 0..<30 {
        #expect(one[name][month].isApproximately(other[name][month], 1e-9), "\(name) \(month)")
      }
    }
  }
}
