import Foundation
import Ledger

extension Calibration {
  /// - Throws: `noData` when no month is observed, `invalid` for options out of range or actuals in
  ///   another currency.
  package static func run(
    model: Model, actuals: Actuals, options: Options = Options()
  ) throws(ForecastError) -> Result {
    try check(model, actuals, options)
    let latent = try LatentDrivers(
      model.parameters, widening: options.widening,
      ceilings: options.widening > 1 ? GrowthCeiling.slots(of: model) : [:])
    var book = EvidenceBook(
      model: model, actuals: actuals, options: options, medians: latent.medians)
    book.collectAll()
    let blocks = DriverPartition.blocks(latent, book.evidence)
    var learnt = try Learnt(model: model, widening: options.widening)
    for block in blocks {
      try learnt.update(block, options)
    }
    learnt.learnPaymentLag(actuals)
    learnt.finish()
    var posterior = learnt.model
    try Restart.apply(to: &posterior, actuals: actuals)
    return Result(
      model: posterior, drivers: learnt.updates, position: actuals.position)
  }

  private static func check(
    _ model: Model, _ actuals: Actuals, _ options: Options
  ) throws(ForecastError) {
    guard actuals.months.contains(where: { $0.observedShare > 0 }) else {
      throw ForecastError(
        .noData, "calibration: the ledger has no month yet; run it again when something was sold")
    }
    guard actuals.currency == model.currency else {
      throw ForecastError(
        .invalid,
        "calibration: the actuals are in \(actuals.currency), the plan in \(model.currency); "
          + "read the books in the plan's currency")
    }
    guard
      zip(actuals.months, actuals.months.dropFirst()).allSatisfy({
        $0.month.advanced(by: 1) == $1.month
      })
    else {
      throw ForecastError(.invalid, "calibration: the months of the actuals must follow each other")
    }
    guard options.widening > 0, options.widening <= 20, (0.5...1).contains(options.discount),
      (0..<0.5).contains(options.conflict), options.processDegrees.map({ $0 > 0 }) ?? true
    else {
      throw ForecastError(
        .invalid,
        "calibration: widening must be above 0 and at most 20, discount 0.5 to 1, conflict under "
          + "0.5 and the process's degrees above 0")
    }
  }
}

/// Which drivers share data: those are updated together.
enum DriverPartition {
  /// Correlations do not build blocks larger than this.
  static let largestCorrelated = 12

  /// Blocks of drivers with evidence. A prior correlation joins, the strongest first, as long as the
  /// block stays small; a correlation that is left out stays in the plan as it was, and what is learnt
  /// of one of its drivers does not move the other.
  static func blocks(_ latent: LatentDrivers, _ evidence: [Evidence]) -> [DriverBlock] {
    var parent = Array(latent.slots.indices)
    func root(_ item: Int) -> Int {
      var item = item
      while parent[item] != item { item = parent[item] }
      return item
    }
    func join(_ first: Int, _ second: Int) { parent[root(second)] = root(first) }
    let touched = evidence.map { latent.dependencies(of: $0.reads).drivers.sorted() }
    for drivers in touched {
      for driver in drivers.dropFirst() { join(drivers[0], driver) }
    }
    let correlations = latent.table.correlations.filter { $0.rho != 0 }
      .sorted { (abs($1.rho), $0.first, $0.second) < (abs($0.rho), $1.first, $1.second) }
    for item in correlations {
      guard let first = latent.slots.firstIndex(of: item.first).map(root),
        let second = latent.slots.firstIndex(of: item.second).map(root), first != second,
        parent.indices.count(where: { [first, second].contains(root($0)) }) <= largestCorrelated
      else { continue }
      join(first, second)
    }
    let rooted = latent.slots.indices.map(root)
    var result: [DriverBlock] = []
    for name in Set(touched.compactMap(\.first).map { rooted[$0] }).sorted() {
      let members = latent.slots.indices.filter { rooted[$0] == name }
      let own = evidence.indices.filter { touched[$0].first.map { rooted[$0] } == name }
      result.append(
        DriverBlock(drivers: members, evidence: own.map { evidence[$0] }, latent: latent))
    }
    // Evidence that only tells about the process: no driver stands behind it.
    let loose = evidence.indices.filter { touched[$0].isEmpty && evidence[$0].process != nil }
    for index in loose {
      result.append(DriverBlock(drivers: [], evidence: [evidence[index]], latent: latent))
    }
    return result
  }
}
