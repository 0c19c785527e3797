/// The chart of accounts. Debits are positive, credits negative.
package enum Account: String, CaseIterable, Hashable, Sendable, Codable {
  // assets
  case cash, receivable, prepaidToVendors = "prepaid_to_vendors", hardware, inventory
  case unbilledReceivable = "unbilled_receivable"
  case workInProgress = "work_in_progress"
  case machineCapacity = "machine_capacity"
  // liabilities
  case customerCredit = "customer_credit"
  case deferredRevenue = "deferred_revenue"
  case accruedInfrastructure = "accrued_infrastructure"
  case payableToVendors = "payable_to_vendors"
  case payableToPartners = "payable_to_partners"
  case taxPayable = "tax_payable"
  case accruedWarranty = "accrued_warranty"
  case loans
  // equity
  case paidIn = "paid_in"
  case retainedEarnings = "retained_earnings"
  // revenue
  case usage, subscription, membership, licence, consulting, advertising, outcome, breakage
  case hardwareSales = "hardware_sales"
  case dataProcessing = "data_processing"
  case dataProducts = "data_products"
  case revenueShareReceived = "revenue_share_received"
  // contra-revenue
  case discounts, refunds
  case promotionalCreditUsed = "promotional_credit_used"
  case serviceCredits = "service_credits"
  // cost of revenue
  case computeUsed = "compute_used"
  case idleCapacity = "idle_capacity"
  case upstreamModels = "upstream_models"
  case paymentFees = "payment_fees"
  case support, warranty
  case hardwareSold = "hardware_sold"
  case deliveryStaff = "delivery_staff"
  case partnerShare = "partner_share"
  // operating cost
  case trainingAndResearch = "training_and_research"
  case people, marketing, administration
  case badDebt = "bad_debt"
  // other
  case exchangeGainAndLoss = "exchange_gain_and_loss"
  case currencyExchange = "currency_exchange"
  case rounding, interest, tax

  package enum Kind: String, Sendable, CaseIterable {
    case asset, liability, equity, revenue, other
    case contraRevenue = "contra_revenue"
    case costOfRevenue = "cost_of_revenue"
    case operatingCost = "operating_cost"
  }

  package var kind: Kind {
    switch self {
    case .cash, .receivable, .prepaidToVendors, .hardware, .inventory, .unbilledReceivable,
      .workInProgress, .machineCapacity:
      .asset
    case .customerCredit, .deferredRevenue, .accruedInfrastructure, .payableToVendors,
      .payableToPartners, .taxPayable, .accruedWarranty, .loans:
      .liability
    case .paidIn, .retainedEarnings: .equity
    case .usage, .subscription, .membership, .licence, .consulting, .advertising, .outcome,
      .breakage, .hardwareSales, .dataProcessing, .dataProducts, .revenueShareReceived:
      .revenue
    case .discounts, .refunds, .promotionalCreditUsed, .serviceCredits: .contraRevenue
    case .computeUsed, .idleCapacity, .upstreamModels, .paymentFees, .support, .warranty,
      .hardwareSold, .deliveryStaff, .partnerShare:
      .costOfRevenue
    case .trainingAndResearch, .people, .marketing, .administration, .badDebt: .operatingCost
    case .exchangeGainAndLoss, .currencyExchange, .rounding, .interest, .tax: .other
    }
  }
}
