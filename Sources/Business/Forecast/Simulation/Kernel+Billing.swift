import CKernels

/// From sales to bills, recognised revenue, shares and the months in which money moves.
extension Kernel {
  /// From the sale to bills, recognised revenue and what is still owed in service.
  func recognise(_ stream: StreamState, _ month: Int) {
    if let contracts = stream.contracts {
      steps.pointee.bill(contracts, month, Row.paths)
    } else if let advance = stream.advance {
      bill(stream, advance, month)
    }
    schedule(stream.billed, stream.collection, books.inflow, month, now: common.collected)
  }

  /// Contracts of A months, paid at once: those that run cover a part of the sale; the rest of it is
  /// signed now. A contract runs to its end, also when the sale has fallen since.
  private func bill(_ stream: StreamState, _ advance: Row, _ month: Int) {
    for lane in 0..<Row.paths {
      let length = Int(
        min(max(advance.values[lane].rounded(), 0), Double(Self.longestAdvance)))
      let sale = stream.sale.values[lane]
      guard length > 1 else {
        stream.revenue.values[lane] = sale
        stream.billed.values[lane] = sale
        continue
      }
      let place = month % length
      var covered = 0.0
      for row in 0..<length where row != place {
        covered += stream.ring.advanced(row).values[lane]
      }
      let signed = max(0, sale - covered)
      stream.ring.advanced(place).values[lane] = signed
      let billed = signed * Double(length)
      stream.billed.values[lane] = billed
      stream.revenue.values[lane] = covered + signed
      stream.deferred.values[lane] += billed - (covered + signed)
    }
  }

  func share(_ stream: StreamState) {
    if let unitCost = stream.unitCost {
      steps.pointee.product(
        stream.quantity.values, unitCost.values, stream.unitCosts.values, Row.paths)
    }
    if let partner = stream.partnerShare {
      steps.pointee.product(
        stream.revenue.values, partner.values, stream.share.values, Row.paths)
    }
  }

  /// Puts money into the month it moves in: a fraction of a month is split between its two ends.
  /// - Parameter now: gets what moves this month.
  func schedule(_ amount: Row, _ lag: Lag, _ rows: Row, _ month: Int, now: Row) {
    if let constant = lag.constant {
      let (whole, part) = Self.split(constant)
      put(amount, 1 - part, month + whole, rows, month, now)
      if part > 0 { put(amount, part, month + whole + 1, rows, month, now) }
      return
    }
    for lane in 0..<Row.paths {
      let (whole, part) = Self.split(lag.row.values[lane])
      let value = amount.values[lane]
      let first = min(month + whole, months)
      let second = min(month + whole + 1, months)
      if whole == 0 {
        now.values[lane] += value * (1 - part)
      } else {
        rows.advanced(first).values[lane] += value * (1 - part)
      }
      rows.advanced(second).values[lane] += value * part
    }
  }

  private static func split(_ lag: Double) -> (Int, Double) {
    let bounded = min(max(lag, 0), 120)
    let whole = bounded.rounded(.down)
    return (Int(whole), bounded - whole)
  }

  @inline(__always) private func put(
    _ amount: Row, _ part: Double, _ target: Int, _ rows: Row, _ month: Int, _ now: Row
  ) {
    let row = target == month ? now : rows.advanced(min(target, months))
    steps.pointee.put(amount.values, part, row.values, Row.paths)
  }
}
