import CKernels
import Ledger

enum VolumeKind { case customers, orders, projects, audience, turnover }

/// A stream on the paths of a block.
struct StreamState {
  let kind: VolumeKind
  let segment: Int
  /// Rows of the segment's customers: tells which segment it is.
  let customersOf: UnsafeMutablePointer<Lanes>?
  let attach: Row?
  let items: Range<Int>
  /// Of a customer's charges over all items.
  let least: Double
  let most: Double?
  /// Orders, projects and turnover: amount a month and its growth.
  let rate: Row?
  let growth: Row?
  let winRate: Row?
  let personMonths: Row?
  let role: Int
  let impressions: Row?
  let fill: Row?
  let unitCost: Row?
  let partnerShare: Row?
  let from: Row
  let retention: Row
  let retains: Bool
  let advance: Row?
  let ring: Row
  let collection: Lag
  let unitAccount: Int
  let growthNow: Row
  let backlog: Row
  // Flows of the month.
  let quantity: Row
  let sale: Row
  let revenue: Row
  let billed: Row
  let deferred: Row
  let unitCosts: Row
  let share: Row
  let key: UInt64
  // The rows of a step.
  let selling: UnsafePointer<ck_sale>
  /// Where contracts have the same length on every path.
  let contracts: UnsafePointer<ck_contracts>?

  var isBounded: Bool { least > 0 || most != nil }
}

/// Months until money moves: the same on every path, or a row.
struct Lag {
  let row: Row
  let constant: Double?
}

/// One line of an offer on the paths of a block.
struct ItemState {
  let exact: ExpectedCharge
  let table: ChargeTable?
  let meter: RevenueStream.Meter
  /// Quantity of a new customer, and its log.
  let each: Row
  let logEach: Row
  /// The charge a customer where it is the same in every month.
  let fixed: Row?
  let spread: Row?
}

extension RowLayout {
  func lag(_ parameter: Parameter, _ plan: SimulationPlan) -> Lag {
    Lag(row: slot(parameter), constant: plan.constants[parameter.index])
  }

  func stream(
    _ stream: RevenueStream, plan: SimulationPlan, index: Int, _ items: inout [ItemState],
    _ segments: [SegmentState]
  ) -> StreamState {
    let first = items.count
    var kind = VolumeKind.customers
    var (segment, role) = (-1, -1)
    var attach: Row?
    var rate: Row?
    var growth: Row?
    var winRate: Row?
    var personMonths: Row?
    var impressions: Row?
    var fill: Row?
    switch stream.volume {
    case .customers(let of, let share):
      segment = of
      attach = slot(share)
      for (place, item) in stream.offer.enumerated() {
        items.append(
          self.item(
            item, plan.charges[index][place], plan.tables[index][place],
            spread: plan.model.segments[of].usageSpread))
      }
    case .orders(let a, let g): (kind, rate, growth) = (.orders, slot(a), slot(g))
    case .projects(let a, let g, let w, let p, let r):
      (kind, rate, growth, winRate, personMonths, role) = (
        .projects, slot(a), slot(g), slot(w), slot(p), r
      )
    case .audience(let of, let i, let f):
      (kind, segment, impressions, fill) = (.audience, of, slot(i), slot(f))
    case .turnover(let a, let g): (kind, rate, growth) = (.turnover, slot(a), slot(g))
    }
    let retains = plan.constants[stream.retention.index] != 1
    let advance = plan.isZero(stream.advanceMonths) ? nil : slot(stream.advanceMonths)
    let (quantity, sale) = (arena.row(), arena.row())
    // What is not paid in advance is billed and earned as it is sold.
    let (revenue, billed) = advance == nil ? (sale, sale) : (arena.row(), arena.row())
    let deferred = arena.row()
    let ring = arena.rows(advance == nil ? 1 : Kernel.longestAdvance)
    let commonAdvance = plan.constants[stream.advanceMonths.index].map {
      Int(min(max($0.rounded(), 0), Double(Kernel.longestAdvance)))
    }
    let selling = ck_sale(
      customers: kind == .customers ? segments[segment].customers.reading : nil,
      attach: attach?.reading,
      multiplier: kind == .customers ? slot(plan.model.priceMultiplier).reading : nil,
      price: slot(stream.price).reading, from: slot(stream.from).reading,
      index: stream.isIndexed ? common.tokenIndex.reading : nil, quantity: quantity.values,
      sale: sale.values)
    var contracts: UnsafePointer<ck_contracts>?
    if advance != nil, let length = commonAdvance, length > 1 {
      contracts = arena.keep(
        ck_contracts(
          sale: sale.reading, ring: ring.values, billed: billed.values, revenue: revenue.values,
          deferred: deferred.values, length: length))
    }
    return StreamState(
      kind: kind, segment: segment,
      customersOf: kind == .customers ? segments[segment].customers.base : nil, attach: attach,
      items: first..<items.count, least: stream.offerMinimum, most: stream.offerMaximum, rate: rate,
      growth: growth, winRate: winRate,
      personMonths: personMonths, role: role, impressions: impressions, fill: fill,
      unitCost: plan.isZero(stream.unitCost) ? nil : slot(stream.unitCost),
      partnerShare: plan.isZero(stream.partnerShare) ? nil : slot(stream.partnerShare),
      from: slot(stream.from), retention: slot(stream.retention), retains: retains,
      advance: advance, ring: ring,
      collection: lag(stream.collectionMonths, plan),
      unitAccount: plan.row(of: stream.kind.costAccount), growthNow: arena.row(),
      backlog: arena.row(), quantity: quantity, sale: sale, revenue: revenue, billed: billed,
      deferred: deferred, unitCosts: arena.row(), share: arena.row(),
      key: key("streams.\(stream.id)"), selling: arena.keep(selling), contracts: contracts)
  }

  private func item(
    _ item: RevenueStream.PricedItem, _ exact: ExpectedCharge, _ table: ChargeTable?,
    spread: Parameter?
  ) -> ItemState {
    ItemState(
      exact: exact, table: table, meter: item.meter, each: arena.row(), logEach: arena.row(),
      fixed: item.meter.isSpread ? nil : arena.row(),
      spread: item.meter.isSpread ? slot(spread) : nil)
  }
}
