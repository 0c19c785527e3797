import CKernels

/// Customers of a segment: those that leave, those that come, and what they use.
extension Kernel {
  func beginSegments() {
    let multiplier = slot(plan.model.priceMultiplier)
    for (index, s) in segments.enumerated() {
      if isDeterministic {
        s.customers.copy(s.openingCustomers)
      } else {
        for lane in 0..<Row.paths {
          s.customers.values[lane] = max(0, s.openingCustomers.values[lane].rounded())
        }
      }
      s.adopters.copy(s.openingAdopters)
      s.scale.fill(1)
      for v in 0..<Row.vectors {
        let price = FastMath.log(multiplier[v].atLeast(1e-9))
        let elasticity = s.elasticity?[v] ?? .zero
        s.priceOnChurn[v] = FastMath.exp(price * elasticity * 0.5)
        s.priceOnNew[v] = FastMath.exp(-price * elasticity)
      }
      begin(s, ages: plan.ageShares[index])
      if let free = s.free {
        free.users.copy(free.opening)
        free.growthNow.fill(1)
      }
    }
    for channel in channels { channel.growthNow.fill(1) }
  }

  /// The opening customers by age, and the tables by age.
  private func begin(_ s: SegmentState, ages: [Double]) {
    s.usage.fill(0)
    for v in 0..<Row.vectors {
      var weight = Lanes(repeating: 1)
      for share in ages {
        s.usage[v] += s.customers[v] * weight * share
        weight *= s.expansion[v] + 1
      }
    }
    guard let cohorts = s.cohorts, let concentration = s.concentration else { return }
    steps.pointee.hazards(
      s.churn.values, concentration.values, s.expansion.values, Row(base: cohorts.hazard).values,
      cohorts.growth.values, cohorts.count, Row.paths)
    for v in 0..<Row.vectors {
      let base = v * cohorts.count
      for row in 0..<cohorts.opening {
        cohorts.customers[base + row] = s.customers[v] * ages[cohorts.opening - 1 - row]
      }
    }
  }

  func grow(_ s: SegmentState, _ month: Int) {
    leave(s, month)
    come(s, month)
    use(s, month)
  }

  // MARK: Leaving

  /// scratch: the factor on the hazard; then the expected survivors.
  private func leave(_ s: SegmentState, _ month: Int) {
    let factor = scratch
    steps.pointee.hazard(
      s.priceOnChurn.values, common.churnFactor.values, s.sensitivity?.values, fleet.missed.values,
      factor.values, Row.paths)
    retain(s, factor, month)
    let expected = scratch2
    if let cohorts = s.cohorts {
      age(s, cohorts, factor, expected, month)
    } else {
      for v in 0..<Row.vectors {
        let stay = 1 - (factor[v] * s.churn[v]).atMost(1).atLeast(0)
        expected[v] = s.customers[v] * stay
        s.usage[v] *= stay * (s.expansion[v] + 1)
      }
    }
    drawLeavers(s, expected, month)
  }

  /// Customers attached to a stream that retains leave less.
  private func retain(_ s: SegmentState, _ factor: Row, _ month: Int) {
    for index in streams.indices where streams[index].retains {
      let stream = streams[index]
      guard let attach = stream.attach, stream.customersOf == s.customers.base else { continue }
      steps.pointee.retain(
        attach.values, stream.retention.values, stream.from.values, Double(month), factor.values,
        Row.paths)
    }
  }

  /// Every cohort a month older; `expected`: survivors in all, and `usage` theirs. The scale of the
  /// month before is put in here, so that the cohorts are gone through once.
  private func age(
    _ s: SegmentState, _ cohorts: CohortRows, _ factor: Row, _ expected: Row, _ month: Int
  ) {
    func values(_ lanes: UnsafeMutablePointer<Lanes>) -> UnsafeMutablePointer<Double> {
      Row(base: lanes).values
    }
    var step = ck_cohorts(
      customers: values(cohorts.customers), hazard: values(cohorts.hazard),
      stride: cohorts.count, rows: cohorts.opening + month, count: Row.paths,
      scale: s.scale.values, factor: factor.values, growth: cohorts.growth.values,
      survivors: expected.values, usage: s.usage.values)
    sampler.rows.survive(&step)
  }

  private func drawLeavers(_ s: SegmentState, _ expected: Row, _ month: Int) {
    if isDeterministic {
      for v in 0..<Row.vectors {
        s.churned[v] = s.customers[v] - expected[v]
        s.customers[v] = expected[v]
        s.scale[v] = Lanes(repeating: 1)
      }
      return
    }
    let chance = scratch
    steps.pointee.chance(s.customers.values, expected.values, chance.values, Row.paths)
    hashes(s.churnKey, month)
    sampler.binomial(
      s.customers.values, chance.values, bits, into: s.churned.values, count: Row.paths)
    steps.pointee.depart(
      expected.values, s.churned.values, s.customers.values, s.usage.values, s.scale.values,
      Row.paths)
  }

  // MARK: Coming

  private func come(_ s: SegmentState, _ month: Int) {
    let mean = scratch
    mean.fill(0)
    for channel in s.channels {
      steps.pointee.spend(channels[channel].step, month, mean.values, Row.paths)
    }
    steps.pointee.come(s.coming, mean.values, Row.paths)
    drawNew(s, mean, month)
    steps.pointee.join(s.joining, (s.cohorts?.opening ?? 0) + month, Row.paths)
  }

  private func drawNew(_ s: SegmentState, _ mean: Row, _ month: Int) {
    guard !isDeterministic, let dispersion = s.dispersion else {
      return poissons(s.fresh, mean: mean, s.newKey, month)
    }
    sampler.gammaFactor(
      dispersion.values, s.gammaKey, path: firstPath, month: month, into: scratch2.values,
      count: Row.paths)
    mean.multiply(scratch2)
    poissons(s.fresh, mean: mean, s.newKey, month)
  }

  // MARK: Using

  private func use(_ s: SegmentState, _ month: Int) {
    if let volatility = s.volatility, !isDeterministic {
      normals(scratch, s.usageKey, month)
      lognormal(zeros, volatility, into: scratch)
    } else {
      scratch.fill(1)
    }
    steps.pointee.use(s.uses, scratch.values, Row.paths)
  }
}
