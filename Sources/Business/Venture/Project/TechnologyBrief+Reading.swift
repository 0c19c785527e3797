extension TechnologyBrief {
  init(reading node: PlanNode) {
    defer { node.finish() }
    func number(
      _ name: String, _ fallback: Double, in range: ClosedRange<Double> = 0...1e18
    ) -> Double {
      node.number(name, in: range) ?? fallback
    }
    if !node.has("job") {
      node.fail("needs 'job': \(Job.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    job = node.choice("job", Job.self) ?? .conversation
    examples = number("examples", 0)
    tokensPerExample = number("tokens_per_example", 500, in: 1...1e6)
    documentTokens = number("document_tokens", 0)
    isFresh = node.flag("fresh", default: false)
    isPrivate = node.flag("private", default: false)
    latencySeconds = number("latency_seconds", 5, in: 0.001...86_400)
    answerTokens = number("answer_tokens", 200, in: 1...1e6)
    tokensPerMonth = number("tokens_per_month", 0)
    budget = number("budget", 0)
    upstreamPerMillion = node.number("upstream_per_million", in: 0...1e9)
    machine =
      node.child("machine").map { Machine(reading: $0) }
      ?? Machine(
        name: "", flopsPerSecond: 1e12, utilisation: 0.4, memoryBytes: 16e9,
        bandwidthBytesPerSecond: 50e9, hourlyCost: 0)
    if !node.has("machine") { node.warn("has no machine; a CPU of 1 TFLOP/s and 16 GB is taken") }
  }
}

extension TechnologyBrief.Machine {
  fileprivate init(reading node: PlanNode) {
    defer { node.finish() }
    func needed(_ name: String, in range: ClosedRange<Double>) -> Double {
      if !node.has(name) { node.fail("needs '\(name)': a number") }
      return node.number(name, in: range) ?? range.lowerBound
    }
    name = node.text("name", limit: 100)
    flopsPerSecond = needed("teraflops", in: 0.001...1e9) * 1e12
    utilisation = node.number("utilisation", in: 0.01...1) ?? 0.4
    memoryBytes = needed("memory_gb", in: 0.1...1e7) * 1e9
    bandwidthBytesPerSecond = needed("bandwidth_gb_s", in: 0.1...1e7) * 1e9
    hourlyCost = needed("hourly_cost", in: 0...1e7)
  }
}
