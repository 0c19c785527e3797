import Foundation

/// One draw from the distribution that temperature and filters leave of a row of logits.
///
/// Weights are exp((logit − maximum) / temperature), so the most likely token weighs 1.
struct Draw {
  let logits: UnsafeBufferPointer<Float>
  let maximum: Float
  /// 1 / temperature.
  let scale: Float
  /// In [0, 1).
  let uniform: Double

  /// Complexity O(vocabulary), and O(k log k) for the k tokens that pass the filters.
  func token(topK: Int, topP: Float, minP: Float) -> Int32? {
    if topK > 0, topK < logits.count {
      var kept = LogitRow.largest(topK, in: logits)
      let total = kept.reduce(0) { $0 + weight($1) }
      cut(&kept, reaching: Double(topP) * total, if: topP < 1)
      return draw(from: kept, minP: minP)
    }
    if topP < 1 {
      let total = LogitRow.sumOfExponentials(logits, maximum: maximum, scale: scale)
      return draw(from: nucleus(Double(topP) * total), minP: minP)
    }
    if minP > 0 {
      return draw(from: LogitRow.indices(atLeast: bound(log(minP)), in: logits), minP: minP)
    }
    return drawFromAll()
  }

  private func weight(_ token: Int32) -> Double {
    exp(Double((logits[Int(token)] - maximum) * scale))
  }

  /// The logit whose weight has this logarithm.
  private func bound(_ logarithm: Float) -> Float { maximum + logarithm / scale }

  /// The most likely tokens whose weights reach `target`. Looks at ever more of the vocabulary, so
  /// that a peaked distribution needs no sort of it all.
  private func nucleus(_ target: Double) -> [Int32] {
    for logarithm in [-5, -12, -30, -Float.infinity] as [Float] {
      var kept = LogitRow.indices(atLeast: bound(logarithm), in: logits)
      let sum = kept.reduce(0) { $0 + weight($1) }
      guard sum >= target || logarithm == -.infinity else { continue }
      LogitRow.sort(&kept, by: logits)
      cut(&kept, reaching: target, if: true)
      return kept
    }
    return []
  }

  /// Keeps the leading tokens up to the one with which the sum reaches `target`, at least one.
  private func cut(_ kept: inout [Int32], reaching target: Double, if applies: Bool) {
    guard applies else { return }
    var sum = 0.0
    for (place, token) in kept.enumerated() {
      sum += weight(token)
      if sum >= target {
        kept.removeSubrange((place + 1)...)
        return
      }
    }
  }

  private func draw(from kept: [Int32], minP: Float) -> Int32? {
    var weights: [(token: Int32, weight: Double)] = kept.map { ($0, weight($0)) }
    // A token with weight 0 is out of the question, also as what rounding leaves at the end.
    weights.removeAll { $0.weight < Double(minP) || $0.weight == 0 }
    // min-p cannot remove the most likely, whose weight is 1; rounding must not either.
    guard !weights.isEmpty else {
      return LogitRow.firstIndex(of: maximum, in: logits).map { Int32($0) }
    }
    var left = uniform * weights.reduce(0) { $0 + $1.weight }
    for entry in weights {
      left -= entry.weight
      if left < 0 { return entry.token }
    }
    return weights.last?.token
  }

  /// In the order of tokens, without a filter.
  private func drawFromAll() -> Int32? {
    var left = uniform * LogitRow.sumOfExponentials(logits, maximum: maximum, scale: scale)
    var lastBlock: Int?
    for start in stride(from: 0, to: logits.count, by: 16) {
      let weights = blockWeights(start)
      let sum = Double(weights.sum())
      if sum > 0 { lastBlock = start }
      // A block's sum and its parts round differently; only in the last block both are used.
      if sum <= left {
        left -= sum
        continue
      }
      for lane in 0..<16 where weights[lane] > 0 {
        left -= Double(weights[lane])
        if left < 0 { return Int32(start + lane) }
      }
    }
    // Rounding may leave a little at the end: it is the last token's that has a weight.
    guard let lastBlock else { return nil }
    let weights = blockWeights(lastBlock)
    return (0..<16).last { weights[$0] > 0 }.map { Int32(lastBlock + $0) }
  }

  /// The weights of 16 tokens; 0 past the end.
  private func blockWeights(_ start: Int) -> SIMD16<Float> {
    var lanes = SIMD16<Float>(repeating: -.infinity)
    for lane in 0..<min(16, logits.count - start) {
      lanes[lane] = (logits[start + lane] - maximum) * scale
    }
    return LogitRow.exponential(lanes)
  }
}
