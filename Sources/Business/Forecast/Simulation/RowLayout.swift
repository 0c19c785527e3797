import Ledger

/// Hands out the rows of a kernel: one initialiser's worth of pointers for each part of the model.
struct RowLayout {
  let arena: Arena
  let slots: Row
  let seed: UInt64
  let months: Int
  let constants: [Double?]

  func slot(_ parameter: Parameter) -> Row { slots.advanced(parameter.index) }
  func slot(_ parameter: Parameter?) -> Row? { parameter.map { slots.advanced($0.index) } }
  /// Are they the same on every path?
  func isCommon(_ parameters: Parameter?...) -> Bool {
    parameters.allSatisfy { $0.map { constants[$0.index] != nil } ?? true }
  }
  func key(_ name: String) -> UInt64 { RandomStream.Key(seed: seed, name: name).word }
}

/// A segment on the paths of a block: rows of its slots, its state, and its flows of the month.
/// Plain pointers, so that the month's loop neither counts references nor allocates.
struct SegmentState {
  let market: Row?
  let innovation: Row?
  let imitation: Row?
  let free: FreeState?
  let channels: Range<Int>
  let openingCustomers: Row
  let openingAdopters: Row
  let dispersion: Row?
  let churn: Row
  let concentration: Row?
  let sensitivity: Row?
  let elasticity: Row?
  let expansion: Row
  let tokensEach: Row
  let volatility: Row?
  let supportCost: Row
  // Prepared for a block: multiplier^(elasticity ÷ 2) and multiplier^−elasticity; retention.
  let priceOnChurn: Row
  let priceOnNew: Row
  // State.
  let customers: Row
  let adopters: Row
  /// Σ customers × usage relative to a new customer's, at the month's end, without the month's shock.
  let usage: Row
  /// Survivors of the month before ÷ what the cohorts say.
  let scale: Row
  let cohorts: CohortRows?
  // Flows of the month.
  let fresh: Row
  let churned: Row
  /// Usage of a mean customer relative to a new one's, with the month's shock; and its log.
  let relative: Row
  let logRelative: Row
  /// Tokens of the month, and without the month's shock: what capacity is planned for.
  let tokens: Row
  let planned: Row
  let newKey: UInt64
  let gammaKey: UInt64
  let churnKey: UInt64
  let usageKey: UInt64
}

/// Cohorts by month of birth, the oldest first, for each eight paths in one run of memory:
/// [column][count][8].
struct CohortRows {
  let count: Int
  let opening: Int
  let customers: UnsafeMutablePointer<Lanes>
  /// By age in months.
  let hazard: UnsafeMutablePointer<Lanes>
  /// 1 + growth of usage a month.
  let growth: Row
}

struct FreeState {
  let opening: Row
  let signups: Row
  let growth: Row
  let conversion: Row
  let churn: Row
  let tokensEach: Row
  let users: Row
  let growthNow: Row
  let signedUp: Row
  let converted: Row
  let left: Row
}

struct ChannelState {
  let spend: Row
  let growth: Row
  let from: Row
  let to: Row?
  let cost: Row
  let saturation: Row?
  let exponent: Row?
  /// The spend and its saturation are the same on every path.
  let isCommon: Bool
  let growthNow: Row
  let spent: Row
}

struct ShockState {
  let rate: Row
  let low: Row
  let high: Row
  let duration: Row
  let acquisition: Row
  let churn: Row
  /// exp(−rate), for the common case of no event.
  let none: Row
  /// Of the log of a loss.
  let mu: Row
  let sigma: Row
  /// Month of the last arrival; far in the past for none.
  let last: Row
  let count: Row
  let loss: Row
  let key: UInt64
  let lossKey: UInt64
}

extension RowLayout {
  func segment(_ segment: Segment, _ channels: inout [ChannelState]) -> SegmentState {
    let first = channels.count
    channels += segment.channels.map(channel)
    let path = "segments.\(segment.id)"
    let opening = max(1, segment.openingAges.count)
    return SegmentState(
      market: slot(segment.market), innovation: slot(segment.bass?.innovation),
      imitation: slot(segment.bass?.imitation), free: segment.free.map(free),
      channels: first..<channels.count, openingCustomers: slot(segment.openingCustomers),
      openingAdopters: slot(segment.openingAdopters), dispersion: slot(segment.dispersion),
      churn: slot(segment.churn), concentration: slot(segment.churnConcentration),
      sensitivity: slot(segment.serviceSensitivity), elasticity: slot(segment.priceElasticity),
      expansion: slot(segment.expansion), tokensEach: slot(segment.tokens),
      volatility: slot(segment.usageVolatility), supportCost: slot(segment.supportCost),
      priceOnChurn: arena.row(), priceOnNew: arena.row(), customers: arena.row(),
      adopters: arena.row(), usage: arena.row(), scale: arena.row(),
      cohorts: segment.churnConcentration == nil ? nil : cohorts(opening + months, opening),
      fresh: arena.row(), churned: arena.row(), relative: arena.row(), logRelative: arena.row(),
      tokens: arena.row(), planned: arena.row(), newKey: key(path + ".new"),
      gammaKey: key(path + ".dispersion"),
      churnKey: key(path + ".churned"), usageKey: key(path + ".usage"))
  }

  private func cohorts(_ count: Int, _ opening: Int) -> CohortRows {
    CohortRows(
      count: count, opening: opening, customers: arena.rows(count).base,
      hazard: arena.rows(count).base, growth: arena.row())
  }

  private func free(_ free: Segment.FreeTier) -> FreeState {
    FreeState(
      opening: slot(free.opening), signups: slot(free.signups), growth: slot(free.growth),
      conversion: slot(free.conversion), churn: slot(free.churn), tokensEach: slot(free.tokens),
      users: arena.row(), growthNow: arena.row(), signedUp: arena.row(), converted: arena.row(),
      left: arena.row())
  }

  private func channel(_ channel: Segment.Channel) -> ChannelState {
    ChannelState(
      spend: slot(channel.spend), growth: slot(channel.growth), from: slot(channel.from),
      to: slot(channel.to), cost: slot(channel.acquisitionCost),
      saturation: slot(channel.saturation), exponent: slot(channel.saturationExponent),
      isCommon: isCommon(
        channel.spend, channel.growth, channel.from, channel.to, channel.saturation,
        channel.saturationExponent),
      growthNow: arena.row(), spent: arena.row())
  }

  func shock(_ shock: Shock) -> ShockState {
    ShockState(
      rate: slot(shock.rate), low: slot(shock.lossLow), high: slot(shock.lossHigh),
      duration: slot(shock.duration), acquisition: slot(shock.acquisitionFactor),
      churn: slot(shock.churnFactor), none: arena.row(), mu: arena.row(),
      sigma: arena.row(), last: arena.row(), count: arena.row(),
      loss: arena.row(), key: key("shocks.\(shock.id)"), lossKey: key("shocks.\(shock.id).loss"))
  }
}
