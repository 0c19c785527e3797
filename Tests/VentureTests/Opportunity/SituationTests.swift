import Testing

@testable import Venture

@Suite("SWOT, five forces, readiness")
struct SituationTests {
  private let swot = """
    strengths:
      - {id: S1, text: cheap model, weight: 0.6, rating: 4}
    weaknesses:
      - {id: W1, text: unknown brand, weight: 0.4, rating: 1}
    opportunities:
      - {id: O1, text: response targets, weight: 0.7, rating: 3}
    threats:
      - {id: T1, text: falling prices, weight: 0.3, rating: 2}
    answers:
      - {inner: S1, outer: O1, relevance: 0.5, action: sell a guarantee, owner: ann}
      - {inner: W1, outer: T1, rejection: no war of brands}
      - {inner: S1, outer: T1, relevance: 0.9, action: lower prices each quarter}
    """

  @Test("IFE and EFE are weighted sums, cells w·f·w·f·relevance, largest first")
  func matrices() throws {
    let section = try Section(swot, nil) { node, _ in SWOT(reading: node) }
    #expect(section.errors.isEmpty)
    let result = section.part.assess()
    #expect(abs(result.internalScore - 2.8) < 1e-12)
    #expect(abs(result.externalScore - 2.7) < 1e-12)
    #expect(result.quadrant == .attack)
    let cells = Dictionary(uniqueKeysWithValues: result.cells.map { ($0.kind, $0.priority) })
    let expected: [SWOT.Cell.Kind: Double] = [
      .so: (0.6 * 4) * (0.7 * 3) * 0.5,
      // The gravest weakness (1) and a badly answered threat (2) press with 4 and 3.
      .wt: (0.4 * 4) * (0.3 * 3),
      .st: (0.6 * 4) * (0.3 * 3) * 0.9,
      .wo: (0.4 * 4) * (0.7 * 3),
    ]
    for (kind, priority) in expected {
      let cell = try #require(cells[kind])
      #expect(abs(cell - priority) < 1e-12)
    }
    #expect(result.cells.map(\.priority) == result.cells.map(\.priority).sorted(by: >))
  }

  @Test("Each pair yields an action, a reasoned rejection, or a finding")
  func decisions() throws {
    let result = try Section(swot, nil) { node, _ in SWOT(reading: node) }.part.assess()
    let decisions = Dictionary(uniqueKeysWithValues: result.cells.map { ($0.kind, $0.decision) })
    #expect(decisions[.so] == .action("sell a guarantee", owner: "ann"))
    #expect(decisions[.wt] == .rejected(reason: "no war of brands"))
    #expect(decisions[.wo] == .open)
    let findings = Dictionary(grouping: result.findings, by: \.kind).mapValues { $0.map(\.factors) }
    #expect(findings[.openCell] == [["W1", "O1"]])
    #expect(findings[.actionWithoutOwner] == [["S1", "T1"]])
    #expect(findings[.idleFactor] == [["W1"]])
  }

  @Test("Weights that do not sum are an error at their list's line")
  func weights() throws {
    let wrong = swot.replacing("weight: 0.4", with: "weight: 0.3")
    let section = try Section(wrong, nil) { node, _ in SWOT(reading: node) }
    #expect(
      section.errors == [
        "line 2: strengths: weights of strengths and weaknesses sum to 0.9; they must sum to 1"
      ])
  }

  @Test("A pair must be of an inner and an outer factor, and decided one way")
  func pairs() throws {
    let wrong =
      swot + """

          - {inner: S1, outer: W1, action: x}
          - {inner: W1, outer: O1, action: x, rejection: y}
        """
    let section = try Section(wrong, nil) { node, _ in SWOT(reading: node) }
    #expect(section.errors.count == 2)
    #expect(section.errors[0].contains("must pair a strength or weakness"))
    #expect(section.errors[1].contains("decide for one"))
  }

  @Test(
    "What is measured speaks for a pressure from 1 to 5",
    arguments: [
      (Force.Item.sellerConcentration, 0.04, 5), (.sellerConcentration, 0.12, 3),
      (.sellerConcentration, 0.6, 1), (.topSupplierShare, 0.05, 1), (.topSupplierShare, 0.42, 4),
      (.topCustomerShare, 0.9, 5), (.switchingMonths, 0, 5), (.switchingMonths, 12, 1),
      (.entryMonths, 9, 3), (.substitutePrice, 1, 3), (.marketGrowth, -0.1, 5),
    ])
  func pressures(item: Force.Item, value: Double, pressure: Int) {
    #expect(item.pressure(of: value) == pressure)
  }

  @Test("A score that the measurements contradict is marked; the industry's pull is (5 − p) ÷ 4")
  func contradiction() throws {
    let section = try Section(
      """
      rivalry: {score: 1.5, measured: {seller_concentration: 0.03}}
      suppliers: {score: 4, measured: {top_supplier_share: 42%}, evidence: [books]}
      """, nil
    ) { node, sheet in
      [Force.Kind.rivalry, .suppliers].compactMap { kind in
        node.child(kind.rawValue).map {
          Force(reading: $0, kind: kind, path: kind.rawValue, sheet: sheet)
        }
      }
    }
    #expect(section.errors.isEmpty)
    let samples = try QuantitySamples(
      of: section.part.compactMap(\.score), section.compiled, count: 10, seed: 1)
    let result = try #require(ForcesAssessment(section.part, samples))
    #expect(result.entries.map(\.isContradicted) == [true, false])
    #expect(result.pressure.mean == 2.75)
    #expect(abs(result.attractiveness.mean - (5 - 2.75) / 4) < 1e-12)
  }

  @Test(
    "Readiness from level 4 on needs evidence, and is 1 to 9",
    arguments: [
      ("{component: model, level: 3}", 0, 0), ("{component: model, level: 5}", 0, 1),
      ("{component: model, level: 5, evidence: test}", 0, 0),
      ("{component: model, level: 10}", 1, 0),
      ("{component: model}", 1, 0),
    ])
  func readiness(yaml: String, errors: Int, warnings: Int) throws {
    let section = try Section(yaml, nil) { node, _ in Readiness(reading: node) }
    #expect(section.errors.count == errors)
    #expect(section.problems.all.count { $0.severity == .warning } == warnings)
  }
}
