/// Attributes, items, slices, iteration.
extension TemplateInterpreter {
  /// `value.name`: a method first, then the key of that name.
  func attribute(
    _ name: String, of value: TemplateRuntimeValue
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    if case .undefined(let what) = value { throw ChatTemplateError(.undefined, what) }
    if hasMethod(name, value) { return .method(TemplateMethod(receiver: value, name: name)) }
    return member(name, of: value) ?? missing(name, of: value)
  }

  /// `value[key]`: the key first, then the attribute of that name.
  func item(
    _ key: TemplateRuntimeValue, of value: TemplateRuntimeValue
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try charge(key: key)
    switch (value, key) {
    case (.undefined(let what), _): throw ChatTemplateError(.undefined, what)
    case (.dictionary(let dictionary), _):
      if let hashed = try? key.key(), let found = dictionary[hashed] { return found }
    case (.list(let list), _) where list.kind == .list || list.kind == .tuple:
      if let index = integer(key) {
        let place = index < 0 ? index + list.items.count : index
        return list.items.indices.contains(place)
          ? list.items[place] : missing("\(index)", of: value)
      }
    case (.string(let text), _):
      if let index = integer(key) { return try character(index, of: text) }
    default: break
    }
    guard case .string(let name) = key else {
      return missing(try shortText(key), of: value)
    }
    if hasMethod(name, value) { return .method(TemplateMethod(receiver: value, name: name)) }
    return member(name, of: value) ?? missing(name, of: value)
  }

  /// The key or attribute `name`, no method.
  private func member(
    _ name: String, of value: TemplateRuntimeValue
  ) -> TemplateRuntimeValue? {
    switch value {
    case .dictionary(let dictionary): dictionary[name]
    case .namespace(let namespace): namespace.attributes[ByteKey(text: name)]
    case .loop(let loop): loop.attribute(name)
    case .macro(let macro) where name == "name": .string(macro.definition.name)
    default: nil
    }
  }

  private func missing(_ name: String, of value: TemplateRuntimeValue) -> TemplateRuntimeValue {
    .undefined("'\(value.typeName) object' has no attribute '\(name.excerpt)'")
  }

  /// A key for a message; never long.
  private func shortText(_ value: TemplateRuntimeValue) throws(ChatTemplateError) -> String {
    switch value {
    case .list, .dictionary: value.typeName
    default: try text(value)
    }
  }

  func integer(_ value: TemplateRuntimeValue) -> Int? {
    switch value {
    case .int(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  private func character(
    _ index: Int, of text: String
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try charge(bytes: text.utf8.count)
    let scalars = text.unicodeScalars
    let found =
      index < 0
      ? scalars.index(scalars.endIndex, offsetBy: index, limitedBy: scalars.startIndex)
      : scalars.index(scalars.startIndex, offsetBy: index, limitedBy: scalars.endIndex)
    guard let found, found != scalars.endIndex else {
      return missing("\(index)", of: .string(text))
    }
    return .string(String(Character(scalars[found])))
  }

  // MARK: Slices

  func slice(
    _ base: TemplateExpression, _ bounds: TemplateSlice, in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let value = try evaluate(base, in: scope)
    var parts: [Int?] = []
    for expression in [bounds.start, bounds.stop, bounds.step] {
      parts.append(try bound(expression, in: scope))
    }
    switch value {
    case .string(let text):
      try charge(bytes: 4 * text.utf8.count)
      let scalars = Array(text.unicodeScalars)
      var result = String.UnicodeScalarView()
      for i in try indices(parts, count: scalars.count) { result.append(scalars[i]) }
      return .string(String(result))
    case .list(let list) where list.kind == .list || list.kind == .tuple:
      try charge(list.items.count)
      var result: [TemplateRuntimeValue] = []
      for i in try indices(parts, count: list.items.count) { result.append(list.items[i]) }
      return try .list(result, kind: list.kind)
    case .undefined(let what): throw ChatTemplateError(.undefined, what)
    default:
      throw ChatTemplateError(.type, "a value of type \(value.typeName) has no slices")
    }
  }

  private func bound(
    _ expression: TemplateExpression?, in scope: TemplateScope
  ) throws(ChatTemplateError) -> Int? {
    guard let expression else { return nil }
    let value = try evaluate(expression, in: scope)
    if case .null = value { return nil }
    guard let index = integer(value) else {
      throw ChatTemplateError(.type, "a slice wants integers, not \(value.typeName)")
    }
    return index
  }

  /// The indices of `[start:stop:step]` over `count` elements, as Python clamps them.
  private func indices(_ parts: [Int?], count: Int) throws(ChatTemplateError) -> StrideTo<Int> {
    let step = min(max(parts[2] ?? 1, -count - 1), count + 1)
    guard step != 0 else { throw ChatTemplateError(.type, "the step of a slice is zero") }
    let (low, high) = step > 0 ? (0, count) : (-1, count - 1)
    func clamp(_ index: Int) -> Int {
      min(max(index < 0 ? index + count : index, low), high)
    }
    let start = parts[0].map(clamp) ?? (step > 0 ? low : high)
    let stop = parts[1].map(clamp) ?? (step > 0 ? high : low)
    return Swift.stride(from: start, to: stop, by: step)
  }

  // MARK: Iteration

  /// The elements that `for` goes through.
  func iterate(_ value: TemplateRuntimeValue) throws(ChatTemplateError) -> [TemplateRuntimeValue] {
    switch value {
    case .undefined: return []
    case .list(let list):
      try charge(list.items.count)
      return list.items
    case .dictionary(let dictionary):
      try charge(dictionary.keys.count)
      return dictionary.keys
    case .string(let text):
      try charge(text.utf8.count)
      return text.unicodeScalars.map { .string(String(Character($0))) }
    case .loop(let loop): return loop.items
    default:
      throw ChatTemplateError(.type, "a value of type \(value.typeName) is not iterable")
    }
  }

  func length(_ value: TemplateRuntimeValue) throws(ChatTemplateError) -> Int {
    switch value {
    case .undefined: return 0
    case .string(let text):
      try charge(bytes: text.utf8.count)
      return text.unicodeScalars.count
    case .list(let list) where list.kind != .generator: return list.items.count
    case .dictionary(let dictionary): return dictionary.keys.count
    case .loop(let loop): return loop.items.count
    default:
      throw ChatTemplateError(.type, "a value of type \(value.typeName) has no length")
    }
  }
}
