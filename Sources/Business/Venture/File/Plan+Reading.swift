import Billing
import Forecast
import Ledger
import Yams

extension Plan {
  /// Reads a plan. Never traps, whatever the text; all problems are found in one pass.
  package static func read(text: String) -> PlanReading {
    let problems = PlanProblems()
    guard let document = PlanDocument(text: text, problems: problems) else {
      return PlanReading(plan: nil, problems: problems.all)
    }
    return read(document, text: text, problems: problems)
  }

  static func read(_ document: PlanDocument, text: String, problems: PlanProblems) -> PlanReading {
    let root = PlanNode(document.root, path: "", problems: problems)
    let reader = PlanReader(root)
    let plan = reader.plan(text: text)
    let sorted = problems.all.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    return PlanReading(plan: problems.hasErrors ? nil : plan, problems: sorted)
  }
}

/// One reading of a plan's tree.
private struct PlanReader {
  let root: PlanNode
  let problems: PlanProblems
  let currency: Currency
  let exchange: [String: Double]
  let sheet: QuantitySheet

  init(_ root: PlanNode) {
    self.root = root
    problems = root.problems
    if let format = root.integer("breakeven", in: 1...1_000_000) {
      if format > Plan.format {
        root.child("breakeven")?.fail(
          "is format \(format); this program reads \(Plan.format): update it")
      }
    } else if !root.has("breakeven") {
      root.fail("needs 'breakeven: 1', the format of the file")
    }
    var currency = Currency.usd
    if let child = root.child("currency") {
      do throws(LedgerError) {
        currency = try Currency(child.scalar ?? "")
      } catch {
        child.fail(error.message)
      }
    } else {
      root.fail("needs 'currency', such as CNY")
    }
    self.currency = currency
    exchange = Self.exchange(root, currency)
    sheet = QuantitySheet(currency: currency, exchange: exchange)
  }

  private static func exchange(_ root: PlanNode, _ own: Currency) -> [String: Double] {
    guard let child = root.child("exchange") else { return [:] }
    var rates: [String: Double] = [:]
    for (name, entry) in child.entries(limit: 50) {
      guard let currency = try? Currency(name), currency != own else {
        entry.fail("'\(name)' is not another currency that the program knows")
        continue
      }
      guard let rate = entry.scalar.flatMap(Double.init), rate > 0, rate < 1e9 else {
        entry.fail("must be the value of 1 \(currency) in \(own), such as 7.1")
        continue
      }
      rates[currency.code] = rate
    }
    return rates
  }

  func plan(text: String) -> Plan {
    let name = root.text("name", required: true, limit: 200)
    let language = root.text("language", limit: 20)
    let start = start()
    let horizon = root.integer("horizon", in: 1...600) ?? 60
    let assumptions = assumptions()
    correlations()
    let strategy = root.child("strategy").map { Strategy(reading: $0, sheet: sheet) }
    let opportunities = root.child("opportunities").map {
      OpportunityPlan(reading: $0, sheet: sheet)
    }
    let team = root.child("team").map { Team(reading: $0, sheet: sheet) } ?? Team()
    let risks =
      root.child("risks").map { RiskRegister(reading: $0, sheet: sheet) } ?? RiskRegister()
    let project = root.child("project").map { Project(reading: $0, sheet: sheet) }
    let cases = root.child("cases").map { CaseLibrary(reading: $0, sheet: sheet) }
    let prices = root.child("prices").flatMap { PriceList(reading: $0, fallback: currency) }
    let forecast = ForecastInputs(
      reading: root.child("forecast"), sheet: sheet, months: horizon)
    if !root.has("forecast") { root.warn("has no 'forecast'; nothing can be simulated") }
    check(forecast, team, prices)
    let scenarios =
      root.child("scenarios").map {
        Scenario.read($0, root: root.node, streams: forecast.streams.map(\.id))
      } ?? []
    root.finish()
    let compiled = sheet.compile()
    report(compiled, forecast)
    for problem in forecast.problems(compiled) { problems.add(problem) }
    return Plan(
      text: text, name: name, language: language.isEmpty ? "en" : language, currency: currency,
      start: start, horizon: horizon, exchange: exchange, assumptions: assumptions,
      strategy: strategy, opportunities: opportunities, team: team, risks: risks, project: project,
      cases: cases,
      prices: prices, forecast: forecast, scenarios: scenarios, compiled: compiled)
  }

  private func start() -> Month {
    guard let child = root.child("start") else {
      root.fail("needs 'start': the first month, such as 2027-01")
      return Month(year: 2027, month: 1)
    }
    guard let month = Month(child.scalar ?? "") else {
      child.fail("'\(child.scalar ?? "")' is not a month; write 2027-01")
      return Month(year: 2027, month: 1)
    }
    return month
  }

  private func assumptions() -> [Plan.Assumption] {
    guard let section = root.child("assumptions") else { return [] }
    return section.entries().compactMap { name, entry in
      guard Self.isName(name) else {
        entry.fail("'\(name)' cannot be used in formulas; use letters, digits and '_'")
        return nil
      }
      var (value, label, source, note) = (entry.scalar ?? "", name, "", "")
      if entry.scalar == nil {
        defer { entry.finish() }
        value = entry.text("value", required: true)
        label = entry.text("label", limit: 200)
        if label.isEmpty { label = name }
        source = entry.text("source", limit: 500)
        note = entry.text("note")
      }
      let line = entry.child(orSelf: "value").line
      if !value.isEmpty { sheet.define(name, text: value, label: label, line: line) }
      return Plan.Assumption(
        name: name, label: label, text: value, source: source, note: note, line: line)
    }
  }

  static func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, text.unicodeScalars.count <= 60 else {
      return false
    }
    return (first == "_" || first.properties.isAlphabetic)
      && text.unicodeScalars.allSatisfy {
        $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0)
      }
  }

  /// `- {between: [a, b], rho: 0.4}` or `- a ~ b: 0.4`.
  private func correlations() {
    for entry in root.list("correlations") {
      if let pair = entry.node.mapping, pair.count == 1, let key = pair.first?.key.scalar?.string,
        key.contains("~")
      {
        let names = key.split(separator: "~").map { $0.filter { $0 != " " } }
        correlate(entry, names, entry.number(key, in: -1...1))
      } else {
        correlate(entry, entry.texts("between"), entry.number("rho", in: -1...1))
        _ = entry.text("note")
        entry.finish()
      }
    }
  }

  private func correlate(_ entry: PlanNode, _ names: [String], _ rho: Double?) {
    guard names.count == 2 else {
      entry.fail("needs two quantities: {between: [a, b], rho: 0.4} or 'a ~ b: 0.4'")
      return
    }
    guard let rho else {
      entry.fail("needs 'rho', the rank correlation from -1 to 1")
      return
    }
    sheet.correlate(Self.slot(names[0]), Self.slot(names[1]), rho: rho, line: entry.line)
  }

  /// Slots of the forecast are named without their section.
  private static func slot(_ path: String) -> String {
    path.hasPrefix("forecast.") ? String(path.dropFirst("forecast.".count)) : path
  }

  /// Names that lead from one section to another.
  private func check(_ forecast: ForecastInputs, _ team: Team, _ prices: PriceList?) {
    let roles = team.people.map(\.id) + team.hires.map(\.id)
    for stream in forecast.streams {
      func fail(_ message: String) {
        problems.add(PlanProblem(line: stream.line, field: stream.field, message))
      }
      if let id = stream.offerID {
        if let offer = prices?.offer(id) {
          do throws(ForecastError) {
            _ = try RevenueStream.items(of: offer)
          } catch {
            fail("offer '\(id)': \(error.message)")
          }
        } else {
          let known = prices?.offers.map(\.id).joined(separator: ", ") ?? "none; write 'prices'"
          fail("offer '\(id)' is not in the price list; known: \(known)")
        }
      }
      switch stream.volume {
      case .projects(_, let role) where !roles.contains(role):
        fail(
          "role '\(role)' is no person or hire of the team; known: \(roles.joined(separator: ", "))"
        )
      case .audience(let segment, _):
        if forecast.segments.indices.contains(segment), !forecast.segments[segment].hasFreeTier {
          fail("shows advertising to '\(forecast.segments[segment].id)', which has no 'free' tier")
        }
      default: break
      }
    }
  }

  private func report(_ compiled: CompiledQuantities, _ forecast: ForecastInputs) {
    for problem in compiled.problems {
      let field = forecast.field(ofSlot: problem.field) ?? problem.field
      problems.add(PlanProblem(line: problem.line, field: field, problem.error.message))
    }
  }
}

extension PlanNode {
  /// The field, or the node itself when it is absent or the node is no mapping.
  func child(orSelf name: String) -> PlanNode {
    node.mapping == nil ? self : child(name) ?? self
  }
}
