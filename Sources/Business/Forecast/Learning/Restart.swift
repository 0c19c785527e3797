import Foundation

/// Puts a model at the month after the last whole one of the actuals, in the ledger's state: cash,
/// customers by age, adopters; what the plan dated from its start is dated from the new one, what grew
/// has grown. A month that still runs is forecast again from its beginning.
enum Restart {
  static func apply(to model: inout Model, actuals: Actuals) throws(ForecastError) {
    guard let last = actuals.months.last(where: \.isComplete) else {
      // Nothing is over: the plan's own opening stands.
      return
    }
    let elapsed = last.month.index - model.start.index + 1
    guard elapsed > 0 else {
      throw ForecastError(
        .invalid, "calibration: the actuals end before the plan's start \(model.start)")
    }
    var writer = Writer(
      model: model, elapsed: elapsed,
      medians: try LatentDrivers(model.parameters, widening: 1).medians)
    writer.finance(actuals, last)
    for index in model.segments.indices { writer.segment(index, actuals, last) }
    for index in model.streams.indices { writer.stream(index) }
    writer.machines()
    writer.people()
    writer.costs()
    model = writer.model
    model.start = last.month.advanced(by: 1)
  }
}

extension Restart {
  /// New slots by formula, so that the posterior's uncertainty and correlations stay in them.
  struct Writer {
    var model: Model
    let elapsed: Int
    let medians: [Double]

    func median(_ parameter: Parameter) -> Double {
      parameter.index < medians.count ? medians[parameter.index] : 0
    }

    mutating func formula(
      _ parameter: Parameter, _ operations: [ParameterTable.Operation]
    )
      -> Parameter
    {
      let slot = model.parameters[parameter]
      model.parameters.slots.append(
        ParameterTable.Slot(
          name: "\(slot.name)@\(model.parameters.slots.count)", label: slot.label, unit: slot.unit,
          scale: slot.scale, line: slot.line, content: .formula(operations)))
      return Parameter(model.parameters.slots.count - 1)
    }

    mutating func constant(_ value: Double, like parameter: Parameter) -> Parameter {
      let slot = model.parameters[parameter]
      model.parameters.slots.append(
        ParameterTable.Slot(
          name: "\(slot.name)@\(model.parameters.slots.count)", label: slot.label, unit: slot.unit,
          scale: slot.scale, line: slot.line, content: .constant(value)))
      return Parameter(model.parameters.slots.count - 1)
    }

    /// A month, counted from the new start; not before it.
    mutating func shifted(_ month: Parameter) -> Parameter {
      guard median(month) != 0 || !isConstant(month) else { return month }
      return formula(
        month,
        [.slot(month.index), .constant(Double(elapsed)), .subtract, .constant(0), .maximum])
    }

    func isConstant(_ parameter: Parameter) -> Bool {
      if case .constant = model.parameters[parameter].content { true } else { false }
    }

    /// `value` × (1 + growth)^elapsed.
    mutating func grown(_ value: Parameter, _ growth: Parameter) -> Parameter {
      if isConstant(growth), median(growth) == 0 { return value }
      return formula(
        value,
        [
          .slot(value.index), .constant(1), .slot(growth.index), .add, .constant(Double(elapsed)),
          .power, .multiply,
        ])
    }

    /// `value` × exp(drift × months).
    mutating func drifted(_ value: Parameter, _ drift: Parameter) -> Parameter {
      if isConstant(drift), median(drift) == 0 { return value }
      return formula(
        value,
        [
          .slot(value.index), .slot(drift.index), .constant(Double(elapsed)), .multiply,
          .exponential, .multiply,
        ])
    }

    // MARK: Parts

    mutating func segment(_ index: Int, _ actuals: Actuals, _ last: MonthActuals) {
      var segment = model.segments[index]
      let state = last.bySegment[segment.id] ?? SegmentActuals()
      let won = actuals.months.reduce(0) {
        $0 + ($1.month <= last.month ? $1.bySegment[segment.id]?.newCustomers ?? 0 : 0)
      }
      segment.openingCustomers = constant(state.active, like: segment.openingCustomers)
      segment.openingAges = state.active > 0 ? state.activeByAge.map { $0 / state.active } : []
      segment.openingAdopters = formula(
        segment.openingAdopters, [.slot(segment.openingAdopters.index), .constant(won), .add])
      segment.channels = segment.channels.compactMap { channel in
        if let to = channel.to, median(to) <= Double(elapsed) { return nil }
        var channel = channel
        channel.spend = grown(channel.spend, channel.growth)
        channel.from = shifted(channel.from)
        channel.to = channel.to.map { shifted($0) }
        return channel
      }
      if var free = segment.free {
        free.opening = constant(freeUsers(free), like: free.opening)
        free.signups = grown(free.signups, free.growth)
        segment.free = free
      }
      model.segments[index] = segment
    }

    /// Expected free users after the elapsed months.
    private func freeUsers(_ free: Segment.FreeTier) -> Double {
      var users = median(free.opening)
      for month in 0..<elapsed {
        let joined = median(free.signups) * pow(1 + median(free.growth), Double(month))
        users = max(0, users * (1 - median(free.churn) - median(free.conversion))) + joined
      }
      return users
    }

    mutating func stream(_ index: Int) {
      var stream = model.streams[index]
      stream.from = shifted(stream.from)
      switch stream.volume {
      case .orders(let rate, let growth):
        stream.volume = .orders(rate: grown(rate, growth), growth: growth)
      case .projects(let rate, let growth, let winRate, let personMonths, let role):
        stream.volume = .projects(
          rate: grown(rate, growth), growth: growth, winRate: winRate, personMonths: personMonths,
          role: role)
      case .turnover(let amount, let growth):
        stream.volume = .turnover(amount: grown(amount, growth), growth: growth)
      case .customers, .audience: break
      }
      if stream.isIndexed {
        stream.price = drifted(stream.price, model.tokenPrice.drift)
      }
      model.streams[index] = stream
    }

    mutating func machines() {
      model.fleet.running = drifted(model.fleet.running, model.machinePrice.drift)
      model.fleet.purchase = drifted(model.fleet.purchase, model.machinePrice.drift)
    }

    mutating func people() {
      for index in model.roles.indices {
        var role = model.roles[index]
        for hire in role.hires where median(hire.month) <= Double(elapsed - 1) {
          role.opening = formula(
            role.opening, [.slot(role.opening.index), .slot(hire.count.index), .add])
        }
        role.hires = role.hires.compactMap { hire in
          guard median(hire.month) > Double(elapsed - 1) else { return nil }
          return Role.Hire(month: shifted(hire.month), count: hire.count)
        }
        role.cost = grown(role.cost, role.growth)
        model.roles[index] = role
      }
    }

    mutating func costs() {
      model.costs = model.costs.compactMap { line in
        if line.isOneOff, median(line.from) <= Double(elapsed - 1) { return nil }
        if let to = line.to, median(to) <= Double(elapsed) { return nil }
        var line = line
        line.amount = grown(line.amount, line.growth)
        line.from = shifted(line.from)
        line.to = line.to.map { shifted($0) }
        return line
      }
    }
  }
}
