/// The values of a call.
struct TemplateCallArguments {
  var positional: [TemplateRuntimeValue] = []
  var keyword: [(name: String, value: TemplateRuntimeValue)] = []
  /// The body of a `{% call %}` around the call.
  var caller: TemplateMacro?

  /// The values in the order of `names`, nil where not given.
  ///
  /// Throws `.type` for too many, unknown or repeated ones and for fewer than `required`.
  func bound(
    to names: [String], required: Int = 0, of function: String
  ) throws(ChatTemplateError) -> [TemplateRuntimeValue?] {
    guard positional.count <= names.count else {
      throw ChatTemplateError(
        .type, "\(function) takes at most \(names.count) arguments, \(positional.count) given")
    }
    var values: [TemplateRuntimeValue?] = positional
    values += Array(repeating: nil, count: names.count - positional.count)
    for (name, value) in keyword {
      guard let place = names.firstIndex(of: name), values[place] == nil else {
        throw ChatTemplateError(
          .type,
          "\(function) has no argument '\(name)' left; it takes "
            + (names.isEmpty ? "none" : names.joined(separator: ", ")))
      }
      values[place] = value
    }
    for place in 0..<required where values[place] == nil {
      throw ChatTemplateError(.type, "\(function) wants the argument '\(names[place])'")
    }
    return values
  }
}
