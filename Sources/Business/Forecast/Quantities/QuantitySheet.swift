package import Ledger

/// A field of the plan that was given to a `QuantitySheet`; `CompiledQuantities` turns it into its
/// parameter.
package struct FieldHandle: Hashable, Sendable {
  let entry: Int
}

/// What is wrong with one quantity of the plan.
package struct QuantityProblem: Hashable, Sendable, CustomStringConvertible {
  package let line: Int
  package let field: String
  package let error: ForecastError

  package init(line: Int, field: String, error: ForecastError) {
    self.line = line
    self.field = field
    self.error = error
  }

  package var description: String { "line \(line): \(field): \(error.message)" }
}

/// Gathers the quantities of a plan in any order, then compiles them into a `ParameterTable`.
/// Formulas may use a defined name, or the path of a field, wherever it stands.
package final class QuantitySheet {
  struct Entry {
    enum Source {
      case text(String)
      case constant(Double)
    }

    let name: String
    let source: Source
    let label: String
    let line: Int
    /// Nil for a defined name, which may measure anything.
    let expects: Dimension?
  }

  struct Pair {
    let first: String
    let second: String
    let rho: Double
    let line: Int
  }

  /// Bound on quantities, and on slots with the distributions inside of formulas.
  static let mostSlots = 10_000

  let units: UnitTable
  private(set) var entries: [Entry] = []
  private(set) var pairs: [Pair] = []
  private(set) var byName: [String: Int] = [:]
  private(set) var problems: [QuantityProblem] = []
  private var isFull = false

  /// - Parameters:
  ///   - currency: the plan's.
  ///   - exchange: what one unit of another currency (ISO code) is worth in the plan's.
  package init(currency: Currency, exchange: [String: Double]) {
    units = UnitTable(currency: currency, exchange: exchange)
  }

  /// A named quantity that formulas can use.
  package func define(_ name: String, text: String, label: String, line: Int) {
    if let message = Self.objection(to: name) {
      report(ForecastError(.invalid, message), name, line)
      return
    }
    _ = add(Entry(name: name, source: .text(text), label: label, line: line, expects: nil))
  }

  /// A quantity of a field, which must fit `expects`.
  package func field(
    _ path: String, text: String, label: String, line: Int, expects: Dimension
  ) -> FieldHandle {
    add(Entry(name: path, source: .text(text), label: label, line: line, expects: expects))
  }

  /// A value that the plan does not write, in the model's units.
  package func constant(_ path: String, _ value: Double) -> FieldHandle {
    add(Entry(name: path, source: .constant(value), label: path, line: 0, expects: nil))
  }

  /// Rank correlation (Spearman's ρ) between two quantities that are distributions.
  package func correlate(_ first: String, _ second: String, rho: Double, line: Int) {
    guard pairs.count < Self.mostSlots else { return }
    pairs.append(Pair(first: first, second: second, rho: rho, line: line))
  }

  /// All problems are in the result; a field with a problem is a constant 0 there.
  package func compile() -> CompiledQuantities { SheetCompiler(self).compile() }

  private func add(_ entry: Entry) -> FieldHandle {
    guard entries.count < Self.mostSlots else {
      if !isFull {
        report(
          ForecastError(.range, "a plan has at most \(Self.mostSlots) quantities"), entry.name,
          entry.line)
      }
      isFull = true
      return FieldHandle(entry: 0)
    }
    entries.append(entry)
    let index = entries.count - 1
    if let earlier = byName[entry.name] {
      report(
        ForecastError(
          .invalid, "'\(entry.name)' is already given in line \(entries[earlier].line): rename one"),
        entry.name, entry.line)
    } else {
      byName[entry.name] = index
    }
    return FieldHandle(entry: index)
  }

  private func report(_ error: ForecastError, _ field: String, _ line: Int) {
    problems.append(QuantityProblem(line: line, field: field, error: error))
  }

  /// Why a word cannot name a quantity; nil when it can.
  private static func objection(to name: String) -> String? {
    let shown = QuantityParser.clip(name)
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let isWord = parts.allSatisfy { part in
      part.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } && !part.isEmpty
    }
    guard isWord, name.count <= 100, let first = name.first, first.isLetter || first == "_" else {
      return "'\(shown)' cannot name a quantity: use letters, digits and _, a letter first"
    }
    if UnitTable.isUnit(name) { return "'\(shown)' is a unit: choose another name" }
    if ExpressionCompiler.functions.contains(name) || DistributionCall.law(name) != nil
      || ["to", "per", "每", "到", "至"].contains(name)
    {
      return "'\(shown)' is a word of formulas: choose another name"
    }
    return nil
  }
}
