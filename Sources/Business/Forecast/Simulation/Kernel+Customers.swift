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
    for v in 0..<Row.vectors {
      let kappa = concentration[v].atLeast(1e-9)
      let alpha = s.churn[v] * kappa
      cohorts.growth[v] = s.expansion[v] + 1
      let base = v * cohorts.count
      for age in 0..<cohorts.count {
        cohorts.hazard[base + age] = alpha / (kappa + Double(age))
      }
      for row in 0..<cohorts.opening {
        cohorts.customers[base + row] = s.customers[v] * ages[cohorts.opening - 1 - row]
      }
    }
  }

  func grow(_ s: SegmentState, _ month: Int) {
    leave(s, month)
    come(s, month)
    use(s, month)
    customers.add(s.customers)
  }

  // MARK: Leaving

  /// scratch: the factor on the hazard; then the expected survivors.
  private func leave(_ s: SegmentState, _ month: Int) {
    let factor = scratch
    for v in 0..<Row.vectors {
      var f = s.priceOnChurn[v] * churnFactor[v]
      if let sensitivity = s.sensitivity { f *= 1 + sensitivity[v] * fleet.missed[v] }
      factor[v] = f.atLeast(0)
    }
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
    let now = Lanes(repeating: Double(month))
    for index in streams.indices where streams[index].retains {
      let stream = streams[index]
      guard let attach = stream.attach, stream.customersOf == s.customers.base else { continue }
      for v in 0..<Row.vectors {
        let kept = 1 - attach[v] * (1 - stream.retention[v])
        factor[v] *= kept.atLeast(0).where_(stream.from[v] .<= now, else: Lanes(repeating: 1))
      }
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
    for v in 0..<Row.vectors {
      let now = s.customers[v]
      chance[v] = ((now - expected[v]) / now).where_(now .> 0, else: .zero)
    }
    hashes(s.churnKey, month)
    sampler.binomial(
      s.customers.values, chance.values, bits, into: s.churned.values, count: Row.paths)
    for v in 0..<Row.vectors {
      let survivors = s.customers[v] - s.churned[v]
      let isSome = expected[v] .> 0
      let scale = (survivors / expected[v]).where_(isSome, else: .zero)
      s.customers[v] = survivors
      s.usage[v] *= scale
      s.scale[v] = scale
    }
  }

  // MARK: Coming

  private func come(_ s: SegmentState, _ month: Int) {
    let mean = scratch
    mean.fill(0)
    for channel in s.channels { spend(channels[channel], mean, month) }
    if let market = s.market, let innovation = s.innovation, let imitation = s.imitation {
      for v in 0..<Row.vectors {
        let size = market[v].atLeast(1e-9)
        let rest = (size - s.adopters[v]).atLeast(0)
        mean[v] += (innovation[v] + imitation[v] * s.adopters[v] / size) * rest
      }
    }
    for v in 0..<Row.vectors {
      let effect = s.priceOnNew[v] * acquisition[v]
      mean[v] *= effect
      if let free = s.free {
        let converted = free.users[v] * (free.conversion[v] * effect).atLeast(0).atMost(1)
        free.converted[v] = converted
        mean[v] += converted
      }
      mean[v] = mean[v].atLeast(0)
    }
    if let free = s.free { sign(free) }
    drawNew(s, mean, month)
    for v in 0..<Row.vectors {
      if let market = s.market {
        let rest = (market[v] - s.adopters[v]).atLeast(0)
        s.fresh[v] = smaller(s.fresh[v], isDeterministic ? rest : rest.floor())
      }
      s.customers[v] += s.fresh[v]
      s.adopters[v] += s.fresh[v]
      s.usage[v] += s.fresh[v]
    }
    guard let cohorts = s.cohorts else { return }
    // The newest cohort is not scaled by the next pass: undo it here.
    let row = cohorts.opening + month
    for v in 0..<Row.vectors {
      let scale = s.scale[v]
      let isSome = scale .> 0
      cohorts.customers[v * cohorts.count + row] = s.fresh[v] / scale
      guard any(.!isSome) else { continue }
      for lane in 8 * v..<8 * v + 8 where !(s.scale.values[lane] > 0) {
        reset(s, cohorts, lane, row, s.fresh.values[lane])
      }
    }
  }

  /// All had left: the cohorts begin again with the new ones.
  @inline(never)
  private func reset(
    _ s: SegmentState, _ cohorts: CohortRows, _ lane: Int, _ row: Int, _ fresh: Double
  ) {
    let base = lane / 8 * cohorts.count
    for older in 0..<row { cohorts.customers[base + older][lane % 8] = 0 }
    cohorts.customers[base + row][lane % 8] = fresh
    s.scale.values[lane] = 1
  }

  private func spend(_ channel: ChannelState, _ mean: Row, _ month: Int) {
    // What is the same on every path is worked out on the first eight.
    let vectors = channel.isCommon ? 1 : Row.vectors
    let now = Lanes(repeating: Double(month))
    let end = Lanes(repeating: .infinity)
    for v in 0..<vectors {
      if month > 0 { channel.growthNow[v] *= channel.growth[v] + 1 }
      let isOn = (channel.from[v] .<= now) .& (now .< (channel.to?[v] ?? end))
      channel.spent[v] = (channel.spend[v] * channel.growthNow[v]).where_(isOn, else: .zero)
    }
    let costlier = scratch2
    if let saturation = channel.saturation, let exponent = channel.exponent {
      let rows = sampler.rows
      for v in 0..<vectors {
        costlier[v] = 1 + channel.spent[v] / saturation[v].atLeast(1e-9)
      }
      rows.logarithm(costlier.values, costlier.values, 8 * vectors)
      for v in 0..<vectors { costlier[v] *= exponent[v] }
      rows.exponential(costlier.values, costlier.values, 8 * vectors)
    } else {
      costlier.fill(1)
    }
    if channel.isCommon {
      channel.spent.fill(channel.spent.values[0])
      costlier.fill(costlier.values[0])
      if channel.spent.values[0] == 0 { return }
    }
    for v in 0..<Row.vectors {
      let cost = channel.cost[v] * costlier[v]
      mean[v] += (channel.spent[v] / cost).where_(cost .> 0, else: .zero)
    }
  }

  private func sign(_ free: FreeState) {
    for v in 0..<Row.vectors {
      let signed = free.signups[v] * free.growthNow[v]
      let left = smaller(free.users[v] * free.churn[v], free.users[v] - free.converted[v])
      free.signedUp[v] = signed
      free.left[v] = left
      free.users[v] += signed - left - free.converted[v]
      free.growthNow[v] *= free.growth[v] + 1
    }
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
    for v in 0..<Row.vectors {
      let n = s.customers[v]
      let one = Lanes(repeating: 1)
      s.relative[v] = (s.usage[v] / n * scratch[v]).where_(n .> 0, else: one)
      s.tokens[v] = s.usage[v] * scratch[v] * s.tokensEach[v]
      s.planned[v] = s.usage[v] * s.tokensEach[v]
      if let free = s.free {
        let extra = free.users[v] * free.tokensEach[v]
        s.tokens[v] += extra
        s.planned[v] += extra
      }
    }
  }
}
