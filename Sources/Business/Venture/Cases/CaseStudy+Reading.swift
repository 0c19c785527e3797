extension CaseStudy {
  init(reading entry: PlanNode, index: Int, seen: inout Set<String>, isOwn: Bool) {
    id = entry.identifier(among: &seen, fallback: "case\(index)")
    name = Text(reading: entry, "name") ?? Text(en: "", zh: "")
    if name.en.isEmpty { entry.fail("needs 'name'") }
    summary = Text(reading: entry, "summary") ?? Text(en: "", zh: "")
    lesson = Text(reading: entry, "lesson") ?? Text(en: "", zh: "")
    path = entry.choice("path", Path.self)
    outcome = entry.choice("outcome", Outcome.self) ?? .growing
    founded = entry.text("founded", limit: 10)
    if !founded.isEmpty, CaseFigure.time(of: founded) == nil {
      entry.fail("founded '\(founded)' must be a year, a month or a day: 2024, 2024-03")
    }
    figures = entry.list("figures", limit: 200).compactMap { CaseFigure(reading: $0) }
    self.isOwn = isOwn
  }
}

extension CaseStudy.Text {
  /// `{en: …, zh: …}`, or one text for both.
  init?(reading node: PlanNode, _ name: String) {
    guard let child = node.child(name) else { return nil }
    if let text = child.scalar {
      self.init(en: text, zh: text)
      return
    }
    defer { child.finish() }
    let (en, zh) = (child.text("en"), child.text("zh"))
    self.init(en: en.isEmpty ? zh : en, zh: zh.isEmpty ? en : zh)
  }
}

extension CaseFigure {
  init?(reading node: PlanNode) {
    defer { node.finish() }
    if !node.has("measure") {
      node.fail("needs 'measure': \(Measure.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    if !node.has("value") { node.fail("needs 'value': a number") }
    date = node.text("date", required: true, limit: 10)
    source = node.text("source", required: true, limit: 300)
    unit = node.text("unit", limit: 40)
    mark = node.choice("mark", Mark.self) ?? .unverified
    note = CaseStudy.Text(reading: node, "note")
    upper = node.number("upper", in: -1e30...1e30)
    let value = node.number("value", in: -1e30...1e30)
    guard let measure = node.choice("measure", Measure.self), let value else { return nil }
    self.measure = measure
    self.value = value
    if Self.time(of: date) == nil {
      node.fail("date '\(date)' must be a year, a month or a day: 2024, 2024-03 or 2024-03-13")
    }
    if let upper, upper < value { node.fail("upper \(upper) is below value \(value)") }
  }
}
