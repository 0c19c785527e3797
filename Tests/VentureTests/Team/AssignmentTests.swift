import Testing

@testable import Venture

@Suite struct AssignmentTests {
  @Test func isWorthWhatScipyFinds() throws {
    for item in try RiskFixture.load().assignments {
      let found = Assignment.best(value: item.value)
      #expect(abs(found.value - item.best) < 1e-9)
      let columns = found.column.compactMap { $0 }
      #expect(Set(columns).count == columns.count, "no column twice")
      let sum = found.column.enumerated().reduce(0.0) { sum, pair in
        sum + (pair.element.map { item.value[pair.offset][$0] } ?? 0)
      }
      #expect(abs(sum - found.value) < 1e-12)
    }
  }

  @Test func nothingOfWorthIsAssignedToNoOne() {
    #expect(Assignment.best(value: [[-1, 0], [0, -2]]).column == [nil, nil])
    #expect(Assignment.best(value: []).column.isEmpty)
    #expect(Assignment.best(value: [[], []]).column == [nil, nil])
  }

  @Test func addingAPersonNeverLowersTheValue() {
    let base = [[0.4, 0.9], [0.8, 0.7], [0.3, 0.2]]
    let more = zip(base, [0.1, 0.95, 0.6]).map { $0 + [$1] }
    #expect(Assignment.best(value: more).value >= Assignment.best(value: base).value)
    #expect(abs(Assignment.best(value: base).value - 1.7) < 1e-12)
  }
}
