extension TechnologyBrief {
  /// Sizes on offer, in parameters: an encoder's, and those in which open decoders come.
  static let encoderSize = 0.11e9
  static let decoderSizes: [Double] = [0.5e9, 1.5e9, 3e9, 7e9, 14e9, 32e9, 72e9]
  static let epochs = 3.0
  static let labelsForEncoder = 1_000.0
  static let examplesForAdapter = 500.0
  static let examplesForFull = 10_000.0
  static let monthHours = 730.0
  /// Weights and a fifth more.
  static let headroom = 1.2

  /// Every architecture judged.
  package func choose() -> TechnologyChoice {
    let options = TechnologyChoice.Architecture.allCases.map(option)
    return TechnologyChoice(
      options: options.enumerated().sorted { left, right in
        if left.element.isFeasible != right.element.isFeasible { return left.element.isFeasible }
        if left.element.reasons.count != right.element.reasons.count {
          return left.element.reasons.count > right.element.reasons.count
        }
        return (left.element.twoYearCost, left.offset) < (right.element.twoYearCost, right.offset)
      }.map(\.element))
  }

  private func option(_ architecture: TechnologyChoice.Architecture) -> TechnologyChoice.Option {
    var option = TechnologyChoice.Option(
      architecture: architecture, figures: [], reasons: [], objections: [])
    judge(&option)
    guard architecture != .upstream else {
      let million = upstreamPerMillion ?? 0
      option.figures.append(
        .init(quantity: .monthlyCost, value: tokensPerMonth / 1e6 * million, rule: .cheapestToTry))
      return option
    }
    let size = self.size(architecture)
    serve(size, &option)
    if architecture.isTuned { train(size, &option) }
    return option
  }

  /// The largest size that fits at 4 bits, answers in time and, where weights are trained, fits
  /// then too; the smallest when none does.
  func size(_ architecture: TechnologyChoice.Architecture) -> Double {
    if architecture == .encoder { return Self.encoderSize }
    let fit = Self.decoderSizes.last { size in
      size * 0.5 * Self.headroom <= machine.memoryBytes
        && answerTokens / streamSpeed(size, bits: 4) <= latencySeconds
        && trainingMemory(size, architecture) <= machine.memoryBytes
    }
    return fit ?? Self.decoderSizes[0]
  }

  func trainingMemory(_ size: Double, _ architecture: TechnologyChoice.Architecture) -> Double {
    guard architecture.isTuned else { return 0 }
    return architecture.usesAdapter ? 2 * size * Self.headroom : 16 * size
  }

  /// Tokens a second of one sequence.
  func streamSpeed(_ size: Double, bits: Double) -> Double {
    machine.bandwidthBytesPerSecond / (size * bits / 8)
  }

  private func serve(_ size: Double, _ option: inout TechnologyChoice.Option) {
    // The finest precision that fits and is in time; 4 bits when none is.
    let isEncoder = option.architecture == .encoder
    let bits =
      [16.0, 8, 4].first {
        size * $0 / 8 * Self.headroom <= machine.memoryBytes
          && (isEncoder || answerTokens / streamSpeed(size, bits: $0) <= latencySeconds)
      } ?? 4
    let largest = machine.flopsPerSecond * machine.utilisation / (2 * size)
    // An encoder reads its text in one pass: compute bounds it. A decoder's weights are read for
    // each token.
    let stream = isEncoder ? largest : min(streamSpeed(size, bits: bits), largest)
    let tokens = isEncoder ? tokensPerExample : answerTokens
    let load = tokensPerMonth / (largest * Self.monthHours * 3_600)
    let machines = max(1, load.rounded(.up))
    option.figures += [
      .init(quantity: .parameters, value: size, rule: .weightMemory),
      .init(quantity: .memory4, value: size / 2, rule: .weightMemory),
      .init(quantity: .memory8, value: size, rule: .weightMemory),
      .init(quantity: .memory16, value: 2 * size, rule: .weightMemory),
      .init(quantity: .bits, value: bits, rule: .weightMemory),
      .init(
        quantity: .tokensPerSecond, value: stream, rule: isEncoder ? .computeBound : .bandwidth),
      .init(quantity: .largestTokensPerSecond, value: largest, rule: .computeBound),
      .init(quantity: .answerSeconds, value: tokens / stream, rule: .bandwidth),
      .init(quantity: .machines, value: machines, rule: .computeBound),
      .init(
        quantity: .monthlyCost, value: machines * Self.monthHours * machine.hourlyCost,
        rule: .machineHours),
    ]
    if size * bits / 8 * Self.headroom > machine.memoryBytes {
      option.objections.append(.doesNotFit)
    }
    if tokens / stream > latencySeconds { option.objections.append(.tooSlow) }
  }

  private func train(_ size: Double, _ option: inout TechnologyChoice.Option) {
    let own = examples * tokensPerExample
    let isScratch = option.architecture == .fromScratch
    let needed = isScratch ? 20 * size : neededExamples(option.architecture) * tokensPerExample
    let used = isScratch ? needed : own * Self.epochs
    let adapter = option.architecture.usesAdapter
    let flop = (adapter ? 4 : 6) * size * used
    let hours = flop / (machine.flopsPerSecond * machine.utilisation) / 3_600
    let memory = trainingMemory(size, option.architecture)
    option.figures += [
      .init(
        quantity: .dataTokens, value: own, rule: isScratch ? .twentyTokens : .examplesForTuning),
      .init(
        quantity: .dataNeeded, value: needed, rule: isScratch ? .twentyTokens : .examplesForTuning),
      .init(quantity: .trainingFlop, value: flop, rule: adapter ? .fourND : .sixND),
      .init(quantity: .trainingHours, value: hours, rule: .machineHours),
      .init(quantity: .trainingCost, value: hours * machine.hourlyCost, rule: .machineHours),
      .init(quantity: .trainingMemory, value: memory, rule: adapter ? .adapterMemory : .adamMemory),
    ]
    if isScratch, own < needed { option.objections.append(.tooLittleData) }
    if memory > machine.memoryBytes, !option.objections.contains(.doesNotFit) {
      option.objections.append(.doesNotFit)
    }
    if hours * machine.hourlyCost > budget { option.objections.append(.overBudget) }
  }

  private func neededExamples(_ architecture: TechnologyChoice.Architecture) -> Double {
    switch architecture {
    case .encoder: Self.labelsForEncoder
    case .fullTuning: Self.examplesForFull
    default: Self.examplesForAdapter
    }
  }

  /// What speaks for and against an architecture, apart from its size.
  private func judge(_ option: inout TechnologyChoice.Option) {
    let architecture = option.architecture
    let labels = job == .classification || job == .extraction || job == .decision
    if architecture == .upstream {
      if isPrivate { option.objections.append(.mayNotLeave) }
      if upstreamPerMillion == nil { option.objections.append(.noVendor) }
      option.reasons.append(.cheapestToTry)
      return
    }
    if isPrivate { option.reasons.append(.staysPrivate) }
    if architecture == .encoder {
      if labels {
        option.reasons.append(.labelsForEncoder)
      } else {
        option.objections.append(.wrongJob)
      }
    }
    if architecture.isTuned, architecture != .fromScratch {
      if examples < neededExamples(architecture) {
        option.objections.append(.tooFewExamples)
      } else if architecture != .encoder {
        option.reasons.append(.examplesForTuning)
      }
    }
    if architecture.retrieves {
      if documentTokens > 0 {
        option.reasons.append(.documentsNeedRetrieval)
      } else {
        option.objections.append(.noDocuments)
      }
      if isFresh { option.reasons.append(.freshNeedsRetrieval) }
    } else if isFresh, documentTokens > 0, !labels {
      option.objections.append(.goesStale)
    }
  }
}
