import Billing
import NIOCore

/// What the gateway reads in an upstream's answer, whole or one event of a stream.
struct UpstreamAnswer {
  let document: JSONDocument

  init(document: JSONDocument) { self.document = document }

  /// Nil when `bytes` is not a JSON object.
  init?(_ bytes: [UInt8]) {
    guard let document = try? JSONDocument(bytes), document.isObject else { return nil }
    self.document = document
  }

  /// Nil when it is missing, null, or cannot be: unknown, never zero.
  var usage: TokenUsage? {
    guard let usage = document["usage"], usage.kind == .object else { return nil }
    var prompt: Int?
    var completion: Int?
    var cached = 0
    for (key, value) in usage.members {
      switch key {
      case "prompt_tokens": prompt = value.int
      case "completion_tokens": completion = value.int
      case "prompt_tokens_details":
        if let value = value["cached_tokens"], !value.isNull { cached = value.int ?? -1 }
      default: break
      }
    }
    // Embeddings, a list, have no output.
    if completion == nil, document["object"]?.string == "list" { completion = 0 }
    guard let prompt, let completion else { return nil }
    return TokenUsage(prompt: prompt, cached: cached, output: completion)
  }

  /// An event that carries usage and no choices: sent only because we asked for usage.
  var isUsageOnly: Bool {
    guard let usage = document["usage"], usage.kind == .object else { return false }
    return document["choices"].map { $0.elements.isEmpty } ?? true
  }

  var isError: Bool { document["error"].map { !$0.isNull } ?? false }

  /// The message of an error in OpenAI's shape, cut to a sensible length.
  var errorMessage: String? {
    guard let error = document["error"] else { return nil }
    return (error.string ?? error["message"]?.string).map { String($0.prefix(2000)) }
  }

  /// The same bytes with our name for the model.
  func renamed(_ model: [UInt8]) -> [UInt8] {
    let bytes = document.bytes
    guard let member = document.members.first(where: { document.has($0, "model") }) else {
      return bytes
    }
    var renamed: [UInt8] = []
    renamed.reserveCapacity(bytes.count + model.count)
    renamed.append(contentsOf: bytes[..<member.start])
    renamed.append(contentsOf: model)
    renamed.append(contentsOf: bytes[member.end...])
    return renamed
  }
}
