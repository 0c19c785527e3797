/// A bound that a metric is held against: `< 500 customers`, `>= 70%`, `≤ 8 ¥`.
///
/// What a claim is dropped at and what a gate asks for. `value` is in the unit as written, a
/// percentage as a share, 万 and 亿 multiplied out.
package struct Threshold: Sendable, Hashable, Codable {
  package enum Comparison: String, Sendable, Hashable, Codable, CaseIterable {
    case below, atMost = "at_most", above, atLeast = "at_least"

    package var sign: String {
      switch self {
      case .below: "<"
      case .atMost: "≤"
      case .above: ">"
      case .atLeast: "≥"
      }
    }
  }

  package let comparison: Comparison
  package let value: Double
  /// As written after the number, such as `customers` or `¥/月`; empty for none and for `%`.
  package let unit: String
  /// As written.
  package let text: String

  /// Reads a sign, a number and a unit; nil for anything else.
  package init?(_ text: String) {
    var rest = Substring(text).trimmingSpaces
    guard let (sign, comparison) = Self.signs.first(where: { rest.hasPrefix($0.0) }) else {
      return nil
    }
    rest = rest.dropFirst(sign.count).trimmingSpaces
    let digits = rest.prefix { $0.isASCII && ($0.isNumber || ".,-".contains($0)) }
    guard digits.count <= 30, let number = Double(digits.filter { $0 != "," }), number.isFinite
    else { return nil }
    rest = rest.dropFirst(digits.count).trimmingSpaces
    var value = number
    if let (suffix, factor) = Self.suffixes.first(where: { rest.hasPrefix($0.0) }) {
      value *= factor
      rest = rest.dropFirst(suffix.count).trimmingSpaces
    }
    guard rest.count <= 40 else { return nil }
    self.comparison = comparison
    self.value = value
    unit = String(rest)
    self.text = String(Substring(text).trimmingSpaces)
  }

  /// Whether `value` is on the side that the sign names.
  package func holds(for value: Double) -> Bool {
    switch comparison {
    case .below: value < self.value
    case .atMost: value <= self.value
    case .above: value > self.value
    case .atLeast: value >= self.value
    }
  }

  /// Longer signs first.
  private static let signs: [(String, Comparison)] = [
    ("<=", .atMost), (">=", .atLeast), ("≤", .atMost), ("≥", .atLeast), ("<", .below),
    (">", .above), ("＜", .below), ("＞", .above),
  ]
  private static let suffixes: [(String, Double)] = [
    ("%", 0.01), ("％", 0.01), ("万", 1e4), ("亿", 1e8),
  ]
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    var rest = self
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return rest
  }
}
