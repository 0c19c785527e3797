import Testing

@testable import Dashboard

@Suite struct ForecastPaceTests {
  @Test func `a slow machine draws fewer paths, a fast one up to ten thousand`() {
    let pace = RedrawPace()
    for _ in 0..<20 { pace.learn(.milliseconds(400), paths: 10_000) }
    #expect((2_000...2_500).contains(pace.paths(most: 100_000)))
    for _ in 0..<20 { pace.learn(.milliseconds(10), paths: 10_000) }
    #expect(pace.paths(most: 100_000) == 10_000)
    for _ in 0..<20 { pace.learn(.seconds(60), paths: 1_000) }
    #expect(pace.paths(most: 100_000) == 1_000)
  }

  @Test func `it never takes more paths than were asked for, and learns nothing from nothing`() {
    let pace = RedrawPace()
    let before = pace.paths(most: 100_000)
    pace.learn(.zero, paths: 10)
    pace.learn(.seconds(1), paths: 0)
    #expect(pace.paths(most: 100_000) == before)
    #expect(pace.paths(most: 200) == 200)
  }
}
