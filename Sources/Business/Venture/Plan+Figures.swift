package import Forecast
import Yams

/// A number of the plan: where it stands in the file, as it was written, and what it amounts to.
package struct PlanFigure: Sendable, Hashable, Codable {
  /// Place in the file, such as `forecast.segments[smb].churn`.
  package let path: String
  /// Name of its slot in the model.
  package let slot: String
  package let line: Int
  package let label: String
  /// As written.
  package let text: String
  /// In `unit`: the median, and the 5th and 95th percentiles (all the same when it is certain).
  package let median: Double
  package let low: Double
  package let high: Double
  package let unit: String
  package let isUncertain: Bool
}

extension Plan {
  /// Draws from which formulas are summed up.
  private static let draws = 1_000

  /// All numbers that the file writes and the model uses, by line.
  ///
  /// - Throws: `correlation` and the like when the plan was made by hand and not read.
  package func figures() throws(ForecastError) -> [PlanFigure] {
    let problems = PlanProblems()
    guard let document = PlanDocument(text: text, problems: problems) else { return [] }
    let places = WrittenPlaces(document.root)
    let spreads = try spreads()
    return compiled.table.slots.indices.compactMap { index -> PlanFigure? in
      let slot = compiled.table.slots[index]
      guard slot.line > 0, let place = places.place(of: slot) else { return nil }
      let (low, median, high) = spreads[index]
      let scale = slot.scale == 0 ? 1 : slot.scale
      return PlanFigure(
        path: place.path, slot: slot.name, line: slot.line, label: slot.label, text: place.text,
        median: median / scale, low: low / scale, high: high / scale, unit: slot.unit,
        isUncertain: low != high)
    }.sorted { ($0.line, $0.path) < ($1.line, $1.path) }
  }

  private func spreads() throws(ForecastError) -> [(Double, Double, Double)] {
    let table = compiled.table
    let program = try ParameterProgram(table)
    let keys = program.uncertain.map { RandomStream.Key(seed: 1, name: table.slots[$0].name) }
    let formulas = table.slots.indices.filter {
      if case .formula = table.slots[$0].content { true } else { false }
    }
    var columns = [[Double]](repeating: [], count: formulas.count)
    for path in 0..<(formulas.isEmpty ? 0 : Self.draws) {
      let uniforms = keys.map { key in
        var stream = RandomStream(key, path: path, index: 0)
        return stream.uniform()
      }
      let values = program.values(uniforms: uniforms)
      for (column, index) in formulas.enumerated() { columns[column].append(values[index]) }
    }
    var spreads = table.slots.map { slot -> (Double, Double, Double) in
      switch slot.content {
      case .constant(let value): (value, value, value)
      case .uncertain(let law): (law.quantile(0.05), law.quantile(0.5), law.quantile(0.95))
      case .formula: (0, 0, 0)
      }
    }
    for (column, index) in formulas.enumerated() {
      let sorted = columns[column].sorted()
      func quantile(_ chance: Double) -> Double {
        Statistics.quantile(sorted: sorted, chance)
      }
      spreads[index] = (quantile(0.05), quantile(0.5), quantile(0.95))
    }
    return spreads
  }
}

/// The file's scalars by line, to find the one that a slot was read from: slots are named by ids, the
/// file by places.
private struct WrittenPlaces {
  struct Place {
    let path: String
    /// Names and ids on the way.
    let words: [String]
    let text: String
  }

  private var byLine: [Int: [Place]] = [:]

  init(_ root: Node) { add(root, path: "", words: []) }

  private mutating func add(_ node: Node, path: String, words: [String]) {
    switch node {
    case .scalar(let scalar):
      guard let line = scalar.mark?.line else { return }
      byLine[line, default: []].append(Place(path: path, words: words, text: scalar.string))
    case .mapping(let mapping):
      for (key, value) in mapping {
        let name = key.scalar?.string ?? ""
        add(value, path: path.isEmpty ? name : "\(path).\(name)", words: words + [name])
      }
    case .sequence(let sequence):
      for (index, element) in sequence.enumerated() {
        let id = element.step(.name("id"))?.scalar?.string
        let word = id ?? element.step(.name("risk"))?.scalar?.string ?? "\(index)"
        add(element, path: "\(path)[\(id ?? "\(index)")]", words: words + [word])
      }
    case .alias: break
    }
  }

  /// On the slot's line the scalar whose way has most of the slot's words, the last first.
  func place(of slot: ParameterTable.Slot) -> Place? {
    let words = slot.name.split(separator: ".").map(String.init)
    return byLine[slot.line]?.max { score($0, words) < score($1, words) }
  }

  private func score(_ place: Place, _ words: [String]) -> Int {
    let isLast = place.words.suffix(2).contains(words.last ?? "")
    return words.count { place.words.contains($0) } * 2 + (isLast ? 5 : 0)
      + (place.words.last == words.last ? 2 : 0) + (place.words.last == "value" ? 1 : 0)
      + (place.words.last == "score" ? 1 : 0)
  }
}
