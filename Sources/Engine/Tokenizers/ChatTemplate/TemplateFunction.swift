/// The functions a template can call.
enum TemplateFunction: String, CaseIterable {
  case namespace
  case raiseException = "raise_exception"
  case range
  case strftimeNow = "strftime_now"
  case dict

  func call(
    _ arguments: TemplateCallArguments, in interpreter: TemplateInterpreter
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    switch self {
    case .namespace: return try namespace(arguments, in: interpreter)
    case .dict:
      return try .dictionary(try pairs(arguments, in: interpreter))
    case .range: return try range(arguments, in: interpreter)
    case .raiseException:
      let values = try arguments.bound(to: ["message"], required: 1, of: rawValue)
      throw ChatTemplateError(.raised, try interpreter.text(values[0] ?? .null))
    case .strftimeNow:
      let values = try arguments.bound(to: ["format"], required: 1, of: rawValue)
      guard case .string(let format)? = values[0] else {
        throw ChatTemplateError(.type, "strftime_now wants a format")
      }
      try interpreter.charge(bytes: format.utf8.count * 8)
      return .string(try interpreter.now().formatted(format))
    }
  }

  private func namespace(
    _ arguments: TemplateCallArguments, in interpreter: TemplateInterpreter
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let namespace = interpreter.makeNamespace()
    for (key, value) in try pairs(arguments, in: interpreter) {
      guard case .string(let name) = key else { continue }
      namespace.attributes[ByteKey(text: name)] = value
    }
    return .namespace(namespace)
  }

  /// A dictionary or pairs, then the named arguments.
  private func pairs(
    _ arguments: TemplateCallArguments, in interpreter: TemplateInterpreter
  ) throws(ChatTemplateError) -> [(TemplateRuntimeValue, TemplateRuntimeValue)] {
    guard arguments.positional.count <= 1 else {
      throw ChatTemplateError(.type, "\(rawValue) takes at most 1 positional argument")
    }
    var pairs: [(TemplateRuntimeValue, TemplateRuntimeValue)] = []
    switch arguments.positional.first {
    case nil: break
    case .dictionary(let dictionary)?:
      for key in dictionary.keys { try interpreter.charge(key: key) }
      pairs += zip(dictionary.keys, dictionary.values)
    case let value?:
      for item in try interpreter.iterate(value) {
        let pair = try interpreter.iterate(item)
        guard pair.count == 2 else {
          throw ChatTemplateError(.type, "\(rawValue) wants a dictionary or pairs")
        }
        try interpreter.charge(key: pair[0])
        pairs.append((pair[0], pair[1]))
      }
    }
    return pairs + arguments.keyword.map { (.string($0.name), $0.value) }
  }

  private func range(
    _ arguments: TemplateCallArguments, in interpreter: TemplateInterpreter
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let values = try arguments.bound(to: ["start", "stop", "step"], required: 1, of: rawValue)
    var bounds: [Int] = []
    for case let value? in values {
      guard let bound = interpreter.integer(value) else {
        throw ChatTemplateError(.type, "range wants integers, not \(value.typeName)")
      }
      bounds.append(bound)
    }
    let start = bounds.count == 1 ? 0 : bounds[0]
    let stop = bounds.count == 1 ? bounds[0] : bounds[1]
    let step = bounds.count == 3 ? bounds[2] : 1
    guard step != 0 else { throw ChatTemplateError(.type, "the step of range is zero") }
    let (distance, overflow) = stop.subtractingReportingOverflow(start)
    let isEmpty = step > 0 ? start >= stop : start <= stop
    if isEmpty { return try .list([]) }
    let size = (distance.magnitude - 1) / step.magnitude + 1
    guard !overflow, size <= interpreter.limits.maximumRange.magnitude else {
      throw ChatTemplateError(
        .limit, "range has more than \(interpreter.limits.maximumRange) elements")
    }
    try interpreter.charge(Int(size))
    return try .list(stride(from: start, to: stop, by: step).map { .int($0) })
  }
}
