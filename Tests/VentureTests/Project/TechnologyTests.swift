import Testing

@testable import Venture

@Suite struct TechnologyTests {
  private func brief(_ change: (inout TechnologyBrief) -> Void = { _ in }) -> TechnologyBrief {
    var brief = TechnologyBrief(
      job: .conversation, examples: 20_000, tokensPerExample: 600, documentTokens: 3_000_000,
      isFresh: true, isPrivate: true, latencySeconds: 6, answerTokens: 150,
      tokensPerMonth: 6e8, budget: 60_000, upstreamPerMillion: 8,
      machine: .init(
        name: "GPU", flopsPerSecond: 120e12, utilisation: 0.35, memoryBytes: 24e9,
        bandwidthBytesPerSecond: 900e9, hourlyCost: 4))
    change(&brief)
    return brief
  }

  private func option(
    _ brief: TechnologyBrief, _ architecture: TechnologyChoice.Architecture
  ) throws -> TechnologyChoice.Option {
    try #require(brief.choose().options.first { $0.architecture == architecture })
  }

  @Test func privateFreshDocumentsWithExamplesAskForRetrievalWithAnAdapter() {
    #expect(brief().choose().recommended == .retrievalWithAdapter)
  }

  @Test func labelsAskForAnEncoder() {
    let choice = brief {
      $0.job = .classification
      $0.documentTokens = 0
      $0.isFresh = false
      $0.examples = 5_000
    }.choose()
    #expect(choice.recommended == .encoder)
  }

  @Test func withoutDataAVendorIsLeft() {
    let choice = brief {
      $0.examples = 0
      $0.documentTokens = 0
      $0.isFresh = false
      $0.isPrivate = false
    }.choose()
    #expect(choice.recommended == .upstream)
    #expect(choice.options.first?[.monthlyCost] == 4_800)
  }

  @Test func adapterFiguresFollowTheRules() throws {
    let option = try option(brief(), .adapter)
    let size = try #require(option[.parameters])
    #expect(size == 7e9, "2 bytes × 7e9 × 1.2 fit 24 GB; 14e9 do not")
    #expect(option[.trainingFlop] == 4 * size * 20_000 * 600 * 3)
    #expect(abs((option[.trainingHours] ?? 0) - 4 * 7e9 * 3.6e7 / (120e12 * 0.35) / 3_600) < 1e-9)
    #expect(option[.trainingCost] == (option[.trainingHours] ?? 0) * 4)
    #expect(option[.memory4] == 3.5e9 && option[.memory8] == 7e9 && option[.memory16] == 14e9)
    #expect(option[.bits] == 16)
    #expect(abs((option[.tokensPerSecond] ?? 0) - 900.0 / 14) < 1e-9)
    #expect(option.objections == [.goesStale])
  }

  @Test func fromScratchNeedsTwentyTokensAParameter() throws {
    let option = try option(brief(), .fromScratch)
    let size = try #require(option[.parameters])
    #expect(option[.dataNeeded] == 20 * size)
    #expect(option[.trainingFlop] == 120 * size * size)
    #expect(option.objections.contains(.tooLittleData))
  }

  @Test func theStatedComputeOfGPT3FollowsFromSixND() throws {
    let figures = try #require(CaseLibrary.bundled.cases.first { $0.id == "openai_gpt3" }).figures
    func value(_ measure: CaseFigure.Measure) -> Double {
      figures.first { $0.measure == measure }?.value ?? .nan
    }
    let ratio = 6 * value(.parameters) * value(.tokens) / value(.trainingCompute)
    #expect(abs(ratio - 1) < 0.01)
  }

  @Test func moreMemoryNeverShrinksTheModel() {
    for architecture in TechnologyChoice.Architecture.allCases where architecture != .upstream {
      var before = 0.0
      for memory in [4e9, 8e9, 16e9, 24e9, 48e9, 80e9, 640e9] {
        let size = brief { $0.machine.memoryBytes = memory }.size(architecture)
        #expect(size >= before)
        before = size
      }
    }
  }

  @Test func everyObjectionStandsForItsCondition() throws {
    let slow = brief { $0.latencySeconds = 0.001 }
    #expect(try option(slow, .retrieval).objections.contains(.tooSlow))
    let poor = brief { $0.budget = 0 }
    #expect(try option(poor, .adapter).objections.contains(.overBudget))
    let small = brief { $0.machine.memoryBytes = 0.1e9 }
    #expect(try option(small, .retrieval).objections.contains(.doesNotFit))
    #expect(try option(brief(), .upstream).objections == [.mayNotLeave])
    let alone = brief {
      $0.isPrivate = false
      $0.upstreamPerMillion = nil
    }
    #expect(try option(alone, .upstream).objections == [.noVendor])
    let few = brief { $0.examples = 100 }
    #expect(try option(few, .adapter).objections.contains(.tooFewExamples))
    #expect(try option(brief(), .encoder).objections == [.wrongJob, .goesStale])
  }

  @Test func feasibleOptionsComeFirstAndEachFigureHasASource() {
    let choice = brief().choose()
    let feasible = choice.options.map(\.isFeasible)
    #expect(feasible == feasible.sorted { $0 && !$1 })
    #expect(choice.options.count == TechnologyChoice.Architecture.allCases.count)
    for option in choice.options {
      #expect(option.figures.allSatisfy { !$0.rule.source.isEmpty && $0.value.isFinite })
      #expect(!option.figures.isEmpty)
    }
  }
}
