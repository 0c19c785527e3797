/// What to build, judged by stated rules: every candidate with its sizes, cost, and what speaks for
/// and against it.
package struct TechnologyChoice: Sendable, Hashable, Codable {
  /// 编码器分类, 从头训练, 全量微调, 适配器微调, 检索增强, 检索加适配器, 上游接口.
  package enum Architecture: String, Sendable, Hashable, Codable, CaseIterable {
    case encoder
    case fromScratch = "from_scratch"
    case fullTuning = "full_tuning"
    case adapter
    case retrieval
    case retrievalWithAdapter = "retrieval_with_adapter"
    case upstream

    var isTuned: Bool {
      switch self {
      case .encoder, .fromScratch, .fullTuning, .adapter, .retrievalWithAdapter: true
      case .retrieval, .upstream: false
      }
    }
    var usesAdapter: Bool { self == .adapter || self == .retrievalWithAdapter }
    var retrieves: Bool { self == .retrieval || self == .retrievalWithAdapter }
  }

  package enum Quantity: String, Sendable, Hashable, Codable, CaseIterable {
    case parameters
    case dataTokens = "data_tokens"
    case dataNeeded = "data_needed"
    case trainingFlop = "training_flop"
    case trainingHours = "training_hours"
    case trainingCost = "training_cost"
    case trainingMemory = "training_memory"
    case memory4 = "memory_4_bit"
    case memory8 = "memory_8_bit"
    case memory16 = "memory_16_bit"
    case bits
    case tokensPerSecond = "tokens_per_second"
    case largestTokensPerSecond = "largest_tokens_per_second"
    case answerSeconds = "answer_seconds"
    case machines
    case monthlyCost = "monthly_cost"
  }

  package struct Figure: Sendable, Hashable, Codable {
    package var quantity: Quantity
    package var value: Double
    package var rule: TechnologyRule
  }

  package struct Option: Sendable, Hashable, Codable {
    package var architecture: Architecture
    package var figures: [Figure]
    package var reasons: [TechnologyRule]
    package var objections: [TechnologyRule]
    package var isFeasible: Bool { objections.isEmpty }

    package subscript(_ quantity: Quantity) -> Double? {
      figures.first { $0.quantity == quantity }?.value
    }
    /// Building it, and running it for two years.
    package var twoYearCost: Double { (self[.trainingCost] ?? 0) + 24 * (self[.monthlyCost] ?? 0) }
  }

  /// Best first: feasible before others, then by more reasons, then by cost over two years.
  package var options: [Option]
  package var recommended: Architecture? {
    options.first.flatMap { $0.isFeasible ? $0.architecture : nil }
  }
}
