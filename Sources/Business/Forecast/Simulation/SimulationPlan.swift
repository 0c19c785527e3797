import Ledger

/// A model checked and prepared once: what all workers share, read only.
struct SimulationPlan: Sendable {
  let model: Model
  let slotCount: Int
  /// The value of each constant slot; nil for the others.
  let constants: [Double?]
  let queue: QueueTable
  /// By stream, by item.
  let charges: [[ExpectedCharge]]
  let tables: [[ChargeTable?]]
  /// By segment: some stream's charge is read from a table.
  let isTabled: [Bool]
  /// Accounts that costs are booked on, in the order of the cost rows.
  let accounts: [Account]
  /// By segment: shares of the opening customers by age, summing to 1.
  let ageShares: [[Double]]

  /// - Throws: `invalid` or `range`, naming the field.
  init(_ model: Model) throws(ForecastError) {
    try Self.check(model)
    self.model = model
    slotCount = model.parameters.slots.count
    let constants = model.parameters.slots.map { slot -> Double? in
      if case .constant(let value) = slot.content { value } else { nil }
    }
    self.constants = constants
    queue = QueueTable.prepared(model.fleet)
    var charges: [[ExpectedCharge]] = []
    var tables: [[ChargeTable?]] = []
    for stream in model.streams {
      var exact: [ExpectedCharge] = []
      for item in stream.offer {
        exact.append(try ExpectedCharge(item.curve, field: "streams.\(stream.id)"))
      }
      charges.append(exact)
      guard case .customers(let segment, _) = stream.volume,
        let spread = model.segments[segment].usageSpread, let value = constants[spread.index]
      else {
        tables.append(exact.map { _ in nil })
        continue
      }
      tables.append(
        zip(exact, stream.offer).map {
          $1.meter.isSpread ? ChargeTable.prepared($0, spread: value) : nil
        })
    }
    self.charges = charges
    self.tables = tables
    isTabled = model.segments.indices.map { segment in
      zip(model.streams, tables).contains { stream, tables in
        if case .customers(segment, _) = stream.volume {
          tables.contains { $0 != nil }
        } else {
          false
        }
      }
    }
    accounts = Self.accounts(model)
    ageShares = model.segments.map { segment in
      let total = segment.openingAges.reduce(0, +)
      return total > 0 ? segment.openingAges.map { $0 / total } : [1]
    }
  }

  /// A constant 0.
  @inline(__always) func isZero(_ parameter: Parameter) -> Bool { constants[parameter.index] == 0 }

  func row(of account: Account) -> Int { accounts.firstIndex(of: account) ?? 0 }

  private static func accounts(_ model: Model) -> [Account] {
    var used: Set<Account> = [
      .computeUsed, .idleCapacity, .upstreamModels, .paymentFees, .support, .partnerShare,
      .marketing, .administration, .interest, .tax,
    ]
    used.formUnion(model.roles.map(\.account))
    used.formUnion(model.costs.map(\.account))
    used.formUnion(model.streams.map(\.kind.costAccount))
    return Account.allCases.filter(used.contains)
  }

  private static func check(_ model: Model) throws(ForecastError) {
    func require(_ holds: Bool, _ message: String, _ field: String) throws(ForecastError) {
      if !holds { throw ForecastError(.invalid, message, field: field) }
    }
    try require(
      (1...Simulation.longest).contains(model.months),
      "a forecast runs over 1 to \(Simulation.longest) months, not \(model.months)", "months")
    for stream in model.streams {
      let field = "streams.\(stream.id)"
      switch stream.volume {
      case .customers(let segment, _), .audience(let segment, _, _):
        try require(
          model.segments.indices.contains(segment),
          "\(field) sells to a segment that is not there: name one of the plan's", field)
      case .projects(_, _, _, _, let role):
        try require(
          model.roles.indices.contains(role),
          "\(field) is worked by a role that is not there: name one of the plan's", field)
      case .orders, .turnover: break
      }
    }
    let fleet = model.fleet
    try require(
      fleet.slots >= 1 && fleet.slots <= 4096, "a machine runs 1 to 4096 sequences at once",
      "fleet.slots")
    try require(
      fleet.serviceSeconds >= 0 && fleet.variation >= 0 && fleet.waitSeconds >= 0
        && (fleet.serviceSeconds + fleet.variation + fleet.waitSeconds).isFinite,
      "the queue's seconds and variation must be 0 or more", "fleet")
    for segment in model.segments {
      try require(
        segment.openingAges.count <= 600
          && segment.openingAges.allSatisfy { $0 >= 0 && $0.isFinite }
          && (segment.openingAges.isEmpty || segment.openingAges.reduce(0, +) > 0),
        "the ages of the opening customers must be at most 600 shares of 0 or more",
        "segments.\(segment.id)")
    }
    for slot in model.slotsRead {
      try require(
        model.parameters.slots.indices.contains(slot),
        "a field names slot \(slot), which the table does not have", "parameters")
    }
  }
}

extension RevenueStream.Kind {
  /// Where the cost of a piece is booked.
  var costAccount: Account {
    switch self {
    case .hardware: .hardwareSold
    case .consulting, .dataProcessing, .dataAnalysis: .deliveryStaff
    case .ownAdvertising, .partnerAdvertising, .dataTrading, .revenueShare: .partnerShare
    case .softwareLicence, .usage, .membership, .outcome: .support
    }
  }
}

extension RevenueStream.Meter {
  /// Customers differ in it by the segment's spread of usage.
  var isSpread: Bool { self != .seats && self != .customers }
}
