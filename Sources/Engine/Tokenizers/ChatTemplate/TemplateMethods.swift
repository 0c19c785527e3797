/// Methods of strings, dictionaries and lists. Those that would change a list or dictionary are
/// refused: values are immutable here, as in the sandbox that `transformers` uses.
enum TemplateMethods {
  static let string: Set<String> = [
    "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "replace", "upper", "lower",
    "title", "capitalize", "startswith", "endswith", "find", "rfind", "count", "join", "format",
    "removeprefix", "removesuffix", "isdigit", "isalpha", "isalnum", "isspace", "isupper",
    "islower",
  ]
  static let dictionary: Set<String> = ["get", "items", "keys", "values", "copy"]
  static let list: Set<String> = ["index", "count", "copy"]
  static let mutating: Set<String> = [
    "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update",
    "setdefault", "popitem",
  ]
}

extension TemplateInterpreter {
  func hasMethod(_ name: String, _ value: TemplateRuntimeValue) -> Bool {
    switch value {
    case .string: TemplateMethods.string.contains(name)
    case .dictionary:
      TemplateMethods.dictionary.contains(name)
        || TemplateMethods.mutating.contains(name)
          && ["pop", "clear", "update", "setdefault", "popitem"].contains(name)
    case .list: TemplateMethods.list.contains(name) || TemplateMethods.mutating.contains(name)
    case .loop: TemplateLoop.methods.contains(name)
    default: false
    }
  }

  func callMethod(
    _ name: String, of value: TemplateRuntimeValue, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    switch value {
    case .string(let text): return try callString(name, text, arguments)
    case .dictionary(let dictionary) where TemplateMethods.dictionary.contains(name):
      return try callDictionary(name, dictionary, arguments)
    case .list(let list) where TemplateMethods.list.contains(name):
      return try callList(name, list, arguments)
    case .loop(let loop): return try callLoop(name, loop, arguments)
    default:
      throw ChatTemplateError(
        .unsupported,
        "'\(name)' would change a \(value.typeName), which is immutable; "
          + "use '+' or a namespace()")
    }
  }

  /// The pairs of a dictionary as tuples.
  func pairs(
    of dictionary: TemplateDictionary
  ) throws(ChatTemplateError) -> [TemplateRuntimeValue] {
    try charge(dictionary.keys.count)
    var pairs: [TemplateRuntimeValue] = []
    for (key, value) in zip(dictionary.keys, dictionary.values) {
      pairs.append(try .list([key, value], kind: .tuple))
    }
    return pairs
  }

  private func callDictionary(
    _ name: String, _ dictionary: TemplateDictionary, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    if name == "get" {
      let given = try arguments.bound(to: ["key", "default"], required: 1, of: name)
      try charge(key: given[0] ?? .null)
      return dictionary[try (given[0] ?? .null).key()] ?? given[1] ?? .null
    }
    _ = try arguments.bound(to: [], of: name)
    switch name {
    case "items": return try .list(try pairs(of: dictionary), kind: .view)
    case "keys": return try .list(dictionary.keys, kind: .view)
    case "values": return try .list(dictionary.values, kind: .view)
    default: return .dictionary(dictionary)
    }
  }

  private func callList(
    _ name: String, _ list: TemplateList, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    if name == "copy" { return .list(list) }
    let wanted = try arguments.bound(to: ["value"], required: 1, of: name)[0] ?? .null
    var count = 0
    for (i, item) in list.items.enumerated() where try isEqual(item, wanted) {
      if name == "index" { return .int(i) }
      count += 1
    }
    guard name == "count" else {
      throw ChatTemplateError(.type, "index: the value is not in the list")
    }
    return .int(count)
  }

  private func callLoop(
    _ name: String, _ loop: TemplateLoop, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let values = arguments.positional
    if name == "changed" { return .bool(try loop.hasChanged(values, in: self)) }
    guard !values.isEmpty else { throw ChatTemplateError(.type, "cycle wants values") }
    return values[loop.index0 % values.count]
  }
}
