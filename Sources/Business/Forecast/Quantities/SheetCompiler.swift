import Foundation
import Ledger

/// One run over the entries of a `QuantitySheet`.
final class SheetCompiler {
  private let sheet: QuantitySheet
  private var table = ParameterTable()
  private var problems: [QuantityProblem]
  private var syntax: [QuantitySyntax?] = []
  private var needs: [[Int]] = []
  /// Slot and dimension of each entry; nil while it is not compiled, or for a failed one.
  private var results: [(slot: Int, dimension: Dimension)?] = []
  private var failed: Set<Int> = []
  private var slots: [Int] = []
  /// Number of the next distribution inside of the formula at hand.
  private var inner = 0

  init(_ sheet: QuantitySheet) {
    self.sheet = sheet
    problems = sheet.problems
    results = Array(repeating: nil, count: sheet.entries.count)
    slots = Array(repeating: 0, count: sheet.entries.count)
  }

  func compile() -> CompiledQuantities {
    read()
    for index in order() { place(index) }
    correlate()
    findUndefined()
    problems.sort { ($0.line, $0.field) < ($1.line, $1.field) }
    return CompiledQuantities(table: table, problems: problems, slots: slots)
  }

  private func report(_ error: ForecastError, _ index: Int) {
    let entry = sheet.entries[index]
    failed.insert(index)
    problems.append(
      QuantityProblem(
        line: entry.line, field: entry.name,
        error: ForecastError(
          error.code, error.message, offset: error.offset, field: error.field ?? entry.name)))
  }

  /// Parses all texts and looks up the names that they use.
  private func read() {
    for (index, entry) in sheet.entries.enumerated() {
      var parsed: QuantitySyntax?
      var used: [Int] = []
      if case .text(let text) = entry.source {
        do {
          let tree = try QuantityParser.parse(text, units: sheet.units)
          used = try names(tree)
          parsed = tree
        } catch {
          report(error, index)
        }
      }
      syntax.append(parsed)
      needs.append(used)
    }
  }

  private func names(_ tree: QuantitySyntax) throws(ForecastError) -> [Int] {
    var found: [(name: String, offset: Int)] = []
    tree.collectNames(&found)
    var used: [Int] = []
    for (name, offset) in found {
      guard let index = sheet.byName[name] else {
        let nearest = Spelling.nearest(name, among: sheet.byName.keys.sorted())
        throw ForecastError(
          .unknownName,
          "unknown name '\(QuantityParser.clip(name))'"
            + (nearest.isEmpty ? ": define it among the quantities" : Spelling.hint(nearest)),
          offset: offset)
      }
      used.append(index)
    }
    return used
  }

  /// Entries so that each comes after what it uses; the written order otherwise. Circles are
  /// reported. Without recursion, since a chain may be as long as the plan.
  private func order() -> [Int] {
    enum Mark { case new, open, done }
    var marks = [Mark](repeating: .new, count: needs.count)
    var order: [Int] = []
    for root in needs.indices where marks[root] == .new {
      var path: [(entry: Int, next: Int)] = [(root, 0)]
      marks[root] = .open
      while let (entry, next) = path.last {
        guard next < needs[entry].count else {
          marks[entry] = .done
          order.append(entry)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let child = needs[entry][next]
        if marks[child] == .new {
          marks[child] = .open
          path.append((child, 0))
        } else if marks[child] == .open {
          let start = path.firstIndex { $0.entry == child } ?? 0
          reportCircle(path[start...].map(\.entry))
        }
      }
    }
    return order
  }

  private func reportCircle(_ circle: [Int]) {
    guard let first = circle.first, !circle.contains(where: failed.contains) else { return }
    let names = (circle + [first]).map { sheet.entries[$0].name }
    let shown = names.count <= 10 ? names : names.prefix(5) + ["…"] + names.suffix(4)
    report(
      ForecastError(
        .circular,
        "the formulas go round in a circle: \(shown.joined(separator: " → ")); give one a figure"),
      first)
    failed.formUnion(circle)
  }

  private func place(_ index: Int) {
    let entry = sheet.entries[index]
    var content = ParameterTable.Content.constant(0)
    var unit: Unit?
    var dimension = Dimension.one
    if case .constant(let value) = entry.source {
      content = .constant(value)
    } else if let tree = syntax[index], !failed.contains(index),
      !needs[index].contains(where: failed.contains)
    {
      do {
        let expression = try expression(tree, index)
        content = try self.content(expression)
        dimension = expression.dimension
        unit = expression.unit
      } catch {
        report(error, index)
      }
    } else {
      // Its cause has been reported already.
      failed.insert(index)
    }
    slots[index] = append(entry, content, unit ?? plainUnit(dimension))
    if !failed.contains(index) { results[index] = (slots[index], dimension) }
  }

  private func append(
    _ entry: QuantitySheet.Entry, _ content: ParameterTable.Content, _ unit: Unit
  )
    -> Int
  {
    table.slots.append(
      ParameterTable.Slot(
        name: entry.name, label: entry.label, unit: unit.text, scale: unit.scale, line: entry.line,
        content: content))
    return table.slots.count - 1
  }

  /// For a formula, which has no unit of its own.
  private func plainUnit(_ dimension: Dimension) -> Unit {
    var unit = Unit()
    guard !dimension.isOne else { return unit }
    unit.dimension = dimension
    unit.text = sheet.units.text(of: dimension)
    if unit.text.hasPrefix("%/") { unit.scale = 0.01 }
    for base in dimension[.token] < 0 ? [Dimension.Base.token] : [] {
      unit.scale *= pow(1e-6, Double(-dimension[base]))
    }
    return unit
  }

  private func content(_ expression: Expression) throws(ForecastError) -> ParameterTable.Content {
    switch expression.value {
    case .constant(let value): return .constant(value)
    case .distribution(let law):
      try law.check()
      return .uncertain(law)
    case .program(let operations): return .formula(operations)
    }
  }

  private func expression(_ tree: QuantitySyntax, _ index: Int) throws(ForecastError) -> Expression
  {
    let entry = sheet.entries[index]
    inner = 0
    let compiler = ExpressionCompiler(
      units: sheet.units,
      resolve: { [self] name in
        guard let result = sheet.byName[name].flatMap({ results[$0] }) else { return nil }
        var constant: Double?
        if case .constant(let value) = table.slots[result.slot].content { constant = value }
        return (result.slot, result.dimension, constant)
      },
      addSlot: { [self] (law, unit) throws(ForecastError) in
        guard table.slots.count < 2 * QuantitySheet.mostSlots else {
          throw ForecastError(
            .range,
            "a plan has at most \(2 * QuantitySheet.mostSlots) inputs, with those in formulas")
        }
        try law.check()
        inner += 1
        let part = QuantitySheet.Entry(
          name: "\(entry.name)#\(inner)", source: entry.source, label: "\(entry.label) #\(inner)",
          line: entry.line, expects: nil)
        return append(part, .uncertain(law), unit ?? Unit())
      })
    let expression = try compiler.compile(tree)
    if let expects = entry.expects { try check(expression, expects, compiler) }
    return expression
  }

  private func check(
    _ expression: Expression, _ expects: Dimension, _ compiler: ExpressionCompiler
  )
    throws(ForecastError)
  {
    if expression.isZero || expression.dimension.fits(expects) { return }
    let wanted = sheet.units.text(of: expects)
    if expression.dimension.isOne {
      throw ForecastError(
        .dimension, "this needs a unit: write it behind the figure, such as \(wanted)")
    }
    throw ForecastError(
      .dimension,
      "this is \(compiler.describe(expression.dimension)), but \(wanted) is asked for here")
  }

  private func correlate() {
    var seen: Set<[Int]> = []
    var last: QuantitySheet.Pair?
    for pair in sheet.pairs {
      do {
        guard let first = try uncertainSlot(pair.first), let second = try uncertainSlot(pair.second)
        else { continue }
        let correlation = ParameterTable.Correlation(first: first, second: second, rho: pair.rho)
        let isNew = seen.insert([first, second].sorted()).inserted
        try Copula.check(correlation, table, isNew: isNew)
        table.correlations.append(correlation)
        last = pair
      } catch {
        report(error, pair)
      }
    }
    guard let last else { return }
    // Only all pairs together can be judged.
    do { _ = try Copula(table) } catch {
      table.correlations = []
      report(error, last)
    }
  }

  private func report(_ error: ForecastError, _ pair: QuantitySheet.Pair) {
    problems.append(
      QuantityProblem(line: pair.line, field: "\(pair.first) ~ \(pair.second)", error: error))
  }

  /// Nil for a quantity whose own problem is reported.
  private func uncertainSlot(_ name: String) throws(ForecastError) -> Int? {
    guard let index = sheet.byName[name] else {
      let nearest = Spelling.nearest(name, among: sheet.byName.keys.sorted())
      throw ForecastError(
        .unknownName, "unknown name '\(QuantityParser.clip(name))'" + Spelling.hint(nearest),
        field: name)
    }
    if failed.contains(index) { return nil }
    guard case .uncertain = table.slots[slots[index]].content else {
      throw ForecastError(
        .correlation,
        "\(name) is not a distribution: define the uncertain part under a name of its own and "
          + "correlate that", field: name)
    }
    return slots[index]
  }

  /// Tries the formulas at the medians and at 64 draws.
  private func findUndefined() {
    guard let program = try? ParameterProgram(table) else { return }
    let draws = 64
    var count: [Int: Int] = [:]
    for draw in 0...draws {
      var stream = RandomStream(.init(seed: 1, name: "formulas"), path: draw, index: 0)
      let uniforms = program.uncertain.map { _ in draw == 0 ? 0.5 : stream.uniform() }
      for slot in program.undefinedFormulas(program.values(uniforms: uniforms)) {
        count[slot, default: 0] += 1
      }
    }
    for (slot, times) in count {
      problems.append(
        QuantityProblem(
          line: table.slots[slot].line, field: table.slots[slot].name,
          error: ForecastError(
            .range,
            "the formula has no finite value in \(times) of \(draws + 1) draws (a division by 0, or "
              + "ln or sqrt of a negative): bound its inputs with max or min",
            field: table.slots[slot].name)))
    }
  }
}
