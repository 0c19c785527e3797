/// How a sequence's rows become one vector.
package enum Pooling: String, Sendable, CaseIterable {
  /// The mean of all rows, the opening and closing tokens' too.
  case mean
  /// The first row.
  case first
  /// The last row.
  case last

  /// - Parameters:
  ///   - rows: [count][width]
  ///   - normalizes: makes the vector's length 1, unless it is 0
  package func vector(
    _ rows: UnsafePointer<Float>, count: Int, width: Int, normalizes: Bool
  ) -> [Float] {
    precondition(count > 0, "no rows")
    var vector: [Float]
    switch self {
    case .first: vector = Array(UnsafeBufferPointer(start: rows, count: width))
    case .last:
      vector = Array(UnsafeBufferPointer(start: rows + (count - 1) * width, count: width))
    case .mean:
      var sums = [Double](repeating: 0, count: width)
      for row in 0..<count {
        for column in 0..<width { sums[column] += Double(rows[row * width + column]) }
      }
      vector = sums.map { Float($0 / Double(count)) }
    }
    guard normalizes else { return vector }
    let square = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
    if square > 0 {
      let factor = 1 / square.squareRoot()
      for column in vector.indices { vector[column] = Float(Double(vector[column]) * factor) }
    }
    return vector
  }
}
