import ModelFiles

extension ModelConfiguration {
  /// Largest size that a configuration may name: widths, vocabulary, context.
  static let maximumSize = 1 << 24
  /// Most layers.
  static let maximumLayers = 4_096

  /// Refuses sizes that do not fit together, before anything is made of them.
  func validate(path: String) throws(ModelFileError) {
    func refuse(_ field: String, _ message: String) -> ModelFileError {
      ModelFileError(
        .malformed, path: path, field: field,
        message: "\(message); the model's configuration is damaged")
    }
    guard layers <= Self.maximumLayers else {
      throw refuse("layers", "are \(layers), over the limit of \(Self.maximumLayers)")
    }
    guard heads.isMultiple(of: kvHeads) else {
      throw refuse("key-value heads", "are \(kvHeads), which does not divide \(heads) heads")
    }
    guard headDimension > 0, heads * headDimension <= Self.maximumSize else {
      throw refuse("head dimension", "is \(headDimension) with \(heads) heads, out of range")
    }
    guard attentionScale.isFinite, normEpsilon.isFinite, normEpsilon >= 0,
      embeddingScale.isFinite, attentionSoftCap >= 0, logitSoftCap >= 0
    else { throw refuse("norm epsilon, scales or soft-caps", "are out of range") }
    guard windowedLayers.isEmpty || windowedLayers.count == layers else {
      throw refuse("windowed layers", "are given for \(windowedLayers.count) of \(layers) layers")
    }
    if let rotary { try rotary.validate(headDimension, refuse) }
  }
}

extension Rotary {
  fileprivate func validate(
    _ headDimension: Int, _ refuse: (String, String) -> ModelFileError
  ) throws(ModelFileError) {
    guard dimension >= 2, dimension.isMultiple(of: 2), dimension <= headDimension else {
      throw refuse(
        "rotary dimension", "is \(dimension), not an even number of 2...\(headDimension)")
    }
    guard base > 0, base.isFinite, windowBase ?? 1 > 0 else {
      throw refuse("rotary base", "is \(base), not over 0")
    }
    switch scaling {
    case .none: break
    case .linear(let factor):
      guard factor > 0 else { throw refuse("rotary scaling factor", "is \(factor), not over 0") }
    case .factors(let factors):
      guard factors.count == dimension / 2, factors.allSatisfy({ $0 > 0 }) else {
        throw refuse(
          "rotary factors", "are \(factors.count), not \(dimension / 2) numbers over 0")
      }
    case .yarn(let yarn):
      guard yarn.factor > 0, base > 1, yarn.betaFast > 0, yarn.betaSlow > 0 else {
        throw refuse("rotary scaling factor", "is \(yarn.factor), not over 0")
      }
    }
  }
}
