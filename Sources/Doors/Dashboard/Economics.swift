import Billing
import Ledger

/// Amounts of several currencies in the one the reader chose. What has no rate stays apart, and is
/// named on the page: nothing is left out silently.
struct Conversion: Sendable {
  let target: Currency
  let convert: @Sendable (Money, Currency) -> Money?

  func callAsFunction(_ amount: Money) -> Money? {
    amount.currency == target ? amount : convert(amount, target)
  }
}

/// What a period, a customer or a model earned and spent, in one currency.
struct Economics: Hashable, Sendable {
  let currency: Currency
  /// Net of discounts, refunds and promotional credit.
  var revenue: Money
  var computeUsed: Money
  var idleCapacity: Money
  var upstream: Money
  /// Payment fees, partners' share, support and what else a sale causes.
  var otherVariable: Money
  /// Cost of revenue that no single sale causes, beside idle capacity.
  var otherFixed: Money
  /// Training, people, bad debt and the like: after the gross profit.
  var operating: Money
  /// Machine time.
  var usedNanoseconds: Int64 = 0
  var idleNanoseconds: Int64 = 0
  /// Amounts without an exchange rate: revenue and cost, by currency.
  var unconverted: [Currency: Money] = [:]

  init(_ currency: Currency) {
    self.currency = currency
    revenue = .zero(currency)
    computeUsed = .zero(currency)
    idleCapacity = .zero(currency)
    upstream = .zero(currency)
    otherVariable = .zero(currency)
    otherFixed = .zero(currency)
    operating = .zero(currency)
  }

  init(_ totals: some Sequence<AccountTotal>, in conversion: Conversion) {
    self.init(conversion.target)
    for total in totals { add(total, conversion) }
  }

  mutating func add(_ total: AccountTotal, _ conversion: Conversion) {
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
  var contribution: Money { revenue - computeUsed - upstream - otherVariable }
  var costOfRevenue: Money { computeUsed + idleCapacity + upstream + otherVariable + otherFixed }
  var grossProfit: Money { revenue - costOfRevenue }
  var machineCost: Money { computeUsed + idleCapacity }
  var machineNanoseconds: Int64 { usedNanoseconds + idleNanoseconds }
  var isEmpty: Bool {
    revenue.isZero && costOfRevenue.isZero && operating.isZero && machineNanoseconds == 0
      && unconverted.isEmpty
  }
}

/// Tokens and requests of a period.
struct Volume: Hashable, Sendable {
  var requests = 0
  var unrated = 0
  var input = 0
  var cachedInput = 0
  var output = 0
  var tokens: Int { input + cachedInput + output }

  init() {}
  init(_ totals: some Sequence<UsageTotal>) { for total in totals { add(total) } }

  mutating func add(_ total: UsageTotal) {
    requests += total.requests
    unrated += total.unrated
    input += total.input
    cachedInput += total.cachedInput
    output += total.output
  }
}
