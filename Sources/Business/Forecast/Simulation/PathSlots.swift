import CKernels

/// Fills a block's slots: the uncertain ones from their own random numbers (or from given latents),
/// the formulas from them, the constants once.
final class PathSlots {
  private let plan: SimulationPlan
  private let program: ParameterProgram
  private let keys: [RandomStream.Key]
  /// [uncertain][path of the block].
  private let uniforms: Row
  private let arena = Arena()
  private let rows = ck_paths_best().pointee
  private var isPrepared = false

  init(plan: SimulationPlan, program: ParameterProgram, seed: UInt64) {
    self.plan = plan
    self.program = program
    let slots = plan.model.parameters.slots
    keys = program.uncertain.map { RandomStream.Key(seed: seed, name: slots[$0].name) }
    uniforms = arena.rows(keys.count)
  }

  /// - Parameters:
  ///   - slots: a row a slot.
  ///   - latents: uniforms by path; nil: drawn.
  func fill(_ slots: Row, firstPath: Int, count: Int, latents: [[Double]]? = nil) {
    if let latents {
      for lane in 0..<Row.paths {
        // The lanes beyond the last path do what it does.
        for (index, value) in latents[firstPath + min(lane, count - 1)].enumerated() {
          uniforms.advanced(index).values[lane] = value
        }
      }
    } else {
      for (index, key) in keys.enumerated() {
        rows.philox(
          key.word, 0, UInt64(firstPath), uniforms.advanced(index).values, Row.paths)
      }
    }
    if !isPrepared { prepare(slots) }
    program.fill(slots.values, uniforms: uniforms.values, paths: Row.paths)
  }

  /// Every uncertain slot at its mean.
  func fillMeans(_ slots: Row, _ means: [Double]) {
    for (slot, value) in means.enumerated() { slots.advanced(slot).fill(value) }
  }

  private func prepare(_ slots: Row) {
    for (slot, value) in plan.constants.enumerated() { slots.advanced(slot).fill(value ?? 0) }
    isPrepared = true
  }
}
