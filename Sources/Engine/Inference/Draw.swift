import Foundation
import Tensor

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

  /// Complexity O(vocabulary); O(k log k) more for top-k.
  func token(topK: Int, topP: Float, minP: Float) -> Int32? {
    if topK > 0, topK < logits.count {
      var kept = LogitRow.largest(topK, in: logits)
      let total = kept.reduce(0) { $0 + weight($1) }
      cut(&kept, reaching: Double(topP) * total, if: topP < 1)
      return draw(from: kept.map { ($0, weight($0)) }, minP: minP)
    }
    if topP < 1 {
      let total = LogitRow.sumOfExponentials(logits, maximum: maximum, scale: scale)
      return draw(from: nucleus(Double(topP) * total), minP: minP)
    }
    if minP > 0 { return draw(from: candidates(from: log(minP)), minP: minP) }
    return drawFromAll()
  }

  private func weight(_ token: Int32) -> Double {
    exp(Double((logits[Int(token)] - maximum) * scale))
  }

  /// The logit whose weight has this logarithm.
  private func bound(_ logarithm: Float) -> Float { maximum + logarithm / scale }

  /// The tokens whose weights have at least this logarithm, in order.
  private func candidates(from logarithm: Float) -> [Nucleus.Entry] {
    let tokens = LogitRow.indices(atLeast: bound(logarithm), in: logits)
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * max(1, tokens.count)) {
      buffer in
      let own = UnsafeMutableBufferPointer(rebasing: buffer[..<tokens.count])
      let weights = buffer.baseAddress! + tokens.count
      for (place, token) in tokens.enumerated() { own[place] = logits[Int(token)] }
      LogitKernels.weights(
        UnsafeBufferPointer(own), maximum: maximum, scale: scale, into: weights)
      return tokens.enumerated().map { ($1, Double(weights[$0])) }
    }
  }

  /// The most likely tokens whose weights reach `target`. Looks at ever more of the vocabulary, so
  /// that a peaked distribution needs no search of it all.
  private func nucleus(_ target: Double) -> [Nucleus.Entry] {
    for logarithm in [-5, -12, -30, -Float.infinity] as [Float] {
      var nucleus = Nucleus(entries: candidates(from: logarithm))
      let sum = nucleus.entries.reduce(0) { $0 + $1.weight }
      guard sum >= target || logarithm == -.infinity else { continue }
      nucleus.keep(reaching: target)
      return nucleus.entries
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

  private func draw(from kept: [Nucleus.Entry], minP: Float) -> Int32? {
    var weights = kept
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

  /// In the order of tokens, without a filter: first the block, then the token in it.
  private func drawFromAll() -> Int32? {
    LogitRow.withSums(logits, maximum: maximum, scale: scale) { sums in
      var left = uniform * sums.reduce(0, +)
      var block = 0
      while block < sums.count - 1, left >= sums[block] {
        left -= sums[block]
        block += 1
      }
      // A sum and its parts round differently: past the block's last token, it is the last one that
      // has a weight.
      while block >= 0 {
        if let token = draw(inBlock: block, left) { return token }
        block -= 1
        left = .infinity
      }
      return nil
    }
  }

  private func draw(inBlock block: Int, _ left: Double) -> Int32? {
    let start = block * LogitKernels.block
    let end = min(logits.count, start + LogitKernels.block)
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: LogitKernels.block) { weights in
      LogitKernels.weights(
        UnsafeBufferPointer(rebasing: logits[start..<end]), maximum: maximum, scale: scale,
        into: weights.baseAddress!)
      var left = left
      var last: Int32?
      for place in 0..<end - start where weights[place] > 0 {
        last = Int32(start + place)
        left -= Double(weights[place])
        if left < 0 { break }
      }
      return last
    }
  }
}
