import CKernels

/// Runs the months of a block of paths at once. One a worker; all its memory is taken in `init`.
///
/// The rows are the paths' slots, states and flows; `step` is the specification of a month in code,
/// in the order that `Simulation` says.
final class Kernel {
  let plan: SimulationPlan
  let seed: UInt64
  let isDeterministic: Bool
  let arena = Arena()
  let sampler: NoiseSampler
  let steps: UnsafePointer<ck_steps>
  let zeros: Row
  /// Hashes of a row.
  let bits: UnsafeMutablePointer<UInt64>

  /// [slot], refilled for each block.
  let slots: Row
  /// First path of the block.
  var firstPath = 0

  let common: CommonRows
  /// What sums up to the month's customers, tokens, revenue and costs.
  let sums: MonthSums

  let segments: [SegmentState]
  let channels: [ChannelState]
  let shocks: [ShockState]
  let streams: [StreamState]
  let items: [ItemState]
  let roles: [RoleState]
  let lines: [LineState]
  let rounds: [RoundState]
  let loans: [LoanState]
  let fleet: FleetState
  let books: BookState
  let figures: FigureState

  init(
    plan: SimulationPlan, seed: UInt64, isDeterministic: Bool,
    sampler: NoiseSampler = NoiseSampler()
  ) {
    self.sampler = sampler
    steps = sampler.steps
    self.plan = plan
    self.seed = seed
    self.isDeterministic = isDeterministic
    let arena = self.arena
    slots = arena.rows(plan.slotCount)
    zeros = arena.row()
    scratch = arena.row()
    scratch2 = arena.row()
    bits = UnsafeMutableRawPointer(arena.row().base).assumingMemoryBound(to: UInt64.self)
    let common = CommonRows(arena)
    self.common = common
    let layout = RowLayout(
      arena: arena, slots: slots, seed: seed, months: plan.model.months, constants: plan.constants,
      common: common)
    var channels: [ChannelState] = []
    segments = plan.model.segments.enumerated().map {
      layout.segment(
        $1, isTabled: plan.isTabled[$0], isDeterministic: isDeterministic, &channels)
    }
    self.channels = channels
    shocks = plan.model.shocks.map(layout.shock)
    var items: [ItemState] = []
    let segments = self.segments
    streams = plan.model.streams.enumerated().map {
      layout.stream($1, plan: plan, index: $0, &items, segments)
    }
    self.items = items
    roles = plan.model.roles.map { layout.role($0, plan: plan) }
    lines = plan.model.costs.map { layout.line($0, plan: plan) }
    rounds = plan.model.finance.rounds.map(layout.round)
    loans = plan.model.finance.loans.map(layout.loan)
    fleet = layout.fleet(plan.model.fleet, plan.queue)
    books = layout.books(
      plan, fleet: fleet, billed: streams.map(\.billed), rounds: rounds)
    figures = layout.figures(
      plan.model, fleet: fleet, books: books, segments: segments)
    sums = layout.sums(
      segments: segments, channels: channels, shocks: shocks, streams: streams, roles: roles,
      lines: lines, fleet: fleet, books: books)
    tokenKey = RandomStream.Key(seed: seed, name: "token_price").word
    machineKey = RandomStream.Key(seed: seed, name: "machine_price").word
  }

  let tokenKey: UInt64
  let machineKey: UInt64

  @inline(__always) func slot(_ parameter: Parameter) -> Row { slots.advanced(parameter.index) }
  @inline(__always) var months: Int { plan.model.months }

  /// Runs all months of the paths from `firstPath` on, whose slots are filled.
  /// - Parameter endOfMonth: sees the rows after each month.
  func run(firstPath: Int, endOfMonth: (Int) -> Void) {
    self.firstPath = firstPath
    begin()
    for month in 0..<months {
      step(month)
      endOfMonth(month)
    }
    finish()
  }

  func begin() {
    common.tokenIndex.fill(1)
    common.machineIndex.fill(1)
    beginShocks()
    beginSegments()
    beginCapacity()
    beginStreams()
    beginCosts()
    beginBooks()
    beginFigures()
  }

  func step(_ month: Int) {
    indices(month)
    shocks(month)
    for segment in segments.indices { grow(segments[segment], month) }
    add(sums.customers)
    capacity(month)
    staff(month)
    sell(month)
    bookCosts(month)
    closeMonth(month)
    observe(month)
  }

  // MARK: Indices

  private func indices(_ month: Int) {
    guard month > 0 else { return }
    advance(common.tokenIndex, plan.model.tokenPrice, tokenKey, month)
    advance(common.machineIndex, plan.model.machinePrice, machineKey, month)
  }

  /// index × exp(drift + vol·z − vol² ÷ 2).
  private func advance(_ index: Row, _ law: Model.Drift, _ key: UInt64, _ month: Int) {
    if isDeterministic || plan.isZero(law.volatility) {
      if plan.isZero(law.drift) { return }
      exponential(slot(law.drift), into: scratch)
    } else {
      normals(scratch, key, month)
      lognormal(slot(law.drift), slot(law.volatility), into: scratch)
    }
    index.multiply(scratch)
  }

  @inline(__always) func add(_ sum: RowSum) {
    steps.pointee.gather(sum.rows, sum.count, sum.target.values, Row.paths)
  }

  /// Over the first paths; the same whatever runs beside them.
  @inline(__always) func sum(_ row: Row, _ count: Int) -> Double {
    count == Row.paths ? steps.pointee.sum(row.values, count) : row.sum(first: count)
  }

  // MARK: Draws

  let scratch: Row
  let scratch2: Row

  @inline(__always) func hashes(_ key: UInt64, _ month: Int) {
    sampler.hash(key, path: firstPath, month: month, into: bits, count: Row.paths)
  }

  @inline(__always) func normals(_ row: Row, _ key: UInt64, _ month: Int) {
    hashes(key, month)
    sampler.normal(bits, into: row.values, count: Row.paths)
  }

  /// exp(drift + σ·z − σ² ÷ 2) in the place of z.
  @inline(__always) func lognormal(_ drift: Row, _ sigma: Row, into row: Row) {
    sampler.rows.lognormal(drift.values, sigma.values, row.values, row.values, Row.paths)
  }

  @inline(__always) func exponential(_ x: Row, into row: Row) {
    sampler.rows.exponential(x.values, row.values, Row.paths)
  }

  @inline(__always) func logarithm(_ x: Row, into row: Row) {
    sampler.rows.logarithm(x.values, row.values, Row.paths)
  }

  /// Poisson of each path's mean; the mean itself in the deterministic limit.
  @inline(__always) func poissons(_ row: Row, mean: Row, _ key: UInt64, _ month: Int) {
    if isDeterministic { return row.copy(mean) }
    hashes(key, month)
    sampler.poisson(mean.values, bits, into: row.values, count: Row.paths)
  }
}
