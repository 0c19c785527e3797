extension TemplateInterpreter {
  func callString(
    _ name: String, _ text: String, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    // Case mappings can triple the length; everything else keeps within it or charges itself.
    try charge(bytes: text.utf8.count)
    switch name {
    case "strip", "lstrip", "rstrip": return .string(try strip(name, text, arguments))
    case "split", "rsplit": return try split(name, text, arguments)
    case "startswith", "endswith": return .bool(try hasAffix(name, text, arguments))
    case "find", "rfind", "count": return .int(try find(name, text, arguments))
    case "removeprefix", "removesuffix": return .string(try remove(name, text, arguments))
    case "join": return try join(try single(name, arguments), with: text)
    case "format": return .string(try braceFormat(text, arguments))
    case "replace":
      let given = try arguments.bound(to: ["old", "new", "count"], required: 2, of: name)
      let count = try optionalInteger(given[2], name) ?? -1
      return .string(
        try replace(
          try string(given[0], name), with: try string(given[1], name), in: text, count: count))
    default: break
    }
    _ = try arguments.bound(to: [], of: name)
    try charge(bytes: 3 * text.utf8.count)
    switch name {
    case "upper": return .string(text.uppercased())
    case "lower": return .string(text.lowercased())
    case "title": return .string(text.titled { !$0.isCased })
    case "capitalize": return .string(text.capitalizedLikePython())
    case "splitlines":
      try charge(text.utf8.count / 8)
      return try .list(text.pythonLines().map { .string($0) })
    default: return .bool(hasClass(name, text))
    }
  }

  /// Unlike the filter, of strings only.
  private func join(
    _ value: TemplateRuntimeValue, with separator: String
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let items = try iterate(value)
    for item in items { _ = try string(item, "join") }
    return try TemplateFilters.join(
      self, try .list(items), TemplateCallArguments(positional: [.string(separator)]))
  }

  private func single(
    _ name: String, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try arguments.bound(to: ["value"], required: 1, of: name)[0] ?? .null
  }

  private func string(
    _ value: TemplateRuntimeValue?, _ name: String
  ) throws(ChatTemplateError) -> String {
    switch value {
    case .string(let text)?: return text
    case .undefined(let what)?: throw ChatTemplateError(.undefined, what)
    default:
      throw ChatTemplateError(
        .type, "\(name) wants a string, not \((value ?? .null).typeName)")
    }
  }

  private func optionalInteger(
    _ value: TemplateRuntimeValue?, _ name: String
  ) throws(ChatTemplateError) -> Int? {
    guard let value else { return nil }
    guard let number = integer(value) else {
      throw ChatTemplateError(.type, "\(name) wants an integer, not \(value.typeName)")
    }
    return number
  }

  private func hasClass(_ name: String, _ text: String) -> Bool {
    let scalars = text.unicodeScalars
    guard !scalars.isEmpty else { return false }
    switch name {
    case "isdigit":
      return scalars.allSatisfy {
        $0.properties.numericType == .decimal || $0.properties.numericType == .digit
      }
    case "isalpha": return scalars.allSatisfy(\.properties.isAlphabetic)
    case "isalnum": return scalars.allSatisfy { $0.isNamePart && $0 != "_" }
    case "isspace": return scalars.allSatisfy(\.isPythonSpace)
    case "isupper":
      return scalars.contains(where: \.isCased)
        && !scalars.contains(where: \.properties.isLowercase)
    default:
      return scalars.contains(where: \.isCased)
        && !scalars.contains(where: \.properties.isUppercase)
    }
  }

  private func strip(
    _ name: String, _ text: String, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> String {
    let given = try arguments.bound(to: ["chars"], of: name)[0] ?? .null
    let (left, right) = (name != "rstrip", name != "lstrip")
    if case .null = given { return text.stripped(left: left, right: right) { $0.isPythonSpace } }
    let characters = try string(given, name)
    try charge(bytes: characters.utf8.count)
    let set = Set(characters.unicodeScalars)
    return text.stripped(left: left, right: right) { set.contains($0) }
  }

  // MARK: Parts

  private func split(
    _ name: String, _ text: String, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["sep", "maxsplit"], of: name)
    var limit = try optionalInteger(given[1], name) ?? -1
    if limit < 0 { limit = .max }
    let parts: [String]
    switch given[0] ?? .null {
    case .null:
      try charge(text.utf8.count / 8)
      parts =
        name == "split"
        ? text.splitAtWhiteSpace(limit: limit) : text.splitAtWhiteSpaceFromTheEnd(limit: limit)
    case let value:
      let separator = try string(value, name)
      guard !separator.isEmpty else { throw ChatTemplateError(.type, "\(name): empty separator") }
      parts = try split(text, at: separator, limit: limit, fromTheEnd: name == "rsplit")
    }
    try charge(parts.count)
    return try .list(parts.map { .string($0) })
  }

  private func split(
    _ text: String, at separator: String, limit: Int, fromTheEnd: Bool
  ) throws(ChatTemplateError) -> [String] {
    let bytes = Array(text.utf8)
    try charge(searching: bytes.count + separator.utf8.count)
    let places =
      fromTheEnd
      ? ByteSearch.places(of: separator, fromTheEndOf: bytes, limit: limit).reversed()
      : ByteSearch(separator).places(in: bytes, limit: limit)
    try charge(places.count)
    var parts: [String] = []
    var start = 0
    for place in places {
      parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
      start = place + separator.utf8.count
    }
    parts.append(String(decoding: bytes[start...], as: UTF8.self))
    return parts
  }

  /// `str.replace`; a negative `count` is no bound. An empty `old` is found around every character.
  func replace(
    _ old: String, with new: String, in text: String, count: Int
  ) throws(ChatTemplateError) -> String {
    let limit = count < 0 ? Int.max : count
    let bytes = Array(text.utf8)
    try charge(searching: bytes.count + old.utf8.count + new.utf8.count)
    let places: [Int]
    if old.isEmpty {
      try charge(bytes.count)
      let starts = bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
      places = Array(starts.prefix(limit))
    } else {
      places = ByteSearch(old).places(in: bytes, limit: limit)
    }
    let growth = places.count.multipliedReportingOverflow(by: new.utf8.count)
    try charge(bytes: growth.overflow ? .max : bytes.count + growth.partialValue)
    var out = ""
    var start = 0
    for place in places {
      out += String(decoding: bytes[start..<place], as: UTF8.self) + new
      start = place + old.utf8.count
    }
    return out + String(decoding: bytes[start...], as: UTF8.self)
  }

  private func find(
    _ name: String, _ text: String, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> Int {
    let part = try string(try single(name, arguments), name)
    let bytes = Array(text.utf8)
    try charge(searching: bytes.count + part.utf8.count)
    if part.isEmpty {
      return name == "find" ? 0 : text.unicodeScalars.count + (name == "count" ? 1 : 0)
    }
    if name == "count" { return ByteSearch(part).places(in: bytes).count }
    let place =
      name == "find"
      ? ByteSearch(part).places(in: bytes, limit: 1).first
      : ByteSearch.places(of: part, fromTheEndOf: bytes, limit: 1).first
    guard let place else { return -1 }
    return bytes[..<place].count { $0 & 0xC0 != 0x80 }
  }

  private func hasAffix(
    _ name: String, _ text: String, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> Bool {
    let value = try single(name, arguments)
    var candidates = [value]
    if case .list(let list) = value, list.kind == .tuple { candidates = list.items }
    for candidate in candidates {
      let affix = try string(candidate, name).utf8
      try charge(bytes: affix.count)
      let matches =
        name == "startswith"
        ? text.utf8.starts(with: affix)
        : text.utf8.count >= affix.count && text.utf8.suffix(affix.count).elementsEqual(affix)
      if matches { return true }
    }
    return false
  }

  private func remove(
    _ name: String, _ text: String, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> String {
    let affix = try string(try single(name, arguments), name)
    let which = name == "removeprefix" ? "startswith" : "endswith"
    guard try hasAffix(which, text, TemplateCallArguments(positional: [.string(affix)])) else {
      return text
    }
    let kept = text.utf8.count - affix.utf8.count
    return name == "removeprefix"
      ? String(decoding: text.utf8.suffix(kept), as: UTF8.self)
      : String(decoding: text.utf8.prefix(kept), as: UTF8.self)
  }

  // MARK: format

  /// `'{} {1} {name}'.format(…)`, without format specifications.
  private func braceFormat(
    _ format: String, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> String {
    var out = ""
    var automatic = 0
    var rest = format.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == rest.first, scalar == "{" || scalar == "}" {
        rest.removeFirst()
        out.unicodeScalars.append(scalar)
      } else if scalar == "{" {
        guard let end = rest.firstIndex(of: "}") else {
          throw ChatTemplateError(.type, "format: '{' has no '}'")
        }
        let field = String(rest[..<end])
        rest = rest[rest.index(after: end)...]
        out += try text(try value(of: field, arguments, &automatic))
        try charge(bytes: out.utf8.count)
      } else if scalar == "}" {
        throw ChatTemplateError(.type, "format: a single '}'")
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  private func value(
    of field: String, _ arguments: TemplateCallArguments, _ automatic: inout Int
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    if let named = arguments.keyword.first(where: { $0.name == field }) { return named.value }
    var place = Int(field)
    if field.isEmpty {
      place = automatic
      automatic += 1
    }
    guard let place, arguments.positional.indices.contains(place) else {
      throw ChatTemplateError(
        .unsupported, "format knows {}, {0} and {name} of given values, not {\(field.prefix(40))}")
    }
    return arguments.positional[place]
  }
}
