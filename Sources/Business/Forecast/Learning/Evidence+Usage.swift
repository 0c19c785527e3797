import Foundation

/// Monthly ratios of what happened to what the model expects, on the log (or logit) scale: normal with
/// a variance that is either stated, or integrated out over its scaled inverse χ² (normal–inverse-
/// gamma).
struct LogRatios: Sendable {
  struct Row: Sendable {
    /// Index of the month.
    let month: Int
    /// On the scale.
    let observed: Double
    /// Share of the month that was observed.
    let weight: Double
  }

  enum Scale: Sendable { case log, logit }

  var rows: [Row]

  static func transform(_ value: Double, _ scale: Scale) -> Double {
    switch scale {
    case .log: Foundation.log(max(value, 1e-300))
    case .logit: Foundation.log(max(value, 1e-12) / max(1 - value, 1e-12))
    }
  }

  /// What a month's ratio has beside the noise.
  struct Extra {
    var variance: Double
    var mean: Double
  }

  /// Normal log-likelihood about `expected` with the deviation.
  ///
  /// - Parameter shared: covariance of two of the rows beside their own variance, by their places;
  ///   nil for rows that err independently. O(rows), and O(rows³) with one.
  func logLikelihood(
    deviation: Double, expected: (Int) -> Double, extra: (Int) -> Extra,
    shared: ((Int, Int) -> Double)? = nil
  ) -> Double {
    var gaps: [Double] = []
    var variances: [Double] = []
    for row in rows {
      let more = extra(row.month)
      variances.append(max(deviation * deviation + more.variance, 1e-12))
      gaps.append(row.observed - Self.transform(expected(row.month), .log) - more.mean)
    }
    if let shared { return Self.joint(gaps, variances, shared) }
    return rows.indices.reduce(0) { sum, row in
      let square = gaps[row] * gaps[row] / variances[row]
      return sum - rows[row].weight * (square + Foundation.log(variances[row])) / 2
    }
  }

  private static func joint(
    _ gaps: [Double], _ variances: [Double], _ shared: (Int, Int) -> Double
  ) -> Double {
    let count = gaps.count
    var covariance = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0...row {
        let value = shared(row, column)
        covariance[row * count + column] = value
        covariance[column * count + row] = value
      }
      covariance[row * count + row] += variances[row]
    }
    let lower = SmallMatrix.cholesky(covariance, count)
    var whitened = gaps
    SmallMatrix.forward(lower, &whitened, count)
    return (0..<count).reduce(0) {
      $0 - whitened[$1] * whitened[$1] / 2 - Foundation.log(lower[$1 * count + $1])
    }
  }
}

extension EvidenceBook {
  /// σ of a measurement that the plan says nothing of.
  static let guessedDeviation = 0.1
  static let guessedDegrees = 4.0

  /// What a month's ratio weighs. A sum that was stretched to the whole month weighs by the share seen;
  /// a ratio within what was seen (price, speed, shares) needs no whole month, only requests.
  func weight(ofRatioIn month: Int, isWithin: Bool) -> Double {
    let share = actuals.months[month].observedShare
    guard isWithin, share < 1 else { return share }
    let requests = actuals.months[month].bySegment.values.reduce(0) { $0 + $1.requests }
    return max(share, 0.5 * requests / (requests + 30))
  }

  /// A driver seen through monthly ratios with a noise nobody stated.
  /// - Parameters:
  ///   - isWithin: the ratio is of things seen in the same time.
  ///   - guess: of the noise's σ.
  ///   - floor: a deviation that every month has beside the noise that it shows.
  func ratios(
    _ observed: [Double?], scale: LogRatios.Scale = .log, isWithin: Bool = false,
    guess: Double = EvidenceBook.guessedDeviation, floor: Double = 0, reads: [Parameter],
    expected: @escaping @Sendable (Int, [Double]) -> Double
  ) -> Evidence? {
    var rows: [LogRatios.Row] = []
    for (month, value) in observed.enumerated() {
      guard let value, value.isFinite, value > 0, scale == .log || value < 1 else { continue }
      rows.append(
        LogRatios.Row(
          month: month, observed: LogRatios.transform(value, scale),
          weight: weight(ofRatioIn: month, isWithin: isWithin)))
    }
    guard !rows.isEmpty else { return nil }
    let data = rows
    let degrees = options.processDegrees ?? Self.guessedDegrees
    let scaled = degrees * guess * guess
    let power = (degrees + rows.reduce(0) { $0 + $1.weight }) / 2
    return Evidence(
      method: .normalInverseGamma, count: rows.count, reads: reads.map(\.index)
    ) { values, _ in
      var squares = scaled
      for row in data {
        let gap = row.observed - LogRatios.transform(expected(row.month, values), scale)
        squares += row.weight * (gap * gap + floor * floor)
      }
      // σ² integrated out over its inverse gamma: Student's t.
      return -power * log(squares)
    }
  }

  mutating func collectUsage(_ index: Int) {
    let segment = model.segments[index]
    let data = series(index)
    add(tokens(index, data))
    func share(_ part: (SegmentActuals) -> Double, _ whole: (SegmentActuals) -> Double) -> [Double?]
    {
      data.map { whole($0) > 0 ? part($0) / whole($0) : nil }
    }
    let output = segment.outputShare
    add(
      ratios(
        share(\.outputTokens, \.tokens), scale: .logit, isWithin: true, reads: [output],
        expected: { $1[output.index] }))
    let cached = segment.cachedShare
    add(
      ratios(
        share(\.cachedTokens, { $0.tokens - $0.outputTokens }), scale: .logit, isWithin: true,
        reads: [cached],
        expected: { $1[cached.index] }))
    let size = segment.tokensPerRequest
    add(
      ratios(
        share(\.tokens, \.requests), isWithin: true, reads: [size], expected: { $1[size.index] }))
    let events = segment.events
    add(
      ratios(
        zip(data, actuals.months).map { item, month in
          item.events.map { item.active > 0 ? $0 / (item.active * month.observedShare) : 0 }
        },
        reads: [events], expected: { $1[events.index] }))
    add(successes(segment, data))
  }

  /// Tokens of all customers ÷ customers (older ones weighing (1 + expansion)^age): lognormal about
  /// the mean with the month's common shock and what the customers' differences leave in their mean,
  /// which stays from month to month: seven large customers are seven, however long they are watched.
  private func tokens(_ index: Int, _ data: [SegmentActuals]) -> Evidence? {
    let segment = model.segments[index]
    var rows: [LogRatios.Row] = []
    for (month, item) in data.enumerated() where item.tokens > 0 && item.active > 0 {
      let share = actuals.months[month].observedShare
      rows.append(
        LogRatios.Row(month: month, observed: log(item.tokens / share), weight: 1))
    }
    let unseen = actuals.months.map { Self.stretched($0.observedShare) }
    guard !rows.isEmpty else { return nil }
    let ratios = LogRatios(rows: rows)
    let (noise, volatility) = volatilityNoise(segment)
    let (tokens, expansion, spread) = (segment.tokens, segment.expansion, segment.usageSpread)
    let ages = data.map(\.activeByAge)
    let active = data.map(\.active)
    let common = rows.map { row in rows.map { Self.common(row.month, $0.month, data) } }
    return Evidence(
      method: .normalInverseGamma, count: rows.count,
      reads: [tokens.index, expansion.index] + [spread, volatility].compactMap { $0?.index },
      noise: noise, process: volatility == nil ? .volatility(index) : nil
    ) { values, index in
      let sigma = volatility.map { values[$0.index] } ?? noise.values[index]
      let between = spread.map { expm1(values[$0.index] * values[$0.index]) } ?? 0
      let growth = 1 + values[expansion.index]
      return ratios.logLikelihood(
        deviation: sigma,
        expected: { month in
          var weight = growth == 1 || ages[month].isEmpty ? active[month] : 0
          if weight == 0 {
            for (age, count) in ages[month].enumerated() where count > 0 {
              weight += count * pow(growth, Double(age))
            }
          }
          return values[tokens.index] * weight
        },
        extra: { month in
          LogRatios.Extra(
            variance: unseen[month],
            mean: -(sigma * sigma + log1p(between / max(active[month], 1))) / 2)
        },
        shared: between == 0 ? nil : { log1p(between * common[$0][$1]) })
    }
  }

  /// Customers that are active in both months ÷ the product of both months' active.
  private static func common(_ one: Int, _ other: Int, _ data: [SegmentActuals]) -> Double {
    let (earlier, later) = (min(one, other), max(one, other))
    let known = data[later].activeByAge
    let both =
      known.isEmpty
      ? min(data[earlier].active, data[later].active)
      : known.dropFirst(later - earlier).reduce(0, +)
    return both / max(data[earlier].active * data[later].active, 1)
  }

  /// Variance of the log of a month's sum that was stretched from the share seen, with days as unlike
  /// as a coefficient of variation of 1 has them.
  static func stretched(_ share: Double) -> Double {
    share < 1 ? log1p((1 - share) / (30 * max(share, 1e-9))) : 0
  }

  private func volatilityNoise(_ segment: Segment) -> (NoiseGrid, Parameter?) {
    var stated: Double?
    if let volatility = segment.usageVolatility {
      guard case .constant(let value) = model.parameters[volatility].content else {
        return (.none, volatility)
      }
      stated = value
    }
    guard let degrees = options.processDegrees else { return (.known(stated ?? 0.01), nil) }
    // A stated volatility is a stated σ: as much too small as any.
    let guess = stated.flatMap { $0 > 0 ? $0 * options.widening : nil } ?? Self.guessedDeviation
    return (.deviation(guess: guess, degrees: degrees), nil)
  }

  // MARK: Counted shares

  private func successes(_ segment: Segment, _ data: [SegmentActuals]) -> Evidence? {
    let counted = data.filter { $0.events != nil && $0.successes != nil }
    let trials = counted.reduce(0) { $0 + ($1.events ?? 0) }
    let won = min(trials, counted.reduce(0) { $0 + ($1.successes ?? 0) })
    return binomial(trials: trials, successes: won, chance: segment.successRate)
  }

  private func binomial(trials: Double, successes: Double, chance: Parameter) -> Evidence? {
    guard trials > 0 else { return nil }
    return Evidence(
      method: .betaBinomial, count: Int(trials), reads: [chance.index],
      conjugate: .binomial(slot: chance.index, successes: successes, trials: trials)
    ) { values, _ in
      let p = min(max(values[chance.index], 1e-12), 1 - 1e-12)
      return successes * log(p) + (trials - successes) * log1p(-p)
    }
  }

  /// Signups (Poisson) and conversions of the free users there were, where somebody counts them.
  mutating func collectFreeTier(_ index: Int) {
    guard let free = model.segments[index].free else { return }
    let data = series(index)
    let offsets = data.indices.map(offset)
    let shares = actuals.months.map(\.observedShare)
    let signups = data.map(\.signups)
    if signups.contains(where: { $0 != nil }) {
      add(
        Evidence(
          method: .gammaPoisson, count: signups.count { $0 != nil },
          reads: [free.signups.index, free.growth.index]
        ) { values, _ in
          var sum = 0.0
          for (month, count) in signups.enumerated() {
            guard let count else { continue }
            let growth = pow(1 + values[free.growth.index], Double(offsets[month]))
            let mean = max(values[free.signups.index] * growth * shares[month], 1e-12)
            sum += count * log(mean) - mean
          }
          return sum
        })
    }
    guard data.allSatisfy({ $0.signups != nil && $0.conversions != nil }) else { return }
    let leave = min(max(medians[free.churn.index], 0), 1)
    var users = medians[free.opening.index]
    var (trials, successes) = (0.0, 0.0)
    for month in data.indices {
      let converted = data[month].conversions ?? 0
      trials += max(users, converted) * shares[month]
      successes += converted
      users = max(0, (users - converted) * (1 - leave * shares[month]) + (data[month].signups ?? 0))
    }
    add(binomial(trials: trials, successes: min(successes, trials), chance: free.conversion))
  }

  /// Events of a risk that somebody counted: Poisson.
  func incidents(_ shock: Shock) -> Evidence? {
    var (count, months, observed) = (0.0, 0.0, 0)
    for month in actuals.months {
      guard let number = month.incidents[shock.id] else { continue }
      count += Double(max(0, number))
      months += month.observedShare
      observed += 1
    }
    guard months > 0 else { return nil }
    let (rate, total, exposure) = (shock.rate, count, months)
    return Evidence(
      method: .gammaPoisson, count: observed, reads: [rate.index],
      conjugate: .poisson(slot: rate.index, count: count, exposure: months)
    ) { values, _ in
      let mean = max(values[rate.index], 1e-12) * exposure
      return total * log(mean) - mean
    }
  }
}
