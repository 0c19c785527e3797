import Foundation

extension Restart.Writer {
  /// Cash of the ledger, and what is open with customers and suppliers. Where nobody booked what the owners paid in, the plan's opening cash and the
  /// rounds that were due are added to it.
  mutating func finance(_ actuals: Actuals, _ last: MonthActuals) {
    var finance = model.finance
    var cash = last.cashAtEnd
    var operations: [ParameterTable.Operation] = []
    if !actuals.hasCapital { operations = [.slot(finance.openingCash.index), .constant(0), .add] }
    finance.rounds = finance.rounds.compactMap { round in
      guard median(round.month) <= Double(elapsed - 1), round.cashBelow == nil else {
        var round = round
        round.month = shifted(round.month)
        return round
      }
      if !actuals.hasCapital, median(round.probability) >= 0.5 { cash += median(round.amount) }
      return nil
    }
    finance.loans = finance.loans.compactMap { loan in
      let month = Int(max(0, median(loan.month)).rounded(.up))
      var loan = loan
      guard month < elapsed else {
        loan.month = shifted(loan.month)
        return loan
      }
      // The ledger's cash has the loan already where capital is booked.
      if !actuals.hasCapital { cash += median(loan.amount) }
      // The first payment is a month after the loan. It is paid out again in the new first month, so
      // that month's own payment is taken off before, with what is then left.
      let paid = Double(elapsed - month)
      let term = median(loan.term).rounded() - paid
      guard term >= 0 else { return nil }
      func rest(_ paid: Double) -> Double {
        Self.balance(
          amount: median(loan.amount), rate: median(loan.rate), term: median(loan.term).rounded(),
          paid: paid)
      }
      let left = rest(paid)
      cash -= rest(paid - 1) * (1 + median(loan.rate)) - left
      guard term >= 1 else { return nil }
      cash -= left
      loan.amount = constant(left, like: loan.amount)
      loan.month = constant(0, like: loan.month)
      loan.term = constant(term, like: loan.term)
      return loan
    }
    finance.openingCash =
      operations.isEmpty
      ? constant(cash, like: finance.openingCash)
      : formula(finance.openingCash, operations + [.constant(cash), .add])
    // Customers that paid ahead pay less for a while, as if we owed it to them; the other way round
    // with suppliers.
    let (owed, owing) = (last.receivableAtEnd, last.payableAtEnd)
    finance.openingReceivable = constant(
      max(0, owed) + max(0, -owing), like: finance.openingCash)
    finance.openingPayable = constant(max(0, owing) + max(0, -owed), like: finance.openingCash)
    model.finance = finance
  }

  /// Balance of a loan in equal payments after `paid` of them.
  static func balance(amount: Double, rate: Double, term: Double, paid: Double) -> Double {
    guard term > paid else { return 0 }
    guard abs(rate) > 1e-12 else { return amount * (1 - paid / term) }
    let whole = pow(1 + rate, term)
    return amount * (whole - pow(1 + rate, paid)) / (whole - 1)
  }
}
