package import Ledger

/// One line of income, of any profit model.
package struct RevenueStream: Sendable, Hashable, Codable {
  /// The five classes 产品销售, 服务收费, 广告, 平台收费, 数据服务 with two lines each, payment by
  /// outcome, and a share of partners' revenue (joint innovation).
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case softwareLicence = "software_licence"
    case hardware
    case consulting
    case dataProcessing = "data_processing"
    case ownAdvertising = "own_advertising"
    case partnerAdvertising = "partner_advertising"
    case usage
    case membership
    case dataTrading = "data_trading"
    case dataAnalysis = "data_analysis"
    case outcome
    case revenueShare = "revenue_share"

    /// Where its revenue is booked.
    package var account: Account {
      switch self {
      case .softwareLicence: .licence
      case .hardware: .hardwareSales
      case .consulting: .consulting
      case .dataProcessing: .dataProcessing
      case .ownAdvertising, .partnerAdvertising: .advertising
      case .usage: .usage
      case .membership: .subscription
      case .dataTrading, .dataAnalysis: .dataProducts
      case .outcome: .outcome
      case .revenueShare: .revenueShareReceived
      }
    }
  }

  /// What is sold, in how many pieces a month.
  package enum Volume: Sendable, Hashable, Codable {
    /// A share `attach` of a segment's customers, each charged by the offer.
    case customers(segment: Int, attach: Parameter)
    /// Orders (licences, devices, data deals): Poisson at `rate` × (1 + growth)^month.
    case orders(rate: Parameter, growth: Parameter)
    /// Projects: Poisson(rate × win rate) join a backlog of person-months, worked off by the role.
    case projects(
      rate: Parameter, growth: Parameter, winRate: Parameter, personMonths: Parameter, role: Int)
    /// Free users of a segment × impressions a month × fill; the price is a thousand impressions'.
    case audience(segment: Int, impressions: Parameter, fill: Parameter)
    /// A partner's turnover a month; the price is the share taken.
    case turnover(amount: Parameter, growth: Parameter)
  }

  /// One line of an offer: a meter and how its quantity becomes money.
  package struct PricedItem: Sendable, Hashable, Codable {
    package var meter: Meter
    package var curve: ChargeCurve
    package init(meter: Meter, curve: ChargeCurve) {
      self.meter = meter
      self.curve = curve
    }
  }

  /// What is counted of a customer in a month.
  package enum Meter: String, Sendable, Hashable, Codable, CaseIterable {
    case input, output, tokens, requests, seats, events, outcomes
    case cachedInput = "cached_input"
    /// 1 a customer: fees.
    case customers
  }

  package var id: String
  package var name: String
  package var kind: Kind
  package var volume: Volume
  /// For `customers`: charges a customer a month.
  package var offer: [PricedItem]
  /// The price list's offer that `offer` was made from, so that the exact path can rate the same.
  package var offerID: String?
  /// Over all items, a customer and month: at least, and at most.
  package var offerMinimum: Double = 0
  package var offerMaximum: Double? = nil
  /// For the other volumes: price of an order, project, thousand impressions; share of turnover.
  /// For `customers`: a factor of the offer's charges (1, or an uncertain price of a curve of slope 1).
  package var price: Parameter
  /// The price moves with the model's token price index.
  package var isIndexed: Bool
  /// Cost of a piece (order, project, thousand impressions) or share of turnover.
  package var unitCost: Parameter
  /// Share of the stream's revenue that a partner gets.
  package var partnerShare: Parameter
  /// Months billed in advance (0: billed as earned) and months until cash arrives.
  package var advanceMonths: Parameter
  package var collectionMonths: Parameter
  /// First month of sale, and whether it stays for the rest.
  package var from: Parameter
  /// Churn of the attached customers is multiplied by it (1: no effect).
  package var retention: Parameter

  package init(
    id: String, name: String, kind: Kind, volume: Volume, offer: [PricedItem], offerID: String?,
    price: Parameter, isIndexed: Bool, unitCost: Parameter, partnerShare: Parameter,
    advanceMonths: Parameter, collectionMonths: Parameter, from: Parameter, retention: Parameter
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.volume = volume
    self.offer = offer
    self.offerID = offerID
    self.price = price
    self.isIndexed = isIndexed
    self.unitCost = unitCost
    self.partnerShare = partnerShare
    self.advanceMonths = advanceMonths
    self.collectionMonths = collectionMonths
    self.from = from
    self.retention = retention
  }
}
