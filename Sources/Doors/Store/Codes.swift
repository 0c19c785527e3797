import Ledger

/// The small integers that stand for names in the rows. Never changed once landed: a new name takes
/// the next free number. The journal's hashes are over the names, so that a wrong number shows.
extension Account {
  var code: Int64 {
    switch self {
    case .cash: 1
    case .receivable: 2
    case .prepaidToVendors: 3
    case .hardware: 4
    case .inventory: 5
    case .unbilledReceivable: 6
    case .workInProgress: 7
    case .machineCapacity: 8
    case .customerCredit: 20
    case .deferredRevenue: 21
    case .accruedInfrastructure: 22
    case .payableToVendors: 23
    case .payableToPartners: 24
    case .taxPayable: 25
    case .accruedWarranty: 26
    case .loans: 27
    case .paidIn: 40
    case .retainedEarnings: 41
    case .usage: 50
    case .subscription: 51
    case .membership: 52
    case .licence: 53
    case .consulting: 54
    case .advertising: 55
    case .outcome: 56
    case .breakage: 57
    case .hardwareSales: 58
    case .dataProcessing: 59
    case .dataProducts: 60
    case .revenueShareReceived: 61
    case .discounts: 80
    case .refunds: 81
    case .promotionalCreditUsed: 82
    case .serviceCredits: 83
    case .computeUsed: 90
    case .idleCapacity: 91
    case .upstreamModels: 92
    case .paymentFees: 93
    case .support: 94
    case .warranty: 95
    case .hardwareSold: 96
    case .deliveryStaff: 97
    case .partnerShare: 98
    case .trainingAndResearch: 110
    case .people: 111
    case .marketing: 112
    case .administration: 113
    case .badDebt: 114
    case .exchangeGainAndLoss: 130
    case .currencyExchange: 131
    case .rounding: 132
    case .interest: 133
    case .tax: 134
    }
  }

  private static let byCode = Dictionary(uniqueKeysWithValues: allCases.map { ($0.code, $0) })

  init?(code: Int64) {
    guard let account = Self.byCode[code] else { return nil }
    self = account
  }
}

extension Transaction.Kind {
  var number: Int64 {
    switch self {
    case .usage: 1
    case .machine: 2
    case .correction: 3
    case .refund: 4
    case .topUp: 5
    case .promotionalCredit: 6
    case .manual: 7
    }
  }

  init?(number: Int64) {
    guard let kind = Self.allCases.first(where: { $0.number == number }) else { return nil }
    self = kind
  }
}

extension Currency {
  /// The three letters of the ISO code as one number.
  var number: Int64 {
    var number: Int64 = 0
    for byte in code.utf8 { number = number << 8 | Int64(byte) }
    return number
  }

  private static let byNumber = Dictionary(uniqueKeysWithValues: all.map { ($0.number, $0) })

  init?(number: Int64) {
    guard let currency = Self.byNumber[number] else { return nil }
    self = currency
  }
}

extension Money {
  static let picosPerMicro: Int64 = 1_000_000

  /// `picos` as ⌊picos ÷ 10⁶⌋ and what is left (0..<10⁶), so that SQL sums both exactly.
  static func split(_ picos: Int128) -> (micro: Int64, pico: Int64) {
    if let small = Int64(exactly: picos) {
      var (micro, pico) = small.quotientAndRemainder(dividingBy: picosPerMicro)
      if pico < 0 {
        micro -= 1
        pico += picosPerMicro
      }
      return (micro, pico)
    }
    let micro = divide(picos, by: Int128(picosPerMicro), rounding: .down)
    return (Int64(micro), Int64(picos - micro * Int128(picosPerMicro)))
  }

  /// `pico` may be a sum of many rows' remainders.
  static func join(micro: Int64, pico: Int64) -> Int128 {
    Int128(micro) * Int128(picosPerMicro) + Int128(pico)
  }
}
