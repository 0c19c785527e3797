package import Forecast
import Ledger

extension RiskRegister {
  package init(reading node: PlanNode, sheet: QuantitySheet) {
    self.init()
    tailPrice = node.number("tail_price", in: 0...10) ?? 0.1
    var seen: Set<String> = []
    risks = node.list("register", limit: 200).enumerated().map { index, entry in
      defer { entry.finish() }
      return Risk(reading: entry, index: index, seen: &seen, sheet: sheet)
    }
    let known = Set(risks.map(\.id))
    seen = []
    treatments = node.list("treatments", limit: 100).enumerated().map { index, entry in
      defer { entry.finish() }
      return RiskTreatment(reading: entry, index: index, seen: &seen, known: known, sheet: sheet)
    }
    node.finish()
  }
}

extension Risk {
  fileprivate init(
    reading entry: PlanNode, index: Int, seen: inout Set<String>, sheet: QuantitySheet
  ) {
    id = entry.identifier(among: &seen, fallback: "risk\(index)")
    name = entry.text("name", required: true, limit: 200)
    if !entry.has("class") {
      entry.fail("needs 'class': technology, market, finance, law, project")
    }
    kind = entry.choice("class", Class.self) ?? .project
    cause = entry.text("cause")
    event = entry.text("event")
    consequence = entry.text("consequence")
    owner = entry.text("owner", limit: 60)
    if owner.isEmpty { entry.warn("has no owner; name who watches it") }
    response = entry.choice("response", Response.self) ?? .accept
    let fields = SheetFields(node: entry, sheet: sheet, prefix: "risks.\(id)", title: name)
    likelihood = fields.required("likelihood", .perTime)
    impact = fields.required("impact", .money)
    duration = fields.with("duration", .time, fallback: 0)
    acquisition = fields.with("acquisition", .one, fallback: 1)
    churn = fields.with("churn", .one, fallback: 1)
    triggers = Self.triggers(entry)
    tasks = entry.texts("tasks")
    review = Self.review(entry)
    line = entry.line
  }

  private static func triggers(_ entry: PlanNode) -> [RiskTrigger] {
    guard let child = entry.child("triggers") else { return [] }
    if let text = child.scalar { return trigger(text, child).map { [$0] } ?? [] }
    return child.elements(limit: 20).compactMap { element in
      if let text = element.scalar { return trigger(text, element) }
      defer { element.finish() }
      let margin = element.number("near", in: 0...1) ?? 0.15
      return trigger(element.text("when", required: true, limit: 200), element, margin: margin)
    }
  }

  private static func trigger(
    _ text: String, _ node: PlanNode, margin: Double = 0.15
  ) -> RiskTrigger? {
    guard !text.isEmpty else { return nil }
    do {
      return try RiskTrigger(text, margin: margin)
    } catch {
      node.fail(error.message)
      return nil
    }
  }

  private static func review(_ entry: PlanNode) -> RiskReview? {
    let days = entry.integer("review_days", in: 1...1_000) ?? 90
    guard let text = entry.date("reviewed") else {
      if !entry.has("reviewed") { entry.warn("was never reviewed; write 'reviewed: 2027-01-31'") }
      return nil
    }
    guard let last = CalendarDate(text) else {
      entry.fail("reviewed: '\(text)' is not a day of the calendar")
      return nil
    }
    return RiskReview(last: last, everyDays: days)
  }
}

extension RiskTreatment {
  fileprivate init(
    reading entry: PlanNode, index: Int, seen: inout Set<String>, known: Set<String>,
    sheet: QuantitySheet
  ) {
    let id = entry.identifier(among: &seen, fallback: "treatment\(index)")
    let name = entry.text("name", required: true, limit: 200)
    let prefix = "risks.treatments.\(id)"
    let fields = SheetFields(node: entry, sheet: sheet, prefix: prefix, title: name)
    var acted: Set<String> = []
    effects = entry.list("on", limit: 200).compactMap { element in
      defer { element.finish() }
      let risk = element.text("risk", required: true, limit: 60)
      element.expect([risk], in: known, "a risk of the register")
      if !acted.insert(risk).inserted { element.fail("acts on '\(risk)' twice; write it once") }
      let effect = SheetFields(
        node: element, sheet: sheet, prefix: "\(prefix).\(risk)", title: name)
      return Effect(
        risk: risk, likelihood: effect.with("likelihood", .one, fallback: 1),
        impact: effect.with("impact", .one, fallback: 1))
    }
    if effects.isEmpty { entry.fail("needs 'on': the risks it acts on") }
    self.id = id
    self.name = name
    kind = entry.choice("kind", Kind.self) ?? .other
    response = entry.choice("response", Risk.Response.self) ?? .reduce
    cost = fields.with("cost", .moneyPerTime, fallback: 0)
    once = fields.with("once", .money, fallback: 0)
    from = fields.with("from", .time, fallback: 0)
    isAdopted = entry.flag("adopted", default: true)
    line = entry.line
  }
}
