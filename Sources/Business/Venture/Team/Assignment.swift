/// Who does what: the assignment of people to needs with the greatest value, exact.
package struct Assignment: Sendable, Hashable, Codable {
  /// Column of each row; nil for a row without one.
  package var column: [Int?]
  package var value: Double

  /// The Hungarian method with potentials (Kuhn 1955; Jonker & Volgenant's shortest augmenting
  /// paths): O(rows² × columns), rows ≤ columns after padding.
  ///
  /// - Parameters:
  ///   - value: [row][column], finite; rectangular. A pair worth 0 or less is not assigned.
  package static func best(value: [[Double]]) -> Assignment {
    let rows = value.count
    let columns = value.first?.count ?? 0
    guard rows > 0, columns > 0 else {
      return Assignment(column: [Int?](repeating: nil, count: rows), value: 0)
    }
    precondition(value.allSatisfy { $0.count == columns }, "the matrix is not rectangular")
    // As many empty columns as rows, so that a row may stay without one at a cost of 0.
    let cost = value.map { row in
      row.map { $0 > 0 ? -$0 : 0 } + [Double](repeating: 0, count: rows)
    }
    let chosen = cheapest(cost)
    let column = chosen.enumerated().map { row, column in
      column < columns && value[row][column] > 0 ? column : nil
    }
    let total = column.enumerated().reduce(0.0) { sum, pair in
      sum + (pair.element.map { value[pair.offset][$0] } ?? 0)
    }
    return Assignment(column: column, value: total)
  }

  /// Column of each row at the least total cost; needs rows ≤ columns.
  private static func cheapest(_ cost: [[Double]]) -> [Int] {
    let (rows, columns) = (cost.count, cost[0].count)
    // 1-based with a sentinel column 0, as the method is usually written.
    var rowPotential = [Double](repeating: 0, count: rows + 1)
    var columnPotential = [Double](repeating: 0, count: columns + 1)
    var owner = [Int](repeating: 0, count: columns + 1)
    for row in 1...rows {
      var way = [Int](repeating: 0, count: columns + 1)
      var least = [Double](repeating: .infinity, count: columns + 1)
      var isUsed = [Bool](repeating: false, count: columns + 1)
      owner[0] = row
      var column = 0
      repeat {
        isUsed[column] = true
        let current = owner[column]
        var (step, target) = (Double.infinity, 0)
        for candidate in 1...columns where !isUsed[candidate] {
          let reduced =
            cost[current - 1][candidate - 1] - rowPotential[current] - columnPotential[candidate]
          if reduced < least[candidate] {
            least[candidate] = reduced
            way[candidate] = column
          }
          if least[candidate] < step {
            step = least[candidate]
            target = candidate
          }
        }
        for candidate in 0...columns {
          if isUsed[candidate] {
            rowPotential[owner[candidate]] += step
            columnPotential[candidate] -= step
          } else {
            least[candidate] -= step
          }
        }
        column = target
      } while owner[column] != 0
      while column != 0 {
        owner[column] = owner[way[column]]
        column = way[column]
      }
    }
    var result = [Int](repeating: -1, count: rows)
    for column in 1...columns where owner[column] > 0 { result[owner[column] - 1] = column - 1 }
    return result
  }
}
