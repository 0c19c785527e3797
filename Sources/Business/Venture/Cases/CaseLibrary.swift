package import Forecast

/// The cases: those of the program and those of the plan's own `cases:`.
package struct CaseLibrary: Sendable, Hashable, Codable {
  package var cases: [CaseStudy]

  package init(cases: [CaseStudy] = []) { self.cases = cases }

  /// Reads the plan's list; `id` must differ from the library's.
  package init(reading node: PlanNode, sheet: QuantitySheet) {
    self.init(reading: node, isOwn: true)
  }

  /// The program's own cases followed by `own`; an own case replaces one of the same id.
  package func with(own: CaseLibrary) -> CaseLibrary {
    let replaced = Set(own.cases.map(\.id))
    return CaseLibrary(cases: cases.filter { !replaced.contains($0.id) } + own.cases)
  }

  init(reading node: PlanNode, isOwn: Bool) {
    var seen: Set<String> = []
    cases = node.elements(limit: 200).enumerated().map { index, entry in
      defer { entry.finish() }
      return CaseStudy(reading: entry, index: index, seen: &seen, isOwn: isOwn)
    }
  }
}
