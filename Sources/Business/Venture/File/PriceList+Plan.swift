import Billing
import Ledger
import Yams

extension PriceList {
  /// Reads the section `prices`; a refusal is reported at the line of its field.
  init?(reading node: PlanNode, fallback: Currency) {
    do throws(BillingError) {
      let list = try PriceList(reading: PriceNode(node.node), fallback: fallback)
      if list.currency != fallback {
        node.fail("is in \(list.currency); the plan's currency is \(fallback): use one")
        return nil
      }
      self = list
    } catch {
      let (path, message) = Self.parts(error.message)
      let place = PlanPath(path).flatMap { $0.deepest(in: node.node) }
      problem(node, line: place?.mark?.line, column: place?.mark?.column, path, message)
      return nil
    }
  }
}

private func problem(
  _ node: PlanNode, line: Int?, column: Int?, _ path: String, _ message: String
) {
  node.problems.add(
    PlanProblem(
      line: line ?? node.line, column: column ?? node.column,
      field: path.isEmpty ? node.path : "\(node.path).\(path)", message))
}

extension PriceList {
  /// `offers[0].items[1].price: …` as path and message.
  private static func parts(_ message: String) -> (path: String, message: String) {
    guard let colon = message.firstIndex(of: ":") else { return ("", message) }
    let path = message[..<colon]
    guard !path.isEmpty, path.allSatisfy({ $0.isLetter || $0.isNumber || "._[]".contains($0) })
    else { return ("", message) }
    let rest = message[message.index(after: colon)...].drop { $0 == " " }
    return (String(path), String(rest))
  }
}

extension PriceNode {
  /// Depth is bounded by `PlanDocument`.
  init(_ node: Node) {
    switch node {
    case .scalar(let scalar): self = .text(scalar.string)
    case .sequence(let sequence): self = .list(sequence.map { PriceNode($0) })
    case .mapping(let mapping):
      self = .map(
        mapping.filter { !$0.value.isEmpty }.map {
          Field($0.key.scalar?.string ?? "", PriceNode($0.value))
        })
    case .alias: self = .text("")
    }
  }
}
