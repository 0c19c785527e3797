/// A calendar month, `2027-01`.
package struct Month: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// Months since January of year 0.
  package let index: Int

  package init(index: Int) { self.index = index }
  package init(year: Int, month: Int) { index = year * 12 + month - 1 }

  /// Reads `2027-01`; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let year = Int(parts[0]), let month = Int(parts[1]), (1900...2999).contains(year),
      (1...12).contains(month)
    else { return nil }
    self.init(year: year, month: month)
  }

  package var year: Int { index / 12 }
  package var month: Int { index % 12 + 1 }
  package var description: String { "\(year)-\(month < 10 ? "0" : "")\(month)" }

  package static func < (left: Month, right: Month) -> Bool { left.index < right.index }
  package func advanced(by months: Int) -> Month { Month(index: index + months) }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let month = Month(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not a month: YYYY-MM")
    }
    self = month
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
