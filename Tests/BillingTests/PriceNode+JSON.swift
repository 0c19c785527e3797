import Billing

/// Price lists are written as JSON in these tests; figures as texts or whole numbers.
extension PriceNode: Decodable {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public init(from decoder: any Decoder) throws {
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
      } else {
        self = .text("\(try container.decode(Int.self))")
      }
    }
  }
}
