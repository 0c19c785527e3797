/// Sorting and sets. Text is compared without its case unless `case_sensitive`.
extension TemplateFilters {
  @Sendable static func sort(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["reverse", "case_sensitive", "attribute"], of: "sort")
    return try .list(
      try sorted(
        try interpreter.iterate(value), interpreter, attribute: given[2],
        isCaseSensitive: given[1]?.isTrue ?? false, isReversed: given[0]?.isTrue ?? false))
  }

  @Sendable static func dictsort(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["case_sensitive", "by", "reverse"], of: "dictsort")
    guard case .dictionary(let dictionary) = value else {
      throw ChatTemplateError(.type, "dictsort wants a dictionary, not \(value.typeName)")
    }
    let by = try interpreter.text(given[1] ?? .string("key"))
    guard by == "key" || by == "value" else {
      throw ChatTemplateError(.type, "dictsort: by is 'key' or 'value'")
    }
    return try .list(
      try sorted(
        try interpreter.pairs(of: dictionary), interpreter, attribute: .int(by == "key" ? 0 : 1),
        isCaseSensitive: given[0]?.isTrue ?? false, isReversed: given[2]?.isTrue ?? false))
  }

  @Sendable static func unique(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["case_sensitive", "attribute"], of: "unique")
    var seen: Set<TemplateKey> = []
    var result: [TemplateRuntimeValue] = []
    for item in try interpreter.iterate(value) {
      let key = try sortKey(
        item, interpreter, attribute: given[1], isCaseSensitive: given[0]?.isTrue ?? false)
      try interpreter.charge(key: key)
      if seen.insert(try key.key()).inserted { result.append(item) }
    }
    return try .list(result, kind: .generator)
  }

  private static func sortKey(
    _ item: TemplateRuntimeValue, _ interpreter: TemplateInterpreter,
    attribute: TemplateRuntimeValue?, isCaseSensitive: Bool
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    var key = item
    if let attribute, !isNone(attribute) { key = try member(attribute, of: item, interpreter) }
    guard case .string(let text) = key, !isCaseSensitive else { return key }
    try interpreter.charge(bytes: 3 * text.utf8.count)
    return .string(text.lowercased())
  }

  private static func isNone(_ value: TemplateRuntimeValue) -> Bool {
    if case .null = value { return true }
    return false
  }

  /// A stable merge sort, because the comparison throws and charges. O(n log n) comparisons.
  static func sorted(
    _ items: [TemplateRuntimeValue], _ interpreter: TemplateInterpreter,
    attribute: TemplateRuntimeValue?, isCaseSensitive: Bool, isReversed: Bool
  ) throws(ChatTemplateError) -> [TemplateRuntimeValue] {
    var keys: [TemplateRuntimeValue] = []
    for item in items {
      keys.append(
        try sortKey(item, interpreter, attribute: attribute, isCaseSensitive: isCaseSensitive))
    }
    var order = Array(items.indices)
    var width = 1
    while width < order.count {
      var merged: [Int] = []
      merged.reserveCapacity(order.count)
      var start = 0
      while start < order.count {
        let middle = Swift.min(start + width, order.count)
        let end = Swift.min(middle + width, order.count)
        var (i, j) = (start, middle)
        while i < middle, j < end {
          let (a, b) = (keys[order[i]], keys[order[j]])
          let takesRight = try isReversed ? interpreter.isLess(a, b) : interpreter.isLess(b, a)
          merged.append(order[takesRight ? j : i])
          if takesRight { j += 1 } else { i += 1 }
        }
        merged += order[i..<middle] + order[j..<end]
        start = end
      }
      order = merged
      width *= 2
    }
    return order.map { items[$0] }
  }
}
