import Billing
import Foundation
import Inference
import Ledger
import Store

/// A model without a price is not served; this measures it and proposes one.
struct PriceSetup {
  let workspace: Workspace
  let books: SQLiteBooks

  enum Answer { case accept, ask }

  /// Proposes a price for a model that has none. Returns whether it has one afterwards.
  func ensurePrice(
    for model: LoadedModel, options: EngineOptions, answer: Answer
  ) async throws -> Bool {
    try await ensurePrice(model.name, answer) {
      try await propose(for: model, options: options)
    }
  }

  /// The same for an embedding model, of which only the input price is ever charged.
  func ensurePrice(
    for model: EmbeddingModel, options: EmbeddingOptions, answer: Answer
  ) async throws -> Bool {
    try await ensurePrice(model.name, answer) {
      Output.note("Measuring \(model.name) for a second…")
      let each = try await EmbeddingProbe().measure(model, options: options)
      return try proposal(promptNanoseconds: each, completionNanoseconds: each)
    }
  }

  private func ensurePrice(
    _ model: String, _ answer: Answer, _ propose: () async throws -> PriceProposal
  ) async throws -> Bool {
    if try await books.prices().contains(where: { $0.model == model }) { return true }
    let proposal = try await propose()
    describe(proposal, model: model)
    switch answer {
    case .accept: break
    case .ask:
      guard isatty(STDIN_FILENO) == 1 else {
        Output.note(
          "Accept it with --accept-price, or set your own: \(command(proposal, model: model))")
        return false
      }
      Output.note("Accept? [Y/n] ")
      guard let line = readLine()?.lowercased(), line.isEmpty || line.hasPrefix("y") else {
        Output.note("Set your own with: \(command(proposal, model: model))")
        return false
      }
    }
    try await accept(proposal, model: model)
    return true
  }

  func propose(for model: LoadedModel, options: EngineOptions) async throws -> PriceProposal {
    Output.note("Measuring \(model.name) for a few seconds…")
    let speed = try await ThroughputProbe().measure(model, options: options)
    return try proposal(
      promptNanoseconds: speed.promptTokenNanoseconds,
      completionNanoseconds: speed.completionTokenNanoseconds)
  }

  private func proposal(
    promptNanoseconds: Double, completionNanoseconds: Double
  ) throws -> PriceProposal {
    try PriceProposal(
      prompt: Self.speed(promptNanoseconds), completion: Self.speed(completionNanoseconds),
      rate: workspace.configuration.machine.rate,
      utilisationPercent: workspace.configuration.pricing.utilisationPercent,
      targetMarginPercent: workspace.configuration.pricing.targetMarginPercent)
  }

  func accept(
    _ proposal: PriceProposal, model: String, plan: String? = nil
  ) async throws {
    let now = SystemTime().now()
    try await books.setPrice(
      PriceVersion(
        id: Identifier.make("price"), model: model, plan: plan, input: proposal.input,
        cachedInput: proposal.cachedInput, output: proposal.output,
        perRequest: .zero(proposal.input.currency), effective: now, created: now))
  }

  private func describe(_ proposal: PriceProposal, model: String) {
    let pricing = workspace.configuration.pricing
    Output.note(
      """
      Proposed price of \(model), \(proposal.input.currency) a million tokens: \(proposal.input.decimal) in, \(proposal.cachedInput.decimal) cached, \(proposal.output.decimal) out.
      It leaves \(pricing.targetMarginPercent)% when \(pricing.utilisationPercent)% of the machine's time is sold (cost then: \(proposal.inputCost.rounded(digits: 4)) in, \(proposal.outputCost.rounded(digits: 4)) out; machine: \(workspace.configuration.machine.rate.hourly.rounded(digits: 4)) an hour).
      """)
  }

  private func command(_ proposal: PriceProposal, model: String) -> String {
    "breakeven price set \(model) --input \(proposal.input.decimal) --cached \(proposal.cachedInput.decimal) --output \(proposal.output.decimal) --currency \(proposal.input.currency) --workspace \(workspace.folder.path)"
  }

  /// A million tokens at a measured time each.
  private static func speed(_ nanosecondsEach: Double) -> PriceProposal.Speed {
    PriceProposal.Speed(
      tokens: 1_000_000, nanoseconds: Int64(max(1, min(nanosecondsEach, 1e12)) * 1e6))
  }
}
