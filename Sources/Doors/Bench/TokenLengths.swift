/// How many tokens a prompt or an answer has: one figure, or any of a range, each as likely.
package struct TokenLengths: Sendable, Equatable, CustomStringConvertible {
  package let range: ClosedRange<Int>

  package init(_ range: ClosedRange<Int>) { self.range = range }

  /// `128` or `64..256`.
  /// - Throws: `BenchError` naming `option`.
  package init(parsing text: String, option: String) throws(BenchError) {
    let ends = text.components(of: "..").map { Int($0) }
    guard ends.count <= 2, let low = ends.first ?? nil, let high = ends.last ?? nil, low >= 1,
      low <= high, high <= Bench.maximumTokens
    else {
      throw BenchError(
        "\(option): '\(text.prefix(40))' is not a count from 1 to \(Bench.maximumTokens); write 128 or 64..256"
      )
    }
    range = low...high
  }

  package func draw(using generator: inout some RandomNumberGenerator) -> Int {
    Int.random(in: range, using: &generator)
  }

  package var mean: Double { Double(range.lowerBound + range.upperBound) / 2 }

  package var description: String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound)"
  }
}

extension String {
  /// The parts around `separator`; spaces around each are dropped.
  fileprivate func components(of separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }
}
