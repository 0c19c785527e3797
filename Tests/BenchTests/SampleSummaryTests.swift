import Bench
import Testing

@Suite struct SampleSummaryTests {
  /// As `numpy.percentile` gives them.
  @Test(arguments: [
    (0.0, 1.0), (0.25, 2.25), (0.5, 4.5), (0.9, 12.5), (0.99, 16.55), (1.0, 17.0),
  ]) func percentilesAreInterpolatedLinearly(share: Double, expected: Double) {
    let sorted: [Double] = [1, 1, 2, 3, 4, 5, 6, 8, 12, 17]
    #expect(abs(SampleSummary.percentile(share, ofSorted: sorted) - expected) < 1e-9)
  }

  @Test func orderDoesNotMatterAndNothingHasNoSummary() {
    let summary = SampleSummary([3, 1, 2])
    #expect(summary == SampleSummary([1, 2, 3]))
    #expect(summary?.mean == 2)
    #expect(summary?.minimum == 1)
    #expect(summary?.maximum == 3)
    #expect(SampleSummary([]) == nil)
    #expect(SampleSummary.median([]) == nil)
    #expect(SampleSummary.median([4, 1]) == 2.5)
  }
}
