/// Rows of the month that several parts of the model share.
struct CommonRows {
  let tokenIndex: Row
  let machineIndex: Row
  let acquisition: Row
  let churnFactor: Row
  let customers: Row
  let revenue: Row
  let recurring: Row
  let collected: Row
  let owed: Row
  let direct: Row

  init(_ arena: Arena) {
    tokenIndex = arena.row()
    machineIndex = arena.row()
    acquisition = arena.row()
    churnFactor = arena.row()
    customers = arena.row()
    revenue = arena.row()
    recurring = arena.row()
    collected = arena.row()
    owed = arena.row()
    direct = arena.row()
  }
}

/// Rows that are added up, in their order, into another.
struct RowSum {
  let target: Row
  let rows: UnsafePointer<UnsafePointer<Double>>
  let count: Int

  init(_ arena: Arena, _ target: Row, _ rows: [Row]) {
    self.target = target
    count = rows.count
    self.rows = arena.keep(rows.map(\.reading))
  }
}
