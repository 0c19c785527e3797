import Synchronization

/// How many paths a redraw may take while the hand moves: as many as this machine ran in a moment the
/// last time. The numbers of a path do not depend on how many there are, so fewer of them give the
/// same picture with rougher edges; at rest all are run.
final class RedrawPace: Sendable {
  /// With drawing and transport beside it, the eye sees no lag.
  private static let budget = Duration.milliseconds(90)
  private static let bounds = 1_000...10_000

  private let perPath = Mutex<Duration>(.microseconds(9))

  func paths(most: Int) -> Int {
    let affordable = perPath.withLock { Self.budget / $0 }
    return min(
      most, max(Self.bounds.lowerBound, Int(min(affordable, Double(Self.bounds.upperBound)))))
  }

  /// Halfway to what was just seen, so that one hiccup does not spoil the next picture.
  func learn(_ time: Duration, paths: Int) {
    guard paths > 0, time > .zero else { return }
    perPath.withLock { $0 = ($0 + time / paths) / 2 }
  }
}
