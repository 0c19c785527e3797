extension Simulation {
  /// The paths of `run`, the same numbers bit for bit, without the summary and with only the monthly
  /// measures asked for: for analyses that run often. Takes 8 bytes × paths ×
  /// (2 × slots + figures + months × measures).
  func table(paths: Int, seed: UInt64, measures: Set<Outcome.Measure> = []) -> PathTable {
    run(latents: latents(paths: paths, seed: seed), seed: seed, measures: measures)
  }

  /// The uniforms that `run` draws for the uncertain slots, [path][uncertain slot].
  func latents(paths: Int, seed: UInt64) -> [[Double]] {
    let table = model.parameters
    let keys = table.uncertain.map { RandomStream.Key(seed: seed, name: table.slots[$0].name) }
    return (0..<paths).map { path in
      keys.map { key in
        var stream = RandomStream(key, path: path, index: 0)
        return stream.uniform()
      }
    }
  }
}
