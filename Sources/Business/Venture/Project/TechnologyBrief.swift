/// What the model is to do and with what means: the input of the technology choice.
package struct TechnologyBrief: Sendable, Hashable, Codable {
  /// 分类, 抽取, 问答, 对话, 生成, 决策.
  package enum Job: String, Sendable, Hashable, Codable, CaseIterable {
    case classification, extraction, answering, conversation, generation, decision
  }

  /// The machine that trains and serves.
  package struct Machine: Sendable, Hashable, Codable {
    package var name: String
    /// Floating-point operations a second at the precision of training, at the peak.
    package var flopsPerSecond: Double
    /// Share of the peak that training reaches (model FLOPs utilisation).
    package var utilisation: Double
    package var memoryBytes: Double
    package var bandwidthBytesPerSecond: Double
    /// Money in the plan's currency.
    package var hourlyCost: Double
    package init(
      name: String, flopsPerSecond: Double, utilisation: Double, memoryBytes: Double,
      bandwidthBytesPerSecond: Double, hourlyCost: Double
    ) {
      self.name = name
      self.flopsPerSecond = flopsPerSecond
      self.utilisation = utilisation
      self.memoryBytes = memoryBytes
      self.bandwidthBytesPerSecond = bandwidthBytesPerSecond
      self.hourlyCost = hourlyCost
    }
  }

  package var job: Job
  /// Labelled examples of the own domain, and tokens of an example.
  package var examples: Double
  package var tokensPerExample: Double
  /// Tokens of the own documents that answers are to rest on; 0 for none.
  package var documentTokens: Double
  /// The documents change within days.
  package var isFresh: Bool
  /// The data must not leave the own machines.
  package var isPrivate: Bool
  /// Seconds that 95 of 100 answers may take, and tokens of an answer.
  package var latencySeconds: Double
  package var answerTokens: Double
  package var tokensPerMonth: Double
  /// Money for building it, in the plan's currency.
  package var budget: Double
  /// Money for a million tokens of a vendor's comparable model; nil when none may be used.
  package var upstreamPerMillion: Double?
  package var machine: Machine
}
