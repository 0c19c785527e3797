import CKernels
import Ledger

/// Hands out the rows of a kernel: one initialiser's worth of pointers for each part of the model.
struct RowLayout {
  let arena: Arena
  let slots: Row
  let seed: UInt64
  let months: Int
  let constants: [Double?]
  let common: CommonRows

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
  let supportCosts: Row
  /// Tokens of the month, and without the month's shock: what capacity is planned for.
  let tokens: Row
  let planned: Row
  let newKey: UInt64
  let gammaKey: UInt64
  let churnKey: UInt64
  let usageKey: UInt64
  // The rows of a step.
  let coming: UnsafePointer<ck_coming>
  let joining: UnsafePointer<ck_joining>
  let uses: UnsafePointer<ck_using>
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
  let growthNow: Row
  let spent: Row
  let step: UnsafePointer<ck_channel>
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
  /// - Parameter isTabled: some charge is read from a table over the log of usage.
  func segment(
    _ segment: Segment, isTabled: Bool, isDeterministic: Bool, _ channels: inout [ChannelState]
  ) -> SegmentState {
    let first = channels.count
    channels += segment.channels.map(channel)
    let path = "segments.\(segment.id)"
    let opening = max(1, segment.openingAges.count)
    let (adopters, customers, usage, scale) = (arena.row(), arena.row(), arena.row(), arena.row())
    let (fresh, priceOnNew) = (arena.row(), arena.row())
    let (relative, logRelative) = (arena.row(), arena.row())
    let (tokens, planned) = (arena.row(), arena.row())
    let free = segment.free.map(free)
    let cohorts = segment.churnConcentration == nil ? nil : cohorts(opening + months, opening)
    let coming = ck_coming(
      market: slot(segment.market)?.reading, innovation: slot(segment.bass?.innovation)?.reading,
      imitation: slot(segment.bass?.imitation)?.reading, price: priceOnNew.reading,
      shocks: common.acquisition.reading, adopters: adopters.reading,
      signups: free?.signups.reading, growth: free?.growth.reading,
      conversion: free?.conversion.reading, churn: free?.churn.reading, users: free?.users.values,
      growth_now: free?.growthNow.values, signed_up: free?.signedUp.values,
      converted: free?.converted.values, left: free?.left.values)
    let joining = ck_joining(
      market: slot(segment.market)?.reading, fresh: fresh.values, customers: customers.values,
      adopters: adopters.values, usage: usage.values, scale: scale.values,
      cohorts: cohorts.map { Row(base: $0.customers).values }, stride: cohorts?.count ?? 0,
      is_whole: isDeterministic ? 0 : 1)
    let uses = ck_using(
      customers: customers.reading, usage: usage.reading, each: slot(segment.tokens).reading,
      free_users: free?.users.reading, free_each: free?.tokensEach.reading,
      relative: relative.values, log_relative: isTabled ? logRelative.values : nil,
      tokens: tokens.values, planned: planned.values)
    return SegmentState(
      free: free,
      channels: first..<channels.count, openingCustomers: slot(segment.openingCustomers),
      openingAdopters: slot(segment.openingAdopters), dispersion: slot(segment.dispersion),
      churn: slot(segment.churn), concentration: slot(segment.churnConcentration),
      sensitivity: slot(segment.serviceSensitivity), elasticity: slot(segment.priceElasticity),
      expansion: slot(segment.expansion),
      volatility: slot(segment.usageVolatility), supportCost: slot(segment.supportCost),
      priceOnChurn: arena.row(), priceOnNew: priceOnNew, customers: customers,
      adopters: adopters, usage: usage, scale: scale, cohorts: cohorts, fresh: fresh,
      churned: arena.row(), relative: relative, logRelative: logRelative,
      supportCosts: arena.row(), tokens: tokens, planned: planned, newKey: key(path + ".new"),
      gammaKey: key(path + ".dispersion"), churnKey: key(path + ".churned"),
      usageKey: key(path + ".usage"), coming: arena.keep(coming), joining: arena.keep(joining),
      uses: arena.keep(uses))
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
    let (growthNow, spent) = (arena.row(), arena.row())
    let step = ck_channel(
      spend: slot(channel.spend).reading, growth: slot(channel.growth).reading,
      from: slot(channel.from).reading, to: slot(channel.to)?.reading,
      cost: slot(channel.acquisitionCost).reading,
      saturation: slot(channel.saturation)?.reading,
      exponent: slot(channel.saturationExponent)?.reading, growth_now: growthNow.values,
      spent: spent.values,
      is_common: isCommon(
        channel.spend, channel.growth, channel.from, channel.to, channel.saturation,
        channel.saturationExponent) ? 1 : 0)
    return ChannelState(growthNow: growthNow, spent: spent, step: arena.keep(step))
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
