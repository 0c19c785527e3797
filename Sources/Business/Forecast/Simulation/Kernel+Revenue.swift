import CKernels
import Foundation
import Ledger

/// What is sold in a month, and for how much.
extension Kernel {
  static let longestAdvance = 60

  func beginStreams() {
    for stream in streams {
      stream.growthNow.fill(1)
      stream.backlog.fill(0)
      stream.deferred.fill(0)
      if stream.advance != nil {
        for row in 0..<Self.longestAdvance { stream.ring.advanced(row).fill(0) }
      }
    }
    for stream in streams where stream.kind == .customers {
      for index in stream.items { begin(items[index], plan.model.segments[stream.segment]) }
    }
  }

  private func begin(_ item: ItemState, _ segment: Segment) {
    let tokens = slot(segment.tokens)
    let output = slot(segment.outputShare)
    let cached = slot(segment.cachedShare)
    let each = item.each
    for v in 0..<Row.vectors {
      let quantity: Lanes =
        switch item.meter {
        case .tokens: tokens[v]
        case .input: tokens[v] * (1 - output[v]) * (1 - cached[v])
        case .cachedInput: tokens[v] * (1 - output[v]) * cached[v]
        case .output: tokens[v] * output[v]
        case .requests: tokens[v] / slot(segment.tokensPerRequest)[v].atLeast(1e-9)
        case .events: slot(segment.events)[v]
        case .outcomes: slot(segment.events)[v] * slot(segment.successRate)[v]
        case .seats: slot(segment.seats)[v]
        case .customers: Lanes(repeating: 1)
        }
      each[v] = quantity.atLeast(0)
      item.logEach[v] = FastMath.log(each[v].atLeast(1e-300))
    }
    guard let fixed = item.fixed else { return }
    for lane in 0..<Row.paths { fixed.values[lane] = item.exact.charge(each.values[lane]) }
  }

  func sell(_ month: Int) {
    common.collected.copy(books.inflow.advanced(month))
    for index in streams.indices {
      let stream = streams[index]
      if month > 0, let growth = stream.growth {
        steps.pointee.grow(growth.values, stream.growthNow.values, Row.paths)
      }
      price(stream, month)
      steps.pointee.sell(stream.selling, Double(month), Row.paths)
      recognise(stream, month)
      share(stream)
    }
    add(sums.revenue)
    add(sums.recurring)
  }

  /// The quantity of the month; of customers, what each is charged.
  private func price(_ stream: StreamState, _ month: Int) {
    switch stream.kind {
    case .customers: rateCustomers(stream)
    case .orders:
      guard let rate = stream.rate else { return }
      steps.pointee.product(rate.values, stream.growthNow.values, scratch.values, Row.paths)
      poissons(stream.quantity, mean: scratch, stream.key, month)
    case .projects: work(stream, month)
    case .audience:
      guard let impressions = stream.impressions, let fill = stream.fill else { return }
      let free = segments[stream.segment].free
      for v in 0..<Row.vectors {
        stream.quantity[v] = (free?.users[v] ?? .zero) * impressions[v] * fill[v] * 0.001
      }
    case .turnover:
      guard let amount = stream.rate else { return }
      steps.pointee.product(
        amount.values, stream.growthNow.values, stream.quantity.values, Row.paths)
    }
  }

  private func rateCustomers(_ stream: StreamState) {
    let s = segments[stream.segment]
    let each = stream.sale
    each.fill(0)
    if stream.isBounded {
      chargeBounded(stream, s, into: each)
    } else {
      for index in stream.items { charge(items[index], s, into: each) }
    }
  }

  /// Adds the mean charge a customer.
  private func charge(_ item: ItemState, _ s: SegmentState, into total: Row) {
    if let fixed = item.fixed { return total.add(fixed) }
    let mean = scratch
    if item.exact.isLinear {
      let piece = item.exact.pieces[0]
      return steps.pointee.charge_line(
        piece.base, piece.slope, item.each.values, s.relative.values, fleet.missed.values,
        total.values, Row.paths)
    }
    if let table = item.table {
      table.means(item.logEach, s.logRelative, into: mean, sampler.rows)
    } else {
      for lane in 0..<Row.paths {
        mean.values[lane] = item.exact.mean(
          item.each.values[lane] * s.relative.values[lane],
          spread: item.spread?.values[lane] ?? 0)
      }
    }
    steps.pointee.charge(mean.values, fleet.missed.values, total.values, Row.paths)
  }

  /// The mean of the bounded sum of all items: the bounds are on a customer's whole bill, so that the
  /// items cannot be taken one by one. A customer's usage is one lognormal factor on all meters; the
  /// integral over it is by the trapezoid rule on 97 points over ±6σ (error about 5e-4 at a kink).
  private func chargeBounded(_ stream: StreamState, _ s: SegmentState, into total: Row) {
    let segment = plan.model.segments[stream.segment]
    let sigmas = segment.usageSpread.map(slot)
    let most = stream.most ?? .infinity
    for lane in 0..<Row.paths {
      let sigma = sigmas?.values[lane] ?? 0
      let served = 1 - fleet.missed.values[lane]
      let relative = s.relative.values[lane]
      func bill(_ factor: Double) -> Double {
        var sum = 0.0
        for index in stream.items {
          let item = items[index]
          sum +=
            item.fixed?.values[lane]
            ?? item.exact.charge(item.each.values[lane] * relative * factor) * served
        }
        return min(max(sum, stream.least), most)
      }
      guard sigma > 0 else {
        total.values[lane] = bill(1)
        continue
      }
      var (mean, weights) = (0.0, 0.0)
      for node in -48...48 {
        let z = Double(node) * 0.125
        let weight = exp(-0.5 * z * z)
        mean += weight * bill(exp(sigma * z - sigma * sigma / 2))
        weights += weight
      }
      total.values[lane] = mean / weights
    }
  }

  /// Projects won join the backlog; the role works it off with the hands it has left this month.
  private func work(_ stream: StreamState, _ month: Int) {
    guard let rate = stream.rate, let winRate = stream.winRate, let size = stream.personMonths
    else { return }
    steps.pointee.product(rate.values, stream.growthNow.values, scratch.values, Row.paths)
    steps.pointee.product(scratch.values, winRate.values, scratch.values, Row.paths)
    poissons(scratch2, mean: scratch, stream.key, month)
    steps.pointee.work(
      scratch2.values, stream.from.values, size.values, Double(month), stream.backlog.values,
      roles[stream.role].spare.values, stream.quantity.values, Row.paths)
  }
}
