// What the steps of a `tokenizer.json` mean here; any that is not known is an error, because leaving
// it out would give plausible, wrong ids.
extension TokenizerJSON {
  /// A step and the steps of a sequence, flattened.
  private static func steps(_ value: JSONValue, _ list: String) -> [JSONValue] {
    switch value.type {
    case "null": []
    case "Sequence": value[list].array.flatMap { steps($0, list) }
    default: [value]
    }
  }

  private static func unsupported(
    _ field: String, _ found: String, known: String
  ) -> TokenizerError {
    TokenizerError(
      .unsupported, field: field, "'\(found.prefix(200))' is not one of: \(known)")
  }

  private static let patterns: [(pattern: String, kind: PreTokenizer)] = [
    (
      #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, .gpt2
    ),
    (
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"#
        + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#, .llama3
    ),
    (
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"#
        + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#, .qwen2
    ),
    (
      #"\p{N}{1,3}"# + "\n" + "[一-龥\u{3040}-ゟ゠-ヿ]+" + "\n"
        + ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+"##
        + #"|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"#
        + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#, .deepseek3
    ),
  ]

  /// Sets the model, the pre-tokenizer and the space prefix.
  func applyPreTokenizer(to description: inout TokenizerDescription) throws(TokenizerError) {
    let steps = Self.steps(preTokenizer, "pretokenizers")
    if steps.contains(where: { $0.type == "ByteLevel" }) {
      description.model = .byteLevelBPE
      description.preTokenizer = try Self.byteLevel(steps)
      description.addSpacePrefix = steps.last?["add_prefix_space"].bool ?? false
      description.spacePrefixScheme = .everyStretchWithoutSpace
      return
    }
    description.model = .mergesSentencePiece
    for step in steps {
      switch step.type {
      case "Metaspace":
        try Self.metaspace(step, &description)
      case "Split" where step["pattern"]["String"].string == " ":
        // Normalisation has left no spaces to split at.
        break
      default:
        throw Self.unsupported(
          "pre_tokenizer", step.type, known: "ByteLevel, Metaspace, Split at a space")
      }
    }
  }

  private static func metaspace(
    _ step: JSONValue, _ description: inout TokenizerDescription
  ) throws(TokenizerError) {
    guard step["replacement"].string == "\u{2581}" else {
      throw unsupported(
        "pre_tokenizer.replacement", step["replacement"].string ?? "", known: "\u{2581}")
    }
    let scheme =
      step["prepend_scheme"].string
      ?? (step["add_prefix_space"].bool ?? true ? "always" : "never")
    description.addSpacePrefix = scheme != "never"
    description.spacePrefixScheme = scheme == "first" ? .beginning : .everyStretchWithoutSpace
    description.splitsAtSpaces = step["split"].bool ?? true
  }

  private static func byteLevel(_ steps: [JSONValue]) throws(TokenizerError) -> PreTokenizer {
    let last = steps.last ?? .null
    let usesPattern = last["use_regex"].bool ?? true
    let others = steps.dropLast()
    if last.type == "ByteLevel", usesPattern, others.isEmpty { return .gpt2 }
    if last.type == "ByteLevel", usesPattern, others.count == 1, others[0].type == "Digits",
      others[0]["individual_digits"].bool == true
    {
      return .smollm
    }
    let splits = others.filter {
      $0.type == "Split" && $0["behavior"].string == "Isolated" && $0["invert"].bool != true
    }
    let found = splits.map { $0["pattern"]["Regex"].string ?? "" }.map(escapingLineEnds)
      .joined(separator: "\n")
    if last.type == "ByteLevel", !usesPattern, splits.count == others.count,
      let known = patterns.first(where: { $0.pattern == found })
    {
      return known.kind
    }
    let names = "those of GPT-2, SmolLM, Llama 3, Qwen 2 and DeepSeek V3"
    throw unsupported(
      "pre_tokenizer", found.isEmpty ? steps.map(\.type).joined(separator: ", ") : found,
      known: names)
  }

  /// Files write a line end in a pattern as itself or as its escape.
  private static func escapingLineEnds(_ pattern: String) -> String {
    var output = ""
    for scalar in pattern.unicodeScalars {
      switch scalar {
      case "\n": output += #"\n"#
      case "\r": output += #"\r"#
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output
  }

  func applyNormalizer(to description: inout TokenizerDescription) throws(TokenizerError) {
    let mark = "\u{2581}"
    for step in Self.steps(normalizer, "normalizers") {
      let sentence = description.model == .mergesSentencePiece
      switch step.type {
      case "NFC" where !sentence: description.normalizesNFC = true
      case "Prepend" where sentence && step["prepend"].string == mark:
        description.addSpacePrefix = true
        description.spacePrefixScheme = .everyStretch
      case "Replace"
      where sentence && step["pattern"]["String"].string == " " && step["content"].string == mark:
        description.spacePrefixScheme = .everyStretch
      default:
        throw Self.unsupported(
          "normalizer", step.type, known: "NFC for bytes; Prepend and Replace of \(mark) for text")
      }
    }
  }

  /// Takes the beginning and end tokens from the template.
  func applyPostProcessor(
    to description: inout TokenizerDescription
  ) throws(TokenizerError) {
    for step in Self.steps(postProcessor, "processors") {
      switch step.type {
      case "ByteLevel": continue
      case "TemplateProcessing": try Self.applyTemplate(step, &description)
      case "RobertaProcessing": try Self.applyRoberta(step, &description)
      default:
        throw Self.unsupported(
          "post_processor", step.type, known: "ByteLevel, TemplateProcessing, RobertaProcessing")
      }
    }
  }

  /// RoBERTa's own form of a template: ["<s>", 0] before the text and ["</s>", 2] after it.
  private static func applyRoberta(
    _ step: JSONValue, _ description: inout TokenizerDescription
  ) throws(TokenizerError) {
    func id(_ key: String) throws(TokenizerError) -> Int32 {
      guard let id = step[key].array.last?.integer.flatMap(Int32.init(exactly:)) else {
        throw TokenizerError(
          .malformed, field: "post_processor.\(key)", "is not a token and its id")
      }
      return id
    }
    (description.bos, description.addBos) = (try id("cls"), true)
    (description.eos, description.addEos) = (try id("sep"), true)
  }

  private static func applyTemplate(
    _ step: JSONValue, _ description: inout TokenizerDescription
  ) throws(TokenizerError) {
    let field = "post_processor"
    var before: [Int32] = []
    var after: [Int32] = []
    var seenText = false
    for part in step["single"].array {
      if part["Sequence"] != .null {
        seenText = true
        continue
      }
      let name = part["SpecialToken"]["id"].string ?? ""
      let ids = step["special_tokens"][name]["ids"].array
      guard !ids.isEmpty else {
        throw TokenizerError(.malformed, field: field, "the token '\(name.prefix(80))' has no id")
      }
      for value in ids {
        guard let id = value.integer.flatMap(Int32.init(exactly:)) else {
          throw TokenizerError(.malformed, field: field, "'\(name.prefix(80))' has an invalid id")
        }
        if seenText { after.append(id) } else { before.append(id) }
      }
    }
    guard before.count <= 1, after.count <= 1, seenText else {
      throw unsupported(
        field, "a longer template", known: "one token before and one after the text")
    }
    (description.bos, description.addBos) = (before.first, !before.isEmpty)
    (description.eos, description.addEos) = (after.first, !after.isEmpty)
  }
}
