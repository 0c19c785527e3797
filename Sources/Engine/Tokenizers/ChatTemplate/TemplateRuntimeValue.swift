/// A value while a template runs. Lists and dictionaries are shared and never change, as in
/// Jinja's immutable sandbox.
enum TemplateRuntimeValue {
  /// With what is missing, for the error when it is used.
  case undefined(String)
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list(TemplateList)
  case dictionary(TemplateDictionary)
  case namespace(TemplateNamespace)
  case loop(TemplateLoop)
  case macro(TemplateMacro)
  case function(TemplateFunction)
  case method(TemplateMethod)
}

/// Lists, and what Python would make instead of a list.
final class TemplateList {
  enum Kind {
    case list
    case tuple
    /// The result of `map`, `select` and their like: always true, without a length.
    case generator
    /// `dict.keys()` and its like: a length, but no index.
    case view
  }

  let items: [TemplateRuntimeValue]
  let kind: Kind
  /// 1 + the depth of the deepest item.
  let depth: Int

  fileprivate init(_ items: [TemplateRuntimeValue], kind: Kind, depth: Int) {
    self.items = items
    self.kind = kind
    self.depth = depth
  }
}

/// What can be a key. Integers, equal floats and booleans are one key, as in Python.
enum TemplateKey: Hashable {
  case null
  case int(Int)
  case double(Double)
  case string(ByteKey)
}

final class TemplateDictionary {
  let keys: [TemplateRuntimeValue]
  let values: [TemplateRuntimeValue]
  private let index: [TemplateKey: Int]
  let depth: Int

  fileprivate init(
    keys: [TemplateRuntimeValue], values: [TemplateRuntimeValue], index: [TemplateKey: Int],
    depth: Int
  ) {
    self.keys = keys
    self.values = values
    self.index = index
    self.depth = depth
  }

  subscript(key: TemplateKey) -> TemplateRuntimeValue? { index[key].map { values[$0] } }

  subscript(name: String) -> TemplateRuntimeValue? { self[.string(ByteKey(text: name))] }
}

/// The one thing a template can change: `namespace()`.
final class TemplateNamespace {
  var attributes: [ByteKey: TemplateRuntimeValue] = [:]
}

/// A macro with the variables around its definition.
final class TemplateMacro {
  let definition: TemplateMacroDefinition
  let scope: TemplateScope

  init(_ definition: TemplateMacroDefinition, scope: TemplateScope) {
    self.definition = definition
    self.scope = scope
  }
}

/// A function or method taken as a value: `x.items` without the call.
final class TemplateMethod {
  let receiver: TemplateRuntimeValue
  let name: String
  let depth: Int

  init(receiver: TemplateRuntimeValue, name: String) {
    self.receiver = receiver
    self.name = name
    depth = receiver.depth + 1
  }
}

extension TemplateRuntimeValue {
  /// The deepest nesting of lists and dictionaries; bounds every recursion over a value.
  static let maximumDepth = 64

  var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .dictionary(let dictionary): dictionary.depth
    case .method(let method): method.depth
    default: 0
    }
  }

  private static func depth(
    over items: [TemplateRuntimeValue]
  ) throws(ChatTemplateError) -> Int {
    var depth = 0
    for item in items { depth = max(depth, item.depth) }
    guard depth < maximumDepth else {
      throw ChatTemplateError(
        .limit, "lists and dictionaries are nested deeper than \(maximumDepth)")
    }
    return depth + 1
  }

  static func list(
    _ items: [TemplateRuntimeValue], kind: TemplateList.Kind = .list
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    .list(TemplateList(items, kind: kind, depth: try depth(over: items)))
  }

  /// A repeated key keeps its first place and takes the last value.
  static func dictionary(
    _ pairs: [(TemplateRuntimeValue, TemplateRuntimeValue)]
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    var keys: [TemplateRuntimeValue] = []
    var values: [TemplateRuntimeValue] = []
    var index: [TemplateKey: Int] = [:]
    for (key, value) in pairs {
      let hashed = try key.key()
      if let place = index[hashed] {
        values[place] = value
      } else {
        index[hashed] = keys.count
        keys.append(key)
        values.append(value)
      }
    }
    return .dictionary(
      TemplateDictionary(keys: keys, values: values, index: index, depth: try depth(over: values)))
  }

  func key() throws(ChatTemplateError) -> TemplateKey {
    switch self {
    case .null: return .null
    case .bool(let value): return .int(value ? 1 : 0)
    case .int(let value): return .int(value)
    case .double(let value): return Int(exactly: value).map { .int($0) } ?? .double(value)
    case .string(let text): return .string(ByteKey(text: text))
    default: throw ChatTemplateError(.type, "\(typeName) cannot be a key")
    }
  }

  /// Python's name of the type, for messages.
  var typeName: String {
    switch self {
    case .undefined: "undefined"
    case .null: "None"
    case .bool: "bool"
    case .int: "int"
    case .double: "float"
    case .string: "str"
    case .list(let list):
      switch list.kind {
      case .list: "list"
      case .tuple: "tuple"
      case .generator: "generator"
      case .view: "dict_view"
      }
    case .dictionary: "dict"
    case .namespace: "namespace"
    case .loop: "loop"
    case .macro: "macro"
    case .function, .method: "function"
    }
  }

  /// Python's truth of a value.
  var isTrue: Bool {
    switch self {
    case .undefined, .null: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .double(let value): value != 0
    case .string(let text): !text.isEmpty
    case .list(let list): list.kind == .generator || !list.items.isEmpty
    case .dictionary(let dictionary): !dictionary.keys.isEmpty
    case .loop(let loop): loop.items.count > 0
    case .namespace, .macro, .function, .method: true
    }
  }

  var isUndefined: Bool {
    if case .undefined = self { return true }
    return false
  }

  var isString: Bool {
    if case .string = self { return true }
    return false
  }
}
