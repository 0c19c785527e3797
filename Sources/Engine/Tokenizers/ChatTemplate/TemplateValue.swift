/// What goes into a template: messages, tools and the other variables.
///
/// The shape of JSON, plus `undefined`, which a template can test for (`is defined`) and which
/// renders as nothing.
package enum TemplateValue: Sendable, Equatable {
  case undefined
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([TemplateValue])
  case object(OrderedObject)
}

extension TemplateValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(arrayLiteral elements: TemplateValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, TemplateValue)...) {
    self = .object(OrderedObject(elements))
  }
  package init(nilLiteral: ()) { self = .none }
}

extension TemplateValue {
  /// The value under `key`, or nil when this is not an object or has no such key.
  package subscript(key: String) -> TemplateValue? {
    if case .object(let object) = self { return object[key] }
    return nil
  }

  package var stringValue: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  package var arrayValue: [TemplateValue]? {
    if case .array(let items) = self { return items }
    return nil
  }
}
