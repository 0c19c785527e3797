/// A model's name for customers: lower case, digits, `.` and `-`.
package enum ModelName {
  /// From the file's name without its extension and quantisation, such as `smollm2-135m-instruct`;
  /// from `title` (`general.name`) where the file's name says nothing, such as `model.gguf`.
  ///
  /// The file's name comes first because the title often names the training run instead.
  package static func slug(path: String, title: String?) -> String {
    var file = path.split(separator: "/").last.map(String.init) ?? ""
    if file.lowercased().hasSuffix(".gguf") { file.removeLast(5) }
    let name = slug(file).split(separator: "-").map(String.init)
    let kept = withoutQuantization(name).joined(separator: "-")
    let silent: Set = ["", "model", "ggml-model", "weights", "main", "snapshot"]
    if !silent.contains(kept), !isHash(kept) { return kept }
    let titled = title.map(slug) ?? ""
    return titled.isEmpty ? "model" : titled
  }

  private static func slug(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(96) {
      switch scalar {
      case "a"..."z", "0"..."9": result.unicodeScalars.append(scalar)
      case "A"..."Z": result += String(scalar).lowercased()
      case "." where !result.isEmpty && result.last != "-": result += "."
      default: if !result.isEmpty, result.last != "-" { result += "-" }
      }
    }
    while result.last == "-" || result.last == "." { result.removeLast() }
    return result
  }

  /// Cuts `.q4_1`, `-q4-k-m`, `-f16`, `-00001-of-00002` and the like off the end.
  private static func withoutQuantization(_ parts: [String]) -> [String] {
    var parts = parts
    if parts.count > 3, parts[parts.count - 2] == "of" { parts.removeLast(3) }
    let start = parts.indices.last { isQuantization(tail(parts[$0])) }
    guard let start, parts[(start + 1)...].allSatisfy({ $0.count <= 2 }) else { return parts }
    // The quantisation may follow a dot: smollm2-135m-instruct.q4-1
    let head = parts[start].split(separator: ".").dropLast().joined(separator: ".")
    return Array(parts[..<start]) + (head.isEmpty ? [] : [head])
  }

  private static func tail(_ part: String) -> Substring {
    part.split(separator: ".").last ?? ""
  }

  private static func isQuantization(_ word: Substring) -> Bool {
    if ["f16", "f32", "bf16", "fp16", "fp32"].contains(word) { return true }
    let digits =
      word.hasPrefix("iq") ? word.dropFirst(2) : word.dropFirst(word.first == "q" ? 1 : 9)
    return digits.count == 1 && digits.allSatisfy(\.isNumber)
  }

  private static func isHash(_ name: String) -> Bool {
    name.count >= 32 && name.allSatisfy(\.isHexDigit)
  }
}
