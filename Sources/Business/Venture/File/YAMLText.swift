import Yams

/// Scalars as YAML writes them.
enum YAMLText {
  /// In double quotes, whatever it holds.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        let isPlain =
          scalar.value >= 0x20 && scalar.value != 0x7F && !(0x80...0x9F).contains(scalar.value)
          && scalar.value != 0x2028 && scalar.value != 0x2029 && scalar.value != 0xFEFF
        if isPlain {
          result.unicodeScalars.append(scalar)
        } else {
          let hex = String(scalar.value, radix: 16)
          result += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
        }
      }
    }
    return result + "\""
  }

  /// Without quotes where it reads back as the same text, in quotes otherwise.
  ///
  /// - Parameter isFlow: within `[…]` or `{…}`, where commas and brackets end a text.
  static func scalar(_ text: String, isFlow: Bool) -> String {
    let isSimple =
      !text.isEmpty && text.utf8.count <= 10_000 && !text.contains("\n")
      && text.first != " " && text.last != " "
    guard isSimple else { return quoted(text) }
    let probe = isFlow ? "{k: \(text)}" : "k: \(text)"
    guard let root = try? compose(yaml: probe), let pair = root.mapping, pair.count == 1,
      let value = pair.first?.value.scalar, value.string == text, value.style == .plain,
      !Node.scalar(value).isEmpty
    else { return quoted(text) }
    return text
  }
}
