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
