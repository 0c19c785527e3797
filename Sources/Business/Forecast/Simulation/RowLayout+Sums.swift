/// What is added up in a month, in the order in which it is booked.
struct MonthSums {
  let customers: RowSum
  /// Tokens, with and without the month's shocks.
  let demand: RowSum
  let planned: RowSum
  let revenue: RowSum
  let recurring: RowSum
  /// By account.
  let costs: [RowSum]
  let direct: RowSum
  let owed: RowSum
}

extension RowLayout {
  func sums(
    segments: [SegmentState], channels: [ChannelState], shocks: [ShockState],
    streams: [StreamState], roles: [RoleState], lines: [LineState], fleet: FleetState,
    books: BookState
  ) -> MonthSums {
    var costs = [[Row]](repeating: [], count: books.accounts)
    var (direct, owed): ([Row], [Row]) = ([], [])
    for stream in streams {
      if stream.unitCost != nil {
        costs[stream.unitAccount].append(stream.unitCosts)
        owed.append(stream.unitCosts)
      }
      if stream.partnerShare != nil {
        costs[books.partnerAccount].append(stream.share)
        owed.append(stream.share)
      }
    }
    for role in roles { costs[role.account].append(role.paid) }
    for line in lines { costs[line.account].append(line.cost) }
    costs[books.marketingAccount] += channels.map(\.spent)
    costs[books.lossAccount] += shocks.map(\.loss)
    costs[books.supportAccount] += segments.map(\.supportCosts)
    costs[books.computeAccount].append(fleet.usedCost)
    costs[books.idleAccount].append(fleet.idleCost)
    direct += roles.map(\.paid) + lines.filter(\.isPaidAtOnce).map(\.cost)
    direct += channels.map(\.spent) + shocks.map(\.loss)
    owed += lines.filter { !$0.isPaidAtOnce }.map(\.cost) + segments.map(\.supportCosts)
    owed.append(fleet.machineCost)
    if fleet.overflow != nil {
      costs[books.vendorAccount].append(fleet.vendorCost)
      owed.append(fleet.vendorCost)
    }
    return MonthSums(
      customers: RowSum(arena, common.customers, segments.map(\.customers)),
      demand: RowSum(arena, fleet.demand, segments.map(\.tokens)),
      planned: RowSum(arena, fleet.planned, segments.map(\.planned)),
      revenue: RowSum(arena, common.revenue, streams.map(\.revenue)),
      recurring: RowSum(
        arena, common.recurring, streams.filter { $0.kind == .customers }.map(\.revenue)),
      costs: costs.enumerated().map { RowSum(arena, books.costs.advanced($0), $1) },
      direct: RowSum(arena, common.direct, direct), owed: RowSum(arena, common.owed, owed))
  }
}
