/// A price list as read from any notation (YAML, JSON): texts, lists and mappings.
package enum PriceNode: Hashable, Sendable {
  case text(String)
  case list([PriceNode])
  /// In the file's order.
  case map([Field])

  package struct Field: Hashable, Sendable {
    package let name: String
    package let value: PriceNode
    package init(_ name: String, _ value: PriceNode) {
      self.name = name
      self.value = value
    }
  }
}

extension PriceNode: Codable {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Levels of nesting that a price list has, and no more.
  private static let deepest = 8

  package init(from decoder: any Decoder) throws {
    guard decoder.codingPath.count <= Self.deepest else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a price list is not so deep"))
    }
    if let container = try? decoder.container(keyedBy: Name.self) {
      self = .map(
        try container.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
          Field($0.stringValue, try container.decode(PriceNode.self, forKey: $0))
        })
    } else if var container = try? decoder.unkeyedContainer() {
      var elements: [PriceNode] = []
      while !container.isAtEnd { elements.append(try container.decode(PriceNode.self)) }
      self = .list(elements)
    } else {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let number = try? container.decode(Int.self) {
        self = .text("\(number)")
      } else {
        // The shortest decimal that reads back as the same number.
        self = .text("\(try container.decode(Double.self))")
      }
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .text(let text):
      var container = encoder.singleValueContainer()
      try container.encode(text)
    case .list(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    case .map(let fields):
      var container = encoder.container(keyedBy: Name.self)
      for field in fields {
        try container.encode(field.value, forKey: Name(stringValue: field.name))
      }
    }
  }
}
