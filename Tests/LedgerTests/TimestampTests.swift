import Ledger
import Testing

@Suite struct TimestampTests {
  @Test(
    "Seconds added beyond the range stop at its ends",
    arguments: [
      (Timestamp(seconds: 10), Int64(5), Timestamp(seconds: 15)),
      (Timestamp(seconds: 10), -5, Timestamp(seconds: 5)),
      (.distantFuture, 1, .distantFuture), (Timestamp(seconds: 1), .max, .distantFuture),
      (Timestamp(seconds: 1), .min, .distantPast),
    ] as [(Timestamp, Int64, Timestamp)])
  func saturates(_ start: Timestamp, _ seconds: Int64, _ end: Timestamp) {
    #expect(start.advanced(bySeconds: seconds) == end)
  }
}
