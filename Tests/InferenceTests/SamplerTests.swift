import Foundation
import Testing

@testable import Inference

struct SamplerTests {
  private let logits: [Float] = [1, 3, 2, 3, -1, 0]

  private func sample(
    _ options: SamplingOptions, seed: UInt64 = 1, prompt: [Int32] = [], logprobs: Int? = nil,
    logits: [Float]? = nil
  ) -> Sampler.Sample? {
    var sampler = Sampler(options: options, seed: seed, prompt: prompt, logprobs: logprobs)
    return pick(&sampler, logits ?? self.logits)
  }

  private func pick(_ sampler: inout Sampler, _ logits: [Float]) -> Sampler.Sample? {
    var row = logits
    return row.withUnsafeMutableBufferPointer { sampler.sample($0) }
  }

  /// How often each token is drawn over many seeds.
  private func frequencies(_ options: SamplingOptions, _ draws: Int = 8_000) -> [Double] {
    var counts = [Double](repeating: 0, count: logits.count)
    for seed in 0..<draws {
      if let token = sample(options, seed: UInt64(seed))?.token { counts[Int(token)] += 1 }
    }
    return counts.map { $0 / Double(draws) }
  }

  private func softmax(_ values: [Float]) -> [Double] {
    let weights = values.map { exp(Double($0)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  private func expect(_ measured: [Double], near expected: [Double]) {
    for (a, b) in zip(measured, expected) { #expect(abs(a - b) < 0.02, "\(measured) \(expected)") }
  }

  @Test func `at temperature 0 the largest logit wins, the lowest id among equals`() {
    #expect(sample(.greedy)?.token == 1)
  }

  @Test(arguments: [0.5, 1, 2] as [Float])
  func `draws follow the softmax at the temperature`(temperature: Float) {
    expect(
      frequencies(SamplingOptions(temperature: temperature)),
      near: softmax(logits.map { $0 / temperature }))
  }

  @Test func `top-k keeps the k most likely`() {
    expect(
      frequencies(SamplingOptions(topK: 3)),
      near: softmax([-.infinity, 3, 2, 3, -.infinity, -.infinity]))
  }

  @Test func `top-p keeps the fewest that reach the sum, and always one`() {
    // Probabilities, sorted: .395 .395 .145 .053 …
    expect(
      frequencies(SamplingOptions(topP: 0.8)),
      near: softmax([-.infinity, 3, 2, 3, -.infinity, -.infinity]))
    expect(
      frequencies(SamplingOptions(topP: 0.7)),
      near: softmax([-.infinity, 3, -.infinity, 3, -.infinity, -.infinity]))
    #expect(sample(SamplingOptions(topP: 0))?.token == 1)
  }

  @Test func `top-p counts within what top-k kept`() {
    expect(
      frequencies(SamplingOptions(topK: 3, topP: 0.84)),
      near: softmax([-.infinity, 3, -.infinity, 3, -.infinity, -.infinity]))
  }

  @Test func `min-p drops what is less likely than its part of the most likely`() {
    expect(
      frequencies(SamplingOptions(minP: 0.3)),
      near: softmax([-.infinity, 3, 2, 3, -.infinity, -.infinity]))
  }

  @Test func `a wide nucleus is found as by a full sort`() {
    var random = SplitMix(seed: 3)
    let wide = (0..<5_000).map { _ in Float.random(in: 0...2, using: &random) }
    let probabilities = softmax(wide)
    let order = wide.indices.sorted { wide[$0] > wide[$1] || (wide[$0] == wide[$1] && $0 < $1) }
    var kept: Set<Int32> = []
    var sum = 0.0
    for index in order where sum < 0.5 {
      kept.insert(Int32(index))
      sum += probabilities[index]
    }
    for seed in 0..<500 {
      let token = sample(SamplingOptions(topP: 0.5), seed: UInt64(seed), logits: wide)?.token
      #expect(kept.contains(token ?? -1))
    }
  }

  @Test func `penalties lower what was said, each by its rule`() {
    var frequency = Sampler(
      options: SamplingOptions(temperature: 0, frequencyPenalty: 0.6), seed: 0, prompt: [1, 3],
      logprobs: nil)
    // Twice 3 − 0.6 a time: 1 and 3 (3 → 2.4), then both again (2.4 → 1.8), and now 2 is largest.
    #expect((0..<5).map { _ in pick(&frequency, logits)?.token } == [1, 3, 1, 3, 2])
    var presence = Sampler(
      options: SamplingOptions(temperature: 0, presencePenalty: 0.5), seed: 0, prompt: [1],
      logprobs: nil)
    #expect((0..<4).map { _ in pick(&presence, logits)?.token } == [1, 3, 1, 1])
    // The prompt counts for the repetition penalty.
    let repetition = SamplingOptions(temperature: 0, repetitionPenalty: 2)
    #expect(sample(repetition, prompt: [1])?.token == 3)
    #expect(sample(repetition, prompt: [1, 3])?.token == 2)
    #expect(sample(repetition, prompt: [4], logits: [-3, -4, -1.4, -9, -1, -8])?.token == 2)
  }

  @Test func `a bias of 100 forces and of −100 bans`() {
    #expect(sample(SamplingOptions(logitBias: [4: 100]))?.token == 4)
    for seed in 0..<200 {
      let token = sample(SamplingOptions(logitBias: [1: -100, 3: -100]), seed: UInt64(seed))?.token
      #expect(token != 1 && token != 3)
    }
  }

  @Test func `log-probabilities are those before bias, penalty and temperature`() throws {
    let options = SamplingOptions(temperature: 0, topK: 1, logitBias: [4: 100])
    let picked = try #require(sample(options, logprobs: 3))
    let exact = softmax(logits).map { Float(log($0)) }
    #expect(picked.token == 4)
    #expect(abs((picked.logprob ?? 0) - exact[4]) < 1e-5)
    #expect(picked.top.map(\.token) == [1, 3, 2])
    for candidate in picked.top {
      #expect(abs(candidate.logprob - exact[Int(candidate.token)]) < 1e-5)
    }
    #expect(sample(options, logprobs: 0)?.top == [])
    #expect(sample(options)?.logprob == nil)
  }

  @Test func `a draw depends on seed and index alone`() {
    let options = SamplingOptions(temperature: 2)
    var first = Sampler(options: options, seed: 7, prompt: [], logprobs: nil)
    var second = Sampler(options: options, seed: 7, prompt: [1, 2], logprobs: 2)
    let a = (0..<200).map { _ in pick(&first, logits)?.token }
    let b = (0..<200).map { _ in pick(&second, logits)?.token }
    #expect(a == b)
    #expect(Set(a).count > 3)
    var other = Sampler(options: options, seed: 8, prompt: [], logprobs: nil)
    #expect((0..<200).map { _ in pick(&other, logits)?.token } != a)
  }

  @Test func `logits that are not numbers give nothing`() {
    #expect(sample(.greedy, logits: [1, .nan, 2]) == nil)
    #expect(sample(SamplingOptions(), logits: [-.infinity, -.infinity]) == nil)
  }

  @Test func `the generator's numbers are uniform`() {
    var buckets = [Int](repeating: 0, count: 16)
    for seed in 0..<200 {
      for index in 0..<200 {
        buckets[Int(CounterGenerator(seed: UInt64(seed)).uniform(at: index) * 16)] += 1
      }
    }
    // 40,000 draws, 2,500 a bucket, standard deviation 48.
    #expect(buckets.allSatisfy { abs($0 - 2_500) < 250 })
  }
}
