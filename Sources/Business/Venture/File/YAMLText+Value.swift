/// Lists and mappings as YAML writes them.
extension YAMLText {
  /// Within brackets, on one line.
  static func flow(_ value: PlanValue) -> String {
    switch value {
    case .text(let text): scalar(text, isFlow: true)
    case .list(let elements): "[" + elements.map(flow).joined(separator: ", ") + "]"
    case .map(let fields):
      "{"
        + fields.map { "\(scalar($0.name, isFlow: true)): \(flow($0.value))" }
        .joined(separator: ", ") + "}"
    }
  }

  /// Lines, the first without its indentation and the last without its break.
  static func block(_ value: PlanValue, indentation: Int) -> String {
    let lead = "\n" + String(repeating: " ", count: indentation)
    switch value {
    case .text(let text):
      return literal(text, indentation: indentation) ?? scalar(text, isFlow: false)
    case .list(let elements):
      if elements.isEmpty { return "[]" }
      return elements.map { "- " + block($0, indentation: indentation + 2) }
        .joined(separator: lead)
    case .map(let fields):
      if fields.isEmpty { return "{}" }
      return fields.map { field in
        scalar(field.name, isFlow: false) + ":" + after(field.value, indentation: indentation)
      }.joined(separator: lead)
    }
  }

  /// A value behind `name:`, of a mapping so indented.
  static func after(_ value: PlanValue, indentation: Int) -> String {
    let inner = indentation + 2
    switch value {
    case .text(let text):
      return " " + (literal(text, indentation: inner) ?? scalar(text, isFlow: false))
    case .list([]): return " []"
    case .map([]): return " {}"
    default:
      return "\n" + String(repeating: " ", count: inner) + block(value, indentation: inner)
    }
  }

  /// Several lines as a literal block; nil where it would not read back the same, or is one line.
  static func literal(_ text: String, indentation: Int) -> String? {
    guard indentation > 0, text.contains("\n"), !text.hasSuffix("\n\n") else { return nil }
    let isClosed = text.hasSuffix("\n")
    let lines = (isClosed ? text.dropLast() : text[...])
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, !first.isEmpty, first.first != " ",
      lines.allSatisfy({ $0.unicodeScalars.allSatisfy(isPrintable) && $0.last != " " })
    else { return nil }
    let lead = String(repeating: " ", count: indentation)
    return (isClosed ? "|" : "|-")
      + lines.map { $0.isEmpty ? "\n" : "\n\(lead)\($0)" }.joined()
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && scalar.value != 0x7F && !(0x80...0x9F).contains(scalar.value)
      && scalar.value != 0x2028 && scalar.value != 0x2029 && scalar.value != 0xFEFF
  }
}
