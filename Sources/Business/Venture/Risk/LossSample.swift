package import Forecast
import Foundation

/// The drawn events of many years, from which the loss under any set of treatments follows.
package struct LossSample: Sendable {
  /// An event of the untreated year. It stays under a treatment whose factor on the rate is above
  /// `mark` (thinning), so that a better treatment keeps a subset of the events.
  struct Event: Sendable {
    let path: Int32
    let mark: Double
    let loss: Double
  }

  package let model: LossModel
  package let paths: Int
  package let seed: UInt64
  /// By source, in order of the path.
  let events: [[Event]]
  /// [source][path]: events a year, and the interval of a loss.
  let rates: [[Double]]
  let intervals: [(low: [Double], high: [Double])]
  /// [lever][effect][path]: factors, at least 0.
  let likelihood: [[[Double]]]
  let impact: [[[Double]]]
  /// [lever]: mean money of a first year: twelve months and what is paid once.
  package let leverCosts: [Double]
}

extension LossModel {
  /// Draws `paths` years. Uncertain inputs are drawn once a path, keyed by their name; events are
  /// keyed by the risk's id: another risk in the register moves no one's numbers.
  ///
  /// - Throws: `range` for too many paths or events, and what the parameters' program throws.
  package func sample(paths: Int = 10_000, seed: UInt64 = 1) throws(ForecastError) -> LossSample {
    guard (1...Self.largestPaths).contains(paths) else {
      throw ForecastError(
        .range, "paths must be between 1 and \(Self.largestPaths), not \(paths)", field: "paths")
    }
    let values = try inputs(paths: paths, seed: seed)
    func read(_ parameter: Parameter, _ least: Double, _ most: Double) -> [Double] {
      values[parameter.index].map { $0.isFinite ? min(max($0, least), most) : least }
    }
    let rates = sources.map { read($0.rate, 0, Self.largestRate / 12).map { $0 * 12 } }
    let expected = rates.reduce(0) { $0 + $1.reduce(0, +) }
    guard expected <= Self.largestEvents else {
      throw ForecastError(
        .range, "the register has too many events to draw: lower likelihoods or fewer paths",
        field: "risks")
    }
    let intervals = sources.map { (low: read($0.low, 0, 1e30), high: read($0.high, 0, 1e30)) }
    let events = sources.indices.map { source in
      Self.events(sources[source].id, seed, rates[source], intervals[source])
    }
    return LossSample(
      model: self, paths: paths, seed: seed, events: events, rates: rates, intervals: intervals,
      likelihood: levers.map { $0.effects.map { read($0.likelihood, 0, 1_000) } },
      impact: levers.map { $0.effects.map { read($0.impact, 0, 1_000) } },
      leverCosts: levers.map { lever in
        let monthly = read(lever.cost, 0, 1e30).reduce(0, +)
        return (12 * monthly + read(lever.once, 0, 1e30).reduce(0, +)) / Double(paths)
      })
  }

  /// [slot][path], only for the slots that are read; others are empty.
  private func inputs(paths: Int, seed: UInt64) throws(ForecastError) -> [[Double]] {
    let program = try ParameterProgram(table)
    var read = Set(sources.flatMap { [$0.rate.index, $0.low.index, $0.high.index] })
    for lever in levers {
      read.formUnion([lever.cost.index, lever.once.index])
      read.formUnion(lever.effects.flatMap { [$0.likelihood.index, $0.impact.index] })
    }
    let keys = program.uncertain.map { RandomStream.Key(seed: seed, name: table.slots[$0].name) }
    var values = [[Double]](repeating: [], count: table.slots.count)
    for slot in read { values[slot].reserveCapacity(paths) }
    var uniforms = [Double](repeating: 0.5, count: keys.count)
    for path in 0..<paths {
      for (index, key) in keys.enumerated() {
        var stream = RandomStream(key, path: path, index: 0)
        uniforms[index] = stream.uniform()
      }
      let row = program.values(uniforms: uniforms)
      for slot in read { values[slot].append(row[slot]) }
    }
    return values
  }

  private static func events(
    _ id: String, _ seed: UInt64, _ rates: [Double], _ interval: (low: [Double], high: [Double])
  ) -> [LossSample.Event] {
    let key = RandomStream.Key(seed: seed, name: "risks.\(id).events")
    var events: [LossSample.Event] = []
    for path in rates.indices {
      var stream = RandomStream(key, path: path, index: 0)
      let count = stream.poisson(rates[path])
      guard count > 0 else { continue }
      let (mu, sigma) = law(low: interval.low[path], high: interval.high[path])
      for _ in 0..<count {
        let mark = stream.uniform()
        events.append(
          LossSample.Event(
            path: Int32(path), mark: mark, loss: exp(mu + sigma * stream.normal())))
      }
    }
    return events
  }
}

extension LossSample {
  /// Losses of the year under the treatments of these ids: [source][path].
  package func losses(treated: Set<String>) -> [[Double]] {
    model.sources.indices.map { losses(source: $0, treated: treated) }
  }

  private func losses(source: Int, treated: Set<String>) -> [Double] {
    var losses = [Double](repeating: 0, count: paths)
    let (likelihood, impact) = factors(source, treated)
    for event in events[source] {
      let path = Int(event.path)
      if event.mark < (likelihood?[path] ?? 1) { losses[path] += event.loss * (impact?[path] ?? 1) }
    }
    if let likelihood { addMore(source, likelihood, impact ?? [], &losses) }
    return losses
  }

  /// Products of the factors on a source; nil where nothing acts.
  private func factors(
    _ source: Int, _ treated: Set<String>
  ) -> (likelihood: [Double]?, impact: [Double]?) {
    var result: (likelihood: [Double]?, impact: [Double]?) = (nil, nil)
    for (lever, item) in model.levers.enumerated() where treated.contains(item.id) {
      for (effect, acts) in item.effects.enumerated() where acts.source == source {
        let (first, second) = (likelihood[lever][effect], impact[lever][effect])
        result.likelihood = result.likelihood.map { zip($0, first).map { $0 * $1 } } ?? first
        result.impact = result.impact.map { zip($0, second).map { $0 * $1 } } ?? second
      }
    }
    return result
  }

  /// A treatment may make a risk more frequent (outsourcing and leaks): the events beyond the
  /// untreated year's come from a stream of their own.
  private func addMore(
    _ source: Int, _ likelihood: [Double], _ impact: [Double], _ losses: inout [Double]
  ) {
    guard likelihood.contains(where: { $0 > 1 }) else { return }
    let key = RandomStream.Key(seed: seed, name: "risks.\(model.sources[source].id).more")
    for path in 0..<paths where likelihood[path] > 1 {
      var stream = RandomStream(key, path: path, index: 0)
      let mean = min(rates[source][path] * (likelihood[path] - 1), LossModel.largestRate)
      let (mu, sigma) = LossModel.law(
        low: intervals[source].low[path], high: intervals[source].high[path])
      for _ in 0..<stream.poisson(mean) {
        losses[path] += exp(mu + sigma * stream.normal()) * impact[path]
      }
    }
  }
}
