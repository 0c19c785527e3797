package import Ledger

/// What a period, a customer or a model earned and spent, in one currency.
package struct Economics: Hashable, Sendable {
  package let currency: Currency
  /// Net of discounts, refunds and promotional credit.
  package var revenue: Money
  package var computeUsed: Money
  package var idleCapacity: Money
  package var upstream: Money
  /// Payment fees, partners' share, support and what else a sale causes.
  package var otherVariable: Money
  /// Cost of revenue that no single sale causes, beside idle capacity.
  package var otherFixed: Money
  /// Training, people, bad debt and the like: after the gross profit.
  package var operating: Money
  /// Machine time.
  package var usedNanoseconds: Int64 = 0
  package var idleNanoseconds: Int64 = 0
  /// Amounts without an exchange rate: revenue and cost, by currency.
  package var unconverted: [Currency: Money] = [:]

  package init(_ currency: Currency) {
    self.currency = currency
    revenue = .zero(currency)
    computeUsed = .zero(currency)
    idleCapacity = .zero(currency)
    upstream = .zero(currency)
    otherVariable = .zero(currency)
    otherFixed = .zero(currency)
    operating = .zero(currency)
  }

  package init(_ totals: some Sequence<AccountTotal>, in conversion: Conversion) {
    self.init(conversion.target)
    for total in totals { add(total, conversion) }
  }

  package mutating func add(_ total: AccountTotal, _ conversion: Conversion) {
    switch total.account {
    case .computeUsed: usedNanoseconds += total.nanoseconds
    case .idleCapacity: idleNanoseconds += total.nanoseconds
    default: break
    }
    let kind = total.account.kind
    guard [.revenue, .contraRevenue, .costOfRevenue, .operatingCost].contains(kind) else { return }
    guard let amount = conversion(total.amount) else {
      unconverted[total.amount.currency, default: .zero(total.amount.currency)] -= total.amount
      return
    }
    switch (kind, total.account) {
    case (.revenue, _), (.contraRevenue, _): revenue -= amount
    case (_, .computeUsed): computeUsed += amount
    case (_, .idleCapacity): idleCapacity += amount
    case (_, .upstreamModels): upstream += amount
    case (_, .paymentFees), (_, .partnerShare), (_, .support), (_, .hardwareSold), (_, .warranty):
      otherVariable += amount
    case (.costOfRevenue, _): otherFixed += amount
    default: operating += amount
    }
  }

  /// What sales leave after the cost they caused.
  package var contribution: Money { revenue - computeUsed - upstream - otherVariable }
  package var costOfRevenue: Money {
    computeUsed + idleCapacity + upstream + otherVariable + otherFixed
  }
  package var grossProfit: Money { revenue - costOfRevenue }
  package var machineCost: Money { computeUsed + idleCapacity }
  package var machineNanoseconds: Int64 { usedNanoseconds + idleNanoseconds }
  package var isEmpty: Bool {
    revenue.isZero && costOfRevenue.isZero && operating.isZero && machineNanoseconds == 0
      && unconverted.isEmpty
  }
}
