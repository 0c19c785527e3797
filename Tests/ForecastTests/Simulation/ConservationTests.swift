import Testing

@testable import Forecast

/// Nothing is made and nothing lost, in every month of every path of random models.
struct ConservationTests {
  static let cases: [(model: UInt64, path: Int)] = (1...60).map { (UInt64($0), Int($0 * 7 % 50)) }

  private func trace(_ model: Model, _ path: Int) throws -> PathTrace {
    try Simulation(model).trace(path: path, seed: 11, isDeterministic: path % 9 == 0)
  }

  private func expectEqual(_ left: Double, _ right: Double, size: Double, _ what: String) {
    #expect(abs(left - right) <= 1e-9 * (size + abs(left) + 1), "\(what): \(left), not \(right)")
  }

  /// What is open with customers and suppliers before the first month.
  private func opening(_ model: Model, _ trace: PathTrace) -> (receivable: Double, payable: Double)
  {
    (
      model.finance.openingReceivable.map { trace.slots[$0.index] } ?? 0,
      model.finance.openingPayable.map { trace.slots[$0.index] } ?? 0
    )
  }

  @Test(arguments: cases)
  func openingCashAndAllFlowsMakeClosingCash(model: UInt64, path: Int) throws {
    let trace = try trace(RandomModel.make(model), path)
    var cash = trace.openingCash
    var size = abs(cash)
    for month in 0..<trace.months {
      let into = ["collected", "rounds", "loans"].map { trace["cash.\($0)"][month] }
      let out = [
        "fees", "suppliers", "direct", "purchases", "revenue_tax", "income_tax", "interest",
        "principal",
      ].map { trace["cash.\($0)"][month] }
      #expect((into + out).allSatisfy { $0.isFinite && $0 >= -1e-6 })
      cash += into.reduce(0, +) - out.reduce(0, +)
      size = max(size, abs(cash), into.reduce(0, +))
      expectEqual(trace["cash"][month], cash, size: size, "cash in month \(month)")
    }
  }

  @Test(arguments: cases)
  func customersInMinusOutIsTheirChange(model: UInt64, path: Int) throws {
    let model = RandomModel.make(model)
    let isDeterministic = path % 9 == 0
    let trace = try trace(model, path)
    for segment in model.segments {
      let name = "segments.\(segment.id)"
      let opening = trace.slots[segment.openingCustomers.index]
      var customers = isDeterministic ? opening : opening.rounded()
      var free = segment.free.map { trace.slots[$0.opening.index] } ?? 0
      for month in 0..<trace.months {
        let (new, left) = (trace["\(name).new"][month], trace["\(name).churned"][month])
        #expect(new >= 0 && left >= 0 && left <= customers * (1 + 1e-12))
        if !isDeterministic { #expect(new == new.rounded() && left == left.rounded()) }
        let next = customers + new - left
        expectEqual(trace["\(name).customers"][month], next, size: 0, "\(name), month \(month)")
        customers = next
        free +=
          trace["\(name).signups"][month] - trace["\(name).converted"][month]
          - trace["\(name).free_left"][month]
        #expect(free >= -1e-6)
        expectEqual(trace["\(name).free"][month], free, size: 0, "free users, month \(month)")
      }
      if let market = segment.market {
        let won = trace["\(name).adopters"][trace.months - 1]
        let most = max(
          trace.slots[market.index], trace.slots[segment.openingAdopters.index])
        #expect(won <= most * (1 + 1e-12))
      }
    }

  }

  @Test(arguments: cases)
  func receivablesPayablesAndPrepaymentsRollForward(model: UInt64, path: Int) throws {
    let plan = RandomModel.make(model)
    let trace = try trace(plan, path)
    var (receivable, payable) = opening(plan, trace)
    var deferred = 0.0
    var size = 0.0
    for month in 0..<trace.months {
      receivable += trace["billed"][month] - trace["cash.collected"][month]
      payable += trace["owed"][month] - trace["cash.suppliers"][month]
      deferred += trace["billed"][month] - trace["revenue"][month]
      size += trace["billed"][month] + trace["owed"][month]
      #expect(receivable >= -1e-9 * size - 1e-6 && payable >= -1e-9 * size - 1e-6)
      #expect(deferred >= -1e-9 * size - 1e-6)
      expectEqual(trace["receivable"][month], receivable, size: size, "receivable \(month)")
      expectEqual(trace["payable"][month], payable, size: size, "payable \(month)")
      expectEqual(trace["deferred"][month], deferred, size: size, "deferred \(month)")
    }
  }

  @Test(arguments: cases)
  func profitIsRevenueLessAllCosts(model: UInt64, path: Int) throws {
    let trace = try trace(RandomModel.make(model), path)
    let accounts = trace.series.keys.filter { $0.hasPrefix("costs.") }
    var cumulative = 0.0
    var size = 0.0
    for month in 0..<trace.months {
      let costs = accounts.map { trace[$0][month] }.reduce(0, +)
      let profit = trace["revenue"][month] - costs
      size += trace["revenue"][month] + costs
      expectEqual(trace["profit"][month], profit, size: size, "profit in month \(month)")
      cumulative += profit
      expectEqual(trace["cumulative_profit"][month], cumulative, size: size, "since the start")
    }
  }

  @Test(arguments: cases)
  func theBalanceSheetBalances(model: UInt64, path: Int) throws {
    let plan = RandomModel.make(model)
    let trace = try trace(plan, path)
    let (receivable, payable) = opening(plan, trace)
    var raised = trace.openingCash + receivable - payable
    var size = abs(raised)
    for month in 0..<trace.months {
      raised += trace["cash.rounds"][month]
      let assets = ["cash", "receivable", "hardware"].map { trace[$0][month] }.reduce(0, +)
      let debts = ["payable", "deferred", "loans"].map { trace[$0][month] }.reduce(0, +)
      size += trace["revenue"][month] + trace["owed"][month] + abs(assets)
      expectEqual(
        assets - debts, raised + trace["cumulative_profit"][month], size: size, "month \(month)")
    }
  }
}
