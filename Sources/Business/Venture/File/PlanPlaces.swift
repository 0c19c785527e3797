import Yams

/// Where everything stands in a plan's file, read once for a page full of links to its lines.
///
/// A place is a path such as `team.hires[seller].salary`; an element without an id is named by its
/// number: `team.needs[0]`.
package struct PlanPlaces: Sendable {
  private struct Place {
    let line: Int
    /// Nil for a list or a mapping.
    let text: String?
  }

  private var places: [String: Place] = [:]

  /// Empty for a text that is no plan.
  package init(text: String) {
    guard let document = PlanDocument(text: text, problems: PlanProblems()) else { return }
    add(document.root, path: "", line: 1)
  }

  /// 1-based; 0 when nothing stands there.
  package func line(of path: String) -> Int { places[path]?.line ?? 0 }

  /// A single value as written; "" when there is none.
  package func text(of path: String) -> String { places[path]?.text ?? "" }

  /// Depth and number of values are bounded by `PlanDocument`.
  private mutating func add(_ node: Node, path: String, line: Int) {
    places[path] = Place(line: line, text: node.scalar?.string)
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        let name = key.scalar?.string ?? ""
        add(
          value, path: path.isEmpty ? name : "\(path).\(name)",
          line: key.mark?.line ?? value.mark?.line ?? line)
      }
    case .sequence(let sequence):
      for (index, element) in sequence.enumerated() {
        let id = element.step(.name("id"))?.scalar?.string
        add(element, path: "\(path)[\(id ?? "\(index)")]", line: element.mark?.line ?? line)
      }
    case .scalar, .alias: break
    }
  }
}
