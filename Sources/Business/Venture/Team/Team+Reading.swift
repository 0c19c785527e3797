package import Forecast
import Ledger

extension Team {
  package init(reading node: PlanNode, sheet: QuantitySheet) {
    self.init()
    readCapabilities(node)
    let onCost = SheetFields(node: node, sheet: sheet, prefix: "team", title: "team")
      .with("on_cost", .one, fallback: 0)
    let growth = SheetFields(node: node, sheet: sheet, prefix: "team", title: "team")
      .with("pay_growth", .perTime, fallback: 0)
    let pay = Pay(sheet: sheet, onCost: onCost, growth: growth)
    readPeople(node, pay)
    readHires(node, pay)
    readDuties(node)
    readTraining(node, sheet)
    equity = node.child("equity").map { EquityPlan(reading: $0) }
    learningRate = node.number("learning_rate", in: 0.5...1) ?? 1
    node.finish()
  }

  /// What holds for every salary unless the person or hire says otherwise.
  private struct Pay {
    let sheet: QuantitySheet
    let onCost: FieldHandle
    let growth: FieldHandle
  }

  private mutating func readCapabilities(_ node: PlanNode) {
    var seen: Set<String> = []
    capabilities = node.list("capabilities", limit: 100).enumerated().compactMap { index, entry in
      defer { entry.finish() }
      let id = entry.identifier(among: &seen, fallback: "capability\(index)")
      let name = entry.text("name", required: true, limit: 200)
      guard let group = entry.choice("group", Capability.Group.self) else {
        if !entry.has("group") { entry.fail("needs 'group': \(Self.groups)") }
        return nil
      }
      return Capability(id: id, name: name, group: group)
    }
    let known = Set(capabilities.map(\.id))
    needs = node.list("needs", limit: 200).compactMap { entry in
      defer { entry.finish() }
      let capability = entry.text("capability", required: true, limit: 60)
      entry.expect([capability], in: known, "one of the team's capabilities")
      return Capability.Need(
        stage: entry.choice("stage", Capability.Stage.self) ?? .startup, capability: capability,
        level: entry.number("level", in: 1...5) ?? 3,
        people: entry.number("people", in: 0...10_000) ?? 1,
        weight: entry.number("weight", in: 0.001...1_000) ?? 1)
    }
  }

  private static var groups: String {
    Capability.Group.allCases.map(\.rawValue).joined(separator: ", ")
  }

  private mutating func readPeople(_ node: PlanNode, _ pay: Pay) {
    var seen: Set<String> = []
    people = node.list("people", limit: 200).enumerated().map { index, entry in
      defer { entry.finish() }
      let id = entry.identifier(among: &seen, fallback: "person\(index)")
      let name = entry.text("name", required: true, limit: 200)
      let fields = SheetFields(
        node: entry, sheet: pay.sheet, prefix: "team.people.\(id)", title: name)
      return Person(
        id: id, name: name, role: entry.text("role", limit: 200),
        share: entry.number("share", in: 0...1) ?? 1, levels: levels(entry),
        account: account(entry, .people), salary: fields.required("salary", .moneyPerPersonTime),
        onCost: fields.handle("on_cost", .one) ?? pay.onCost,
        growth: fields.handle("growth", .perTime) ?? pay.growth)
    }
  }

  private mutating func readHires(_ node: PlanNode, _ pay: Pay) {
    var seen: Set<String> = []
    hires = node.list("hires", limit: 200).enumerated().map { index, entry in
      defer { entry.finish() }
      let id = entry.identifier(among: &seen, fallback: "hire\(index)")
      let name = entry.text("name", required: true, limit: 200)
      let fields = SheetFields(
        node: entry, sheet: pay.sheet, prefix: "team.hires.\(id)", title: name)
      return PlannedHire(
        id: id, name: name, account: account(entry, .people),
        month: fields.with("month", .time, fallback: 0),
        count: fields.with("count", .people, fallback: 1),
        customersEach: fields.handle("customers_each", .customers),
        salary: fields.required("salary", .moneyPerPersonTime),
        onCost: fields.handle("on_cost", .one) ?? pay.onCost,
        growth: fields.handle("growth", .perTime) ?? pay.growth,
        recruiting: fields.with("recruiting", .money / .people, fallback: 0),
        ramp: fields.with("ramp", .time, fallback: 0),
        stage: entry.choice("stage", Capability.Stage.self) ?? .growth, levels: levels(entry))
    }
  }

  private func levels(_ entry: PlanNode) -> [String: Double] {
    guard let child = entry.child("levels") else { return [:] }
    var levels: [String: Double] = [:]
    let known = Set(capabilities.map(\.id))
    for (name, _) in child.entries(limit: 100) {
      child.expect([name], in: known, "one of the team's capabilities")
      levels[name] = child.number(name, in: Capability.levels) ?? 0
    }
    return levels
  }

  /// The account of the pay: a cost of operation or of delivery.
  private func account(_ entry: PlanNode, _ fallback: Account) -> Account {
    guard let account = entry.choice("account", Account.self) else { return fallback }
    guard account.kind == .operatingCost || account.kind == .costOfRevenue else {
      entry.fail(
        "account '\(account.rawValue)' takes no pay; use people, training_and_research, marketing, "
          + "administration, support or delivery_staff")
      return fallback
    }
    return account
  }

  private mutating func readDuties(_ node: PlanNode) {
    let known = Set(people.map(\.id) + hires.map(\.id))
    var seen: Set<String> = []
    responsibilities = node.list("responsibilities").enumerated().map { index, entry in
      defer { entry.finish() }
      let row = Responsibility(
        id: entry.identifier(among: &seen, fallback: "task\(index)"),
        name: entry.text("name", required: true, limit: 200),
        responsible: entry.texts("responsible"), accountable: entry.texts("accountable"),
        consulted: entry.texts("consulted"), informed: entry.texts("informed"))
      if row.accountable.count != 1 {
        entry.fail("has \(row.accountable.count) accountable; name exactly one")
      }
      if row.responsible.isEmpty { entry.fail("needs someone who is responsible for the work") }
      entry.expect(
        row.responsible + row.accountable + row.consulted + row.informed, in: known,
        "a person or hire of the team")
      return row
    }
    seen = []
    objectives = node.list("objectives").enumerated().map { index, entry in
      defer { entry.finish() }
      let objective = Objective(
        id: entry.identifier(among: &seen, fallback: "objective\(index)"),
        name: entry.text("name", required: true, limit: 300),
        owner: entry.text("owner", required: true, limit: 60),
        metric: entry.text("metric", required: true, limit: 60),
        target: entry.number("target", in: -1e15...1e15) ?? 0, date: entry.date("date") ?? "",
        canBeGamed: entry.flag("can_be_gamed", default: false),
        guardMetric: entry.text("guard", limit: 60),
        bonus: entry.number("bonus", in: 0...1) ?? 0)
      entry.expect([objective.owner], in: known, "a person or hire of the team")
      if !entry.has("target") { entry.fail("needs 'target': a number") }
      if objective.date.isEmpty { entry.warn("has no date; without one it cannot be missed") }
      if objective.isUnguarded {
        entry.warn(
          "'\(objective.metric)' can be gamed; name a 'guard' metric that falls when it is")
      }
      return objective
    }
  }

  private mutating func readTraining(_ node: PlanNode, _ sheet: QuantitySheet) {
    let known = Set(people.map(\.id) + hires.map(\.id))
    let skills = Set(capabilities.map(\.id))
    var seen: Set<String> = []
    training = node.list("training", limit: 200).enumerated().map { index, entry in
      defer { entry.finish() }
      let id = entry.identifier(among: &seen, fallback: "training\(index)")
      let name = entry.text("name", required: true, limit: 200)
      let fields = SheetFields(
        node: entry, sheet: sheet, prefix: "team.training.\(id)", title: name)
      let course = Training(
        id: id, name: name, people: entry.texts("people"),
        capability: entry.text("capability", required: true, limit: 60),
        level: entry.number("level", in: Capability.levels) ?? 3,
        cost: fields.with("cost", .money, fallback: 0),
        month: fields.with("month", .time, fallback: 0))
      entry.expect(course.people, in: known, "a person or hire of the team")
      entry.expect([course.capability], in: skills, "one of the team's capabilities")
      return course
    }
  }
}
