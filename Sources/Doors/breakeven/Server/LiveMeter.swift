import Dashboard
import Foundation
import Inference
import Synchronization

/// Rates of the last moments, from the engine's counters.
final class LiveMeter: Sendable {
  private struct Sample {
    var nanoseconds: Int64
    var tokens: Int
    var finished: Int
  }
  private struct State {
    var samples: [Sample] = []
  }

  private let engine: Engine?
  private let clock = SystemMonotonicClock()
  private let state = Mutex(State())
  /// Rates are taken over about this long.
  private static let windowNanoseconds: Int64 = 5_000_000_000

  init(engine: Engine?) { self.engine = engine }

  func figures() -> LiveFigures {
    guard let load = engine?.load else { return .none }
    let sample = Sample(
      nanoseconds: clock.nanoseconds(), tokens: load.generatedTokens, finished: load.finished)
    let first = state.withLock { state in
      state.samples.append(sample)
      while state.samples.count > 2,
        sample.nanoseconds - state.samples[0].nanoseconds > Self.windowNanoseconds
      { state.samples.removeFirst() }
      return state.samples[0]
    }
    let seconds = Double(sample.nanoseconds - first.nanoseconds) / 1e9
    guard seconds > 0.1 else {
      return LiveFigures(
        running: load.running, waiting: load.waiting, tokensPerSecond: 0, requestsPerSecond: 0)
    }
    return LiveFigures(
      running: load.running, waiting: load.waiting,
      tokensPerSecond: Double(sample.tokens - first.tokens) / seconds,
      requestsPerSecond: Double(sample.finished - first.finished) / seconds)
  }
}
